"""Labelled graphs of a transfer experiment: their tasks, metric and split, checked before anything is trained."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, cast, get_args, runtime_checkable

import torch
from torch import Tensor

from graphcl.evaluation.splits import PARTS, Split
from graphcl.evaluation.transfer.metrics import Metric, Tasks, scorable
from graphcl.graph_collection import GraphCollection


@runtime_checkable
class LabelledGraphs(Protocol):
    """Protocol of a dataset of graphs with labels, as `graphcl.datasets.GraphCollectionDataset` has it."""

    @property
    def name(self) -> str:
        """The dataset's name, for messages."""

    @property
    def graphs(self) -> GraphCollection:
        """The graphs, with y."""

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the columns of y."""

    @property
    def splits(self) -> dict[str, Tensor]:
        """Indices of the graphs in "train", "val" and "test"."""


@dataclass(frozen=True, eq=False)
class TaskLabels:
    """Labels of a dataset of graphs, and how they are scored.

    Args:
        name: of the dataset.
        y: (n, tasks), NaN where a label is missing.
        tasks: their names.
        metric: "roc-auc" or "ap" for binary tasks, "rmse" for targets of regression.
    """

    name: str
    y: Tasks
    tasks: tuple[str, ...]
    metric: Metric

    def unscored(self, part: Tensor) -> tuple[str, ...]:
        """Tasks that have no score on some graphs, for lack of labels of both classes."""
        has = scorable(self.y[part], self.metric).tolist()
        return tuple(task for task, scored in zip(self.tasks, has, strict=True) if not scored)


def task_labels(dataset: LabelledGraphs, metric: str | None = None) -> TaskLabels:
    """Check the labels of a dataset, and choose the metric where none is given.

    Args:
        dataset: with `graphs.y` in one column per task.
        metric: what is asked for; None takes "roc-auc" where all labels are 0, 1 or missing, else "rmse".

    Raises:
        ValueError: no labels, one class per graph in place of tasks, a task without labels or of one class alone,
            or a metric that the labels do not have.
    """
    name, y = dataset.name, dataset.graphs.y
    if y is None:
        raise ValueError(f"{name} has no labels to predict; name the columns, as --data 'labels=[\"active\"]'")
    if not y.is_floating_point():
        raise ValueError(
            f"{name} has one class for each graph, and fine-tuning takes tasks, a column of 0, 1 or NaN each; "
            "give y as such columns"
        )
    missing = torch.isnan(y)
    if missing.all():
        raise ValueError(f"{name} has no label: all {y.numel():,} are missing; name other columns")
    tasks = dataset.tasks or tuple(f"task {column}" for column in range(y.size(1)))
    binary = bool(((y == 0) | (y == 1) | missing).all())
    if metric is not None and metric not in get_args(Metric):
        raise ValueError(f"metric must be one of {', '.join(get_args(Metric))}; got {metric!r}")
    wanted = cast("Metric", metric or ("roc-auc" if binary else "rmse"))
    if wanted != "rmse" and not binary:
        title = {"roc-auc": "ROC-AUC", "ap": "average precision"}[wanted]
        raise ValueError(f"{name} has targets of regression, which have no {title}; take the metric rmse")
    if wanted == "rmse" and binary:
        raise ValueError(f"{name} has binary tasks, for which rmse is no score; take the metric roc-auc")
    labels = TaskLabels(name, y, tasks, wanted)
    _check_columns(labels)
    return labels


def checked_split(labels: TaskLabels, split: Mapping[str, Tensor]) -> Split:
    """Check a split of graphs against their labels.

    Args:
        labels: of the graphs.
        split: indices of the graphs in "train", "val" and "test"; some graphs may be in none.

    Raises:
        ValueError: a part that is missing, empty or out of range, a graph in two parts, or a part in which no
            task can be learned or scored.
    """
    n = len(labels.y)
    for name in PARTS:
        if name not in split:
            remedy = "load the dataset with split=scaffold, or split=random"
            raise ValueError(f"{labels.name} has no {name} part of a split; {remedy}")
        part = split[name]
        if part.dtype != torch.int64 or part.dim() != 1 or not len(part):
            got = "none" if part.dim() == 1 and not len(part) else f"{part.dtype} of shape {list(part.shape)}"
            raise ValueError(f"{labels.name}: a split needs indices of graphs in {name}; got {got}; take another")
        if not 0 <= int(part.min()) <= int(part.max()) < n:
            got = f"{int(part.min())} to {int(part.max())}"
            raise ValueError(
                f"{labels.name}: a split must lie in [0, {n - 1}], the graphs of the dataset; got {got} in {name}"
            )
    found = Split(*(split[name].cpu() for name in PARTS))
    if (graph := found.repeated()) is not None:
        raise ValueError(f"{labels.name}: a graph may be in one part of a split only; got graph {graph} twice")
    for name, part in found.parts().items():
        if len(labels.unscored(part)) == len(labels.tasks):
            lacks = "a target" if labels.metric == "rmse" else "both classes"
            raise ValueError(f"{labels.name}: no task has {lacks} in {name}; take another split, or more graphs")
    return found


def _check_columns(labels: TaskLabels) -> None:
    """Refuse tasks that nothing can be learned of, in any split."""
    for column, task in enumerate(labels.tasks):
        values = labels.y[:, column]
        present = values[~torch.isnan(values)]
        if not len(present):
            raise ValueError(f"{labels.name}: the task {task!r} has no label; leave it out")
        if labels.metric != "rmse" and len(present.unique()) < 2:
            lacking = "positives" if present[0] == 0 else "negatives"
            raise ValueError(
                f"{labels.name}: the task {task!r} has no {lacking} in its {len(present):,} labels; leave it out"
            )
        if not bool(present.isfinite().all()):
            raise ValueError(f"{labels.name}: the task {task!r} has an infinite target; remove it")
