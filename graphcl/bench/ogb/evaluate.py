"""One seed of an OGB entry: fit, score by the official evaluator, count parameters, as a record."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.utils import coalesce

from graphcl.bench.evaluations.outcome import evaluation_record
from graphcl.bench.ogb.plan import OgbPlan
from graphcl.bench.runs.execution import estimator_device
from graphcl.bench.runs.record import Record
from graphcl.bench.transfer.rows import FROM_SCRATCH, untrained
from graphcl.datasets import GraphCollectionDataset, MappedFeatures, morgan_fingerprints
from graphcl.datasets.sources.source import Dataset
from graphcl.evaluation import (
    FineTuning,
    OgbResult,
    TransferRun,
    finetune,
    kmeans_probe,
    ogb_links,
    ogb_metric,
    ogb_probe,
    ogb_score,
    predict_tasks,
)
from graphcl.evaluation.transfer.metrics import Metric
from graphcl.ops.machine.meter import measured
from graphcl.training import GraphEstimator


def evaluate_ogb(
    plan: OgbPlan, seed: int, done: Mapping[str, Record] | None = None, room: Path | None = None
) -> Record:
    """Fit the method of an entry with a seed, and score it by OGB's evaluator.

    The embedding of a graph whose features are mapped from a file is mapped from one too, which is removed in the
    end: of ogbn-papers100M 256 columns are 114 GB.

    Metrics of the record: "test/acc" and "val/acc" (or another official metric), "parameters" (of all stages and
    of what was fitted to labels), "chosen/..." (what validation chose; a text by its place among those tried),
    and "kmeans/..." where clusters are asked for.

    Args:
        plan: from `plan_ogb`.
        seed: of every draw; the official split has none.
        done: by key, records on file; one of the same run is returned as it is.
        room: an existing folder for that file; None takes the system's for temporary files.

    Raises:
        OSError: the embedding's file cannot be written.
        ModuleNotFoundError: ogb is not installed.
        ValueError: data that the method or the protocol cannot work on.
    """
    run = plan.run_of(seed)
    if done and run.key in done:
        return done[run.key]
    ogb_metric(plan.entry.name)  # fails before anything is trained
    estimator = plan.estimator_of(seed)
    stages: list[dict[str, Any]] = []
    clusters: dict[str, float] = {}
    if plan.entry.kind == "graph":
        result, estimator = _graphs(plan, estimator, seed, stages)
    else:
        assert estimator is not None  # noqa: S101  (baselines are of graphs)
        with _folder_for_rows(plan.dataset, room) as folder:
            result, clusters = _one_graph(plan, estimator, seed, stages, folder)
    trained = 0 if estimator is None else module_parameters(estimator, encoder_only=run.method == FROM_SCRATCH)
    metrics = {
        f"test/{result.metric}": result.test,
        f"val/{result.metric}": result.val,
        "parameters": float(trained + result.parameters),
        **{f"chosen/{name}": _number(plan, name, value) for name, value in result.chosen.items()},
        **clusters,
    }
    return evaluation_record(run, plan.dataset, metrics, stages, plan.before, estimator)


def module_parameters(estimator: GraphEstimator, *, encoder_only: bool = False) -> int:
    """Number of parameters of a fitted method: all of its module, pretext heads and momentum copies included.

    Args:
        estimator: fitted; one without a module has none.
        encoder_only: leave out what is beside the encoder, where that was never trained.

    Example:
        >>> from graphcl import RandomGNN
        >>> from graphcl.datasets import load
        >>> module_parameters(RandomGNN(hidden_channels=4, out_channels=2).fit(load("karate").graph))
        151
    """
    module: nn.Module | None = getattr(estimator, "module_", None)
    if module is not None and encoder_only:
        module = module.get_submodule("encoder")
    return 0 if module is None else sum(parameter.numel() for parameter in module.parameters())


def _folder_for_rows(dataset: Dataset, room: Path | None) -> AbstractContextManager[str | None]:
    """A folder that is removed in the end, where the rows of a graph are too many for the memory; else None."""
    mapped = not isinstance(dataset, GraphCollectionDataset) and isinstance(dataset.graph.x, MappedFeatures)
    return TemporaryDirectory(dir=room, prefix="embedding.") if mapped else nullcontext()


def _one_graph(
    plan: OgbPlan, estimator: GraphEstimator, seed: int, stages: list[dict[str, Any]], folder: str | None
) -> tuple[OgbResult, dict[str, float]]:
    """Classes of nodes, or links, from the frozen rows of a method, which stand in the folder if there is one."""
    name, dataset = plan.entry.name, plan.dataset
    assert not isinstance(dataset, GraphCollectionDataset)  # noqa: S101  (of another kind)
    graph = dataset.graph
    out = None if folder is None else Path(folder) / "embedding.npy"
    if not plan.pretrained:
        estimator.fit(graph, out=out)
        stages += estimator.stages_
    z = estimator.transform(graph, out=out) if plan.pretrained else estimator.embedding_
    with measured(stages, plan.protocol.kind):
        if plan.entry.kind == "link":
            more = plan.protocol.validation_edges
            z_test = estimator.transform(with_links(graph, dataset.links["val"])) if more else None
            return ogb_links(name, z, dataset.links, z_test=z_test, seed=seed), {}
        device = estimator_device(estimator)
        result = ogb_probe(name, z, graph.y, dataset.splits, probe=plan.protocol.kind, seed=seed, device=device)
    if not plan.protocol.clusters:
        return result, {}
    with measured(stages, "k-means"):
        known = graph.y >= 0
        scores = kmeans_probe(z[known], graph.y[known], seed=seed)
    return result, {f"kmeans/{score}": value for score, value in scores.items()}


def with_links(graph: Data, links: Tensor) -> Data:
    """A copy of a graph with further edges, in both directions.

    Args:
        graph: without attributes of edges.
        links: (2, m), pairs.

    Raises:
        ValueError: a graph whose edges have attributes, which new ones would lack.

    Example:
        >>> pair = Data(edge_index=torch.tensor([[0, 1], [1, 0]]), num_nodes=3)
        >>> with_links(pair, torch.tensor([[1], [2]])).edge_index.tolist()
        [[0, 1, 1, 2], [1, 0, 2, 1]]
    """
    if extra := [name for name in ("edge_weight", "edge_attr", "edge_type") if graph.get(name) is not None]:
        raise ValueError(f"validation edges have no {extra[0]}, and the graph has; leave it out of the graph")
    out = graph.clone()
    edges = torch.cat([graph.edge_index, links, links.flip(0)], dim=1)
    out.edge_index = coalesce(edges, num_nodes=graph.num_nodes)
    return out


def _graphs(
    plan: OgbPlan, estimator: GraphEstimator | None, seed: int, stages: list[dict[str, Any]]
) -> tuple[OgbResult, GraphEstimator | None]:
    """Labels of graphs: frozen rows under a probe, a fine-tuned encoder, or fingerprints under a forest."""
    dataset, name = plan.dataset, plan.entry.name
    assert isinstance(dataset, GraphCollectionDataset)  # noqa: S101  (of another kind)
    y = dataset.graphs.y
    if y is None or not y.is_floating_point():
        raise ValueError(f"{name} has no tasks to predict; load it as OGB gives it")
    if estimator is None:
        with measured(stages, "random-forest"):
            bits = _fingerprints(dataset)
            run = predict_tasks(bits, dataset, predictor="random-forest", seeds=[seed]).runs[0]
        return _official(name, dataset, run, 0), None
    if plan.run.method == FROM_SCRATCH:
        estimator = untrained(estimator, dataset.graphs, seed)
    elif not plan.pretrained:
        estimator.fit(dataset.graphs.select(dataset.splits["train"]))
        stages += estimator.stages_
    if plan.protocol.kind == "fine-tune":
        with measured(stages, "fine-tune"):
            settings = FineTuning(epochs=plan.protocol.epochs, device=estimator.device)
            metric: Metric = "ap" if ogb_metric(name) == "ap" else "roc-auc"  # that chooses the epoch
            run = finetune(estimator, dataset, seeds=[seed], settings=settings, metric=metric).runs[0]
        width = estimator.transform(dataset.graphs[:1]).size(1)
        return _official(name, dataset, run, (width + 1) * y.size(1)), estimator
    with measured(stages, plan.protocol.kind):
        z, kind = estimator.transform(dataset.graphs), plan.protocol.kind
        device = estimator_device(estimator)
        return ogb_probe(name, z, y, dataset.splits, probe=kind, seed=seed, device=device), estimator


def _fingerprints(dataset: GraphCollectionDataset) -> Any:
    if dataset.smiles is None or dataset.rows is None:
        raise ValueError(f"{dataset.name} was loaded without SMILES, which fingerprints are made of")
    return morgan_fingerprints([dataset.smiles[row] for row in dataset.rows.tolist()])


def _official(name: str, dataset: GraphCollectionDataset, run: TransferRun, head: int) -> OgbResult:
    """Scores of predictions, by the official evaluator."""
    y = dataset.graphs.y
    assert y is not None  # noqa: S101  (checked before the training)
    assert run.predicted_val is not None  # noqa: S101  (of a run that is not from a file)
    val = ogb_score(name, y[dataset.splits["val"]], run.predicted_val)
    test = ogb_score(name, y[dataset.splits["test"]], run.predicted)
    return OgbResult(ogb_metric(name), val, test, {key: float(value) for key, value in run.chosen.items()}, head)


def _number(plan: OgbPlan, name: str, value: float | str) -> float:
    """A chosen setting as a number: a text by its place among those tried."""
    return float(plan.protocol.tried[name].index(value)) if isinstance(value, str) else float(value)
