"""Criteria of a search: what a trial is worth. All but one read no labels; that one says so in its name."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import torch
from torch_geometric.data import Data

from graphcl.agreement import Agreement
from graphcl.bench.runs.estimators import check_clusters, classes_of, clusters_asked
from graphcl.datasets import GraphCollectionDataset
from graphcl.datasets.sources.source import Dataset
from graphcl.evaluation import linear_probe, modularity, node_splits, splitting_of
from graphcl.search.ranges import Range
from graphcl.training import GraphEstimator

CRITERIA = ("J", "J+consensus", "modularity", "loss", "validation-labels")
"""J and modularity of the clusters, J with the consensus among the seeds of a trial, the training loss, and the
accuracy of a linear probe on validation labels."""

BY_LABELS = "validation-labels"

KEEPS_THE_LOSS = (
    *("lr", "weight_decay", "pretrain_lr", "pretrain_batch_size"),
    *("hidden_channels", "num_layers", "activation"),
)
"""Hyper-parameters that change how well a loss is minimised, and not the loss: temperature, rates of augmentation,
weights of terms, widths of the embedding and batches that are contrasted change its scale or its task. Epochs are
no matter for the loss either: a longer training has a lower one."""


@dataclass(frozen=True)
class Scoring:
    """A criterion, ready to score fitted estimators on one dataset.

    Args:
        criterion: its name, out of CRITERIA.
        score: of a fitted estimator.
        maximise: whether more is better.
        with_consensus: whether a quarter of the consensus of a fit with those of the other seeds is added.
        split: whose validation nodes are read: "own" or "random"; None where no labels are.
    """

    criterion: str
    score: Callable[[GraphEstimator], float]
    maximise: bool = True
    with_consensus: bool = False
    split: str | None = None


def scoring(criterion: str, estimator: GraphEstimator, dataset: Dataset, *, seed: int = 0) -> Scoring:
    """Prepare a criterion for a method on a dataset, and refuse one that it cannot be scored by.

    Args:
        criterion: out of CRITERIA.
        estimator: the method with its settings, not fitted.
        dataset: what it is fitted on.
        seed: of a random split.

    Raises:
        ValueError: an unknown criterion, or one that needs clusters, edges, a loss or classes that are not there.

    Example:
        >>> from graphcl import DGI
        >>> from graphcl.datasets import load
        >>> scoring("loss", DGI(), load("karate")).maximise
        False
    """
    if criterion not in CRITERIA:
        raise ValueError(f"the criterion must be one of {', '.join(CRITERIA)}; got {criterion!r}")
    if criterion == "loss":
        if type(estimator)._stages is GraphEstimator._stages:  # noqa: SLF001
            raise ValueError(f"{estimator.name} is not trained, so it has no loss; take another criterion")
        return Scoring(criterion, _last_loss, maximise=False)
    if criterion == BY_LABELS:
        return _by_labels(dataset, seed)
    if isinstance(dataset, GraphCollectionDataset):
        raise ValueError(  # noqa: TRY004  (the dataset is the wrong one, not the type)
            f"{criterion} is of the clusters of one graph, and {dataset.name} holds many; "
            f"take the criterion loss, or {BY_LABELS}"
        )
    check_clusters(type(estimator))
    if not isinstance(clusters_asked(estimator), int):
        needs = f"{criterion} compares clusterings into one number of clusters"
        raise ValueError(f"{needs}; give it by --set n_clusters=K")  # noqa: TRY004  (None is a value of it)
    number, graph = int(estimator.n_clusters), _plain(dataset.graph)
    if criterion in ("J", "J+consensus"):
        judge = Agreement(graph, device="cpu")
        return Scoring(
            criterion,
            lambda fitted: float(judge.score(fitted.labels_, number)["J"]),
            with_consensus=criterion == "J+consensus",
        )
    modularity(graph.edge_index, torch.zeros(graph.num_nodes, dtype=torch.long))  # refuses what it cannot judge
    return Scoring(criterion, lambda fitted: modularity(graph.edge_index, fitted.labels_))


def searchable_by_loss(ranges: dict[str, Range], *, given: bool) -> dict[str, Range]:
    """The ranges whose trials have comparable losses.

    Args:
        ranges: by hyper-parameter.
        given: whether the user asked for these; a documented range is left out where it does not fit.

    Raises:
        ValueError: a range that was asked for changes the loss itself, or none is left.

    Example:
        >>> from graphcl.search.ranges import documented_ranges
        >>> list(searchable_by_loss(documented_ranges("grace"), given=False))
        ['lr']
    """
    others = [name for name in ranges if name not in KEEPS_THE_LOSS]
    left = {name: values for name, values in ranges.items() if name in KEEPS_THE_LOSS}
    if (given and others) or not left:
        raise ValueError(
            f"losses of trials with another {' or '.join(others)} cannot be compared; take another criterion, "
            f"or search {', '.join(KEEPS_THE_LOSS)} alone"
        )
    return left


def _last_loss(fitted: GraphEstimator) -> float:
    if not fitted.history_:
        raise ValueError("no epoch was trained, so there is no loss; raise epochs")
    return float(fitted.history_[-1]["loss"])


def _by_labels(dataset: Dataset, seed: int) -> Scoring:
    """The accuracy of a linear probe on validation nodes, or graphs, averaged over splits; test is not read."""
    y = classes_of(dataset)
    if y is None:
        raise ValueError(f"{dataset.name} has no classes to predict; take another criterion than {BY_LABELS}")
    masks: dict[str, Any] = {} if isinstance(dataset, GraphCollectionDataset) else dict(dataset.splits)
    split = splitting_of(masks)
    splits = node_splits(y, masks, split=split, seed=seed)

    def score(fitted: GraphEstimator) -> float:
        return fmean(linear_probe(fitted.embedding_, y, part).val_accuracy for part in splits)

    return Scoring(BY_LABELS, score, split=split)


def _plain(graph: Data) -> Data:
    """Structure and features alone; of several relations, an edge weighs as many as have it."""
    weight = graph.get("edge_weight")
    if graph.get("edge_type") is not None:
        weight = torch.ones(graph.edge_index.size(1))
    attributes = {} if weight is None else {"edge_weight": weight}
    return Data(x=graph.x, edge_index=graph.edge_index, num_nodes=graph.num_nodes, **attributes)
