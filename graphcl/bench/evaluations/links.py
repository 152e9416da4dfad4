"""Link prediction of a method or a baseline on a dataset, as a record."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from graphcl.bench.evaluations.node_rows import node_rows
from graphcl.bench.evaluations.outcome import evaluation_record, plan_evaluation
from graphcl.bench.evaluations.visible_data import dataset_links, visible_data
from graphcl.bench.runs.record import Record
from graphcl.evaluation import heuristic_prediction, leaky_links, link_prediction, random_projection_rows
from graphcl.evaluation.link_prediction import LINK_DECODERS, LINK_HEURISTICS, LINK_REVISION, PER_POSITIVE
from graphcl.ops.machine.meter import measured, resident_mb
from graphcl.training import Report

LINK_BASELINES = (*LINK_HEURISTICS, "random-projection")
"""Names that stand in the place of a method's; they train nothing."""


def evaluate_links(
    method: str,
    source: str,
    *,
    seed: int = 0,
    leaky: bool = False,
    decoders: Sequence[str] = LINK_DECODERS,
    recipe: str | None = None,
    params: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    root: Path | None = None,
    done: Mapping[str, Record] | None = None,
    on_epoch: Callable[[Report], None] | None = None,
) -> Record:
    """Fit a method without the held-out edges, and score its frozen node rows at predicting them.

    Args:
        method: the name of a method, or one of LINK_BASELINES.
        source: the name or path of the dataset.
        seed: of the split, the negatives, the decoder and the method.
        leaky: leave the evaluated edges visible, as the authors of D-SLA do; the scores are named `leaky/...`.
        decoders: "dot" and "mlp"; not for heuristics.
        recipe: whose hyper-parameters to take.
        params: hyper-parameters that differ from the recipe.
        data: the dataset's parameters.
        root: the folder of raw data, or None for the default.
        done: by key, records on file; one of the same run is returned as it is.
        on_epoch: called after every epoch of the training.

    Raises:
        ValueError: an unknown name, a dataset or settings that do not fit, or too few edges.
        FileNotFoundError: a dataset that is neither here nor can be downloaded.

    Example:
        >>> record = evaluate_links("adamic-adar", "karate")
        >>> sorted(record.metrics)[:2]
        ['heuristic/ap', 'heuristic/auc']
    """
    before = resident_mb()
    protocol = link_protocol([] if method in LINK_HEURISTICS else decoders, leaky=leaky)
    estimator, dataset, run = plan_evaluation(
        method, source, LINK_BASELINES, protocol, seed=seed, recipe=recipe, params=params, data=data, root=root
    )
    if done and run.key in done:
        return done[run.key]
    split = dataset_links(dataset, seed)
    split = leaky_links(split) if leaky else split
    stages: list[dict[str, Any]] = []
    if estimator is not None:
        seen = visible_data(dataset, split)
        estimator.fit(seen, callbacks=[on_epoch] if on_epoch else [])
        stages += estimator.stages_
        rows = node_rows(estimator, seen)
    with measured(stages, "links"):
        if method in LINK_HEURISTICS:
            metrics = heuristic_prediction(method, split, seed=seed)
        else:
            if estimator is None:
                rows = random_projection_rows(split.edge_index, split.num_nodes, seed=seed)
            metrics = link_prediction(rows, split, decoders=decoders, seed=seed)
    return evaluation_record(run, dataset, metrics, stages, before, estimator)


def link_protocol(decoders: Sequence[str], *, leaky: bool) -> str:
    """How the numbers of such a run are measured, for its record.

    Example:
        >>> link_protocol(["dot"], leaky=True)
        'links: held-out edges (5 % val, 10 % test) LEFT VISIBLE; 500 hard negatives; dot (revision 1)'
    """
    removed = "LEFT VISIBLE" if leaky else "removed"
    names = ", ".join(name for name in LINK_DECODERS if name in decoders) or "no decoder"
    return (
        f"links: held-out edges (5 % val, 10 % test) {removed}; {PER_POSITIVE} hard negatives; {names} "
        f"(revision {LINK_REVISION})"
    )
