"""Execute one run in this process and measure it; `graphcl.bench.processes.child` runs it in a process of its own.

Memory is the growth of the peak resident size over the resident size after the imports and before the data is
loaded, in MB of 10^6 bytes; a stage from the cache counts with the peak of the run that trained it. On a GPU it
is the most memory that torch allocated there.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import sklearn.cluster  # noqa: F401  (methods import it when they run; it is not to count as their memory)
import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.bench.runs.details import Details
from graphcl.bench.runs.estimators import classes_of, clusters_asked, data_of, labels_of
from graphcl.bench.runs.label_files import write_labels
from graphcl.bench.runs.plan import Task
from graphcl.bench.runs.provenance import git_state
from graphcl.bench.runs.record import Record
from graphcl.datasets import GraphCollectionDataset, GraphDataset, load
from graphcl.datasets.sources.source import Dataset
from graphcl.evaluation import agreement, clustering_scores, overlap_scores, structure_scores
from graphcl.methods import get
from graphcl.ops.machine.meter import resident_mb, resident_peak_mb
from graphcl.ops.machine.versions import versions
from graphcl.training import GraphEstimator, Report


def execute(
    task: Task,
    on_epoch: Callable[[Report], None],
    cache: Path | None = None,
    on_details: Callable[[Details], None] | None = None,
) -> Record:
    """Load, fit, score.

    Args:
        task: what to run.
        on_epoch: called after every epoch.
        cache: folder where pre-trainings, and pictures of embeddings, are found and kept.
        on_details: called once with the details for a report; their cost is in no figure of the record.

    Raises:
        ValueError: the dataset is no longer what it was when the run was planned, or the method refuses it.
    """
    before = resident_mb()
    dataset, estimator = fit_task(task, on_epoch, cache)
    return record_fit(task, dataset, estimator, before, cache, on_details)


def fit_task(
    task: Task, on_epoch: Callable[[Report], None], cache: Path | None = None
) -> tuple[Dataset, GraphEstimator]:
    """Load the dataset of a run and fit its method.

    Args:
        task: what to run.
        on_epoch: called after every epoch.
        cache: as for `execute`.

    Raises:
        ValueError: as for `execute`.
    """
    run = task.run
    dataset = load(task.source, task.root, **run.data)
    if dataset.checksum != run.checksum:
        raise ValueError(f"{run.dataset} has changed since the run was planned; start again")
    estimator = get(task.path or run.method)(seed=run.seed, **run.params)
    return dataset, estimator.fit(data_of(dataset), callbacks=[on_epoch], cache=cache)


def record_fit(
    task: Task,
    dataset: Dataset,
    estimator: GraphEstimator,
    before: float,
    cache: Path | None = None,
    on_details: Callable[[Details], None] | None = None,
) -> Record:
    """Score a fitted method, and write its clusters where they are asked for.

    Args:
        task: what was run.
        dataset: that it was fitted on.
        estimator: the fitted method.
        before: resident memory before the data was loaded, in MB.
        cache: as for `execute`.
        on_details: as for `execute`.
    """
    run = task.run
    labels = labels_of(estimator)
    if task.labels is not None and labels is not None:
        write_labels(Path(task.labels), dataset, labels)
    device = estimator_device(estimator)
    record = Record.of(
        run,
        files=dataset.files,
        memory={"growth_mb": round(_memory_mb(estimator, device, before), 3)},
        metrics=_scores(dataset, estimator) | _probe(task, dataset, estimator),
        stages=estimator.stages_,
        seconds={
            clock: sum(stage[f"{clock}_seconds"] for stage in estimator.stages_) for clock in ("cpu", "wall")
        },
        device=describe_device(device),
        precision=estimator.precision,
        versions=versions(),
        git=git_state(),
        time=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    if on_details:
        embedding = getattr(estimator, "embedding_", None)
        on_details(Details.of(estimator.history_, labels, classes_of(dataset), embedding, cache))
    return record


def _scores(dataset: Dataset, estimator: GraphEstimator) -> dict[str, float]:
    """Of the labels, and of the method's other read-outs, as communities/acc for `communities_`.

    Clusters of whole graphs are compared with their classes alone: there is no graph of graphs to read more from.
    """
    labels = labels_of(estimator)
    if labels is None:
        return {}
    if isinstance(dataset, GraphCollectionDataset):
        classes = classes_of(dataset)
        return {} if classes is None else clustering_scores(classes, labels)
    scores = _score(dataset, labels, clusters_asked(estimator))
    for name in getattr(estimator, "read_outs", ()):
        other = _score(dataset, getattr(estimator, name), None)
        scores |= {f"{name.rstrip('_')}/{metric}": value for metric, value in other.items()}
    return scores


def _score(dataset: GraphDataset, labels: Tensor, n_clusters: int | str | None) -> dict[str, float]:
    scores = {} if dataset.num_classes is None else clustering_scores(dataset.graph.y, labels)
    number = n_clusters if isinstance(n_clusters, int) else None  # "auto": as many as there are
    if dataset.graph.x is not None:  # J compares clusters with features
        judged = agreement(_plain(dataset.graph), labels, n_clusters=number, device="cpu")
        scores["J"] = judged["J"]
    if dataset.communities is not None:
        found = overlap_scores(labels, *dataset.communities)
        scores |= {f"overlap/{name}": value for name, value in found.items()}
    return {**scores, **structure_scores(dataset.graph.edge_index, labels)}


def _plain(graph: Data) -> Data:
    """A multiplex graph as a plain one, in which an edge weighs as much as there are relations that have it."""
    if graph.get("edge_type") is None:
        return graph
    edge_index = graph.edge_index
    return Data(x=graph.x, edge_index=edge_index, edge_weight=torch.ones(edge_index.size(1)))


def _probe(task: Task, dataset: Dataset, estimator: GraphEstimator) -> dict[str, float]:
    return task.probing.scores(dataset, estimator.embedding_, task.run.seed) if task.probing else {}


def estimator_device(estimator: GraphEstimator) -> torch.device:
    """Where the method's parameters are; for methods without any, where they computed."""
    module = getattr(estimator, "module_", None)
    if module is None:
        return torch.device(getattr(estimator, "device_", "cpu"))
    device: torch.device = next(module.parameters()).device
    return device


def describe_device(device: torch.device) -> str:
    """The name of a GPU, or "cpu" and the number of threads."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type}, {torch.get_num_threads()} threads"


def _memory_mb(estimator: GraphEstimator, device: torch.device, before: float) -> float:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 1e6
    cached = [stage["peak_mb"] for stage in estimator.stages_ if stage["cached"]]
    return max(resident_peak_mb(), *cached) - before if cached else resident_peak_mb() - before
