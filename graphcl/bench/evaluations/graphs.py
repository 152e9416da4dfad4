"""Graph-level evaluation of a method or a baseline on a dataset of many graphs, as a record."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor

from graphcl.bench.evaluations.outcome import evaluation_record, plan_evaluation
from graphcl.bench.runs.record import Record
from graphcl.bench.runs.run import LAST_STEP
from graphcl.datasets import GraphCollection
from graphcl.datasets.sources.source import Dataset
from graphcl.evaluation import GRAPH_PROBES, graph_codes, graph_scores, label_histogram, subtree_features
from graphcl.evaluation.graph_probe import GRAPH_REVISION
from graphcl.ops.machine.meter import measured, resident_mb
from graphcl.training import Report

GRAPH_BASELINES = ("label-histogram", "wl-subtree")
"""Names that stand in the place of a method's; they train nothing."""


def evaluate_graphs(
    method: str,
    source: str,
    *,
    seed: int = 0,
    probes: Sequence[str] = GRAPH_PROBES,
    folds: int = 10,
    recipe: str | None = None,
    params: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    root: Path | None = None,
    done: Mapping[str, Record] | None = None,
    on_epoch: Callable[[Report], None] | None = None,
) -> Record:
    """Fit a method on all graphs without labels, and score its frozen embeddings by `graph_scores`.

    Args:
        method: the name of a method of graphs, or one of GRAPH_BASELINES.
        source: the name or path of the dataset.
        seed: of the folds, k-means and the method.
        probes: out of GRAPH_PROBES.
        folds: outer folds of the cross-validation.
        recipe: whose hyper-parameters to take.
        params: hyper-parameters that differ from the recipe.
        data: the dataset's parameters.
        root: the folder of raw data, or None for the default.
        done: by key, records on file; one of the same run is returned as it is.
        on_epoch: called after every epoch of the training.

    Raises:
        ValueError: an unknown name, a dataset of one graph or without a class for each graph, or settings that do
            not fit.
        FileNotFoundError: a dataset that is neither here nor can be downloaded.
    """
    chosen, before = [name for name in GRAPH_PROBES if name in probes], resident_mb()
    protocol = f"{LAST_STEP}; {', '.join(chosen)}, {folds} folds, C by inner folds (revision {GRAPH_REVISION})"
    estimator, dataset, run = plan_evaluation(
        method, source, GRAPH_BASELINES, protocol, seed=seed, recipe=recipe, params=params, data=data, root=root
    )
    y = _labels(dataset)
    if done and run.key in done:
        return done[run.key]
    stages: list[dict[str, Any]] = []
    if estimator is not None:
        estimator.fit(dataset.graphs, callbacks=[on_epoch] if on_epoch else [])
        stages += estimator.stages_
    with measured(stages, "graphs"):
        graphs = dataset.graphs
        rows = graph_baseline_rows(method, graphs) if estimator is None else estimator.embedding_
        codes = graph_codes(**_whole(graphs))
        metrics = graph_scores(rows, y, codes=codes, probes=probes, folds=folds, seed=seed)
    return evaluation_record(run, dataset, metrics, stages, before, estimator)


def graph_baseline_rows(name: str, graphs: GraphCollection) -> Any:
    """The rows of a baseline: label histograms, or Weisfeiler-Lehman subtree features.

    Args:
        name: one of GRAPH_BASELINES.
        graphs: with categories of nodes.

    Raises:
        ValueError: an unknown name, or x that is not categorical.

    Example:
        >>> import torch
        >>> from torch_geometric.data import Data
        >>> pair = Data(x=torch.zeros(2, 1).long(), edge_index=torch.tensor([[0, 1], [1, 0]]))
        >>> graph_baseline_rows("label-histogram", GraphCollection.of([pair, pair])).toarray().tolist()
        [[1.0], [1.0]]
    """
    if name not in GRAPH_BASELINES:
        raise ValueError(f"no baseline is named {name!r}; choose among {', '.join(GRAPH_BASELINES)}")
    parts = _whole(graphs)
    return label_histogram(parts["x"], parts["batch"]) if name == "label-histogram" else subtree_features(**parts)


def _whole(graphs: GraphCollection) -> dict[str, Any]:
    """All graphs as one disconnected graph."""
    data = graphs.batch(range(len(graphs)))
    return {"x": data.x, "edge_index": data.edge_index, "batch": data.batch, "edge_attr": data.get("edge_attr")}


def _labels(dataset: Dataset) -> Tensor:
    y = dataset.graphs.y
    if y is None or dataset.num_classes is None:
        raise ValueError(
            f"{dataset.name} has no class for each graph, so graphs cannot be classified; take a dataset with one "
            "class per graph"
        )
    return y
