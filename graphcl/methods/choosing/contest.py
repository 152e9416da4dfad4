"""Model selection without labels: the best of several clusterings of one graph by J and their consensus."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch_geometric.data import Data

from graphcl.agreement import Agreement
from graphcl.agreement.consensus import CONSENSUS_WEIGHT, consensus
from graphcl.training import GraphEstimator
from graphcl.training.loop import Callback


@dataclass(frozen=True)
class Contest:
    """Result of `best_of`: fitted estimators and the score of each.

    Args:
        estimators: fitted, in the order given.
        scores: of each: J, by cluster R2 and r, and `consensus`, the mean NMI with the other clusterings.
    """

    estimators: list[GraphEstimator]
    scores: list[dict[str, Any]]

    @property
    def best(self) -> int:
        """The place of the estimator with the highest J + consensus / 4; the first among equals."""
        values = [score["J"] + CONSENSUS_WEIGHT * score["consensus"] for score in self.scores]
        return max(range(len(values)), key=values.__getitem__)

    @property
    def winner(self) -> GraphEstimator:
        """That estimator."""
        return self.estimators[self.best]


def best_of(
    data: Data,
    estimators: Sequence[GraphEstimator],
    *,
    seed: int = 0,
    callbacks: Sequence[Callback] = (),
    started: Callable[[GraphEstimator], None] | None = None,
) -> Contest:
    """Model selection without labels: fit several clusterers, of one or several methods, and compare them.

    The best has the highest J + consensus / 4, see `graphcl.evaluation.agreement` and `consensus`: a lone maximum
    of J loses to a clustering that others come close to. With two clusterings it is J that decides.

    No label is read. J prefers what `TwoView` looks for, features that predict and edges that respect a partition;
    on a graph whose neighbours are not alike it means little. Consensus is a vote, in which several bad methods
    outvote a good one.

    Args:
        data: with x and edge_index.
        estimators: to fit, each with the same number of clusters.
        seed: of the `Agreement` that judges all of them.
        callbacks: each is called with a `Report` after every epoch of every estimator.
        started: called with each estimator before it is fitted.

    Raises:
        TypeError: an estimator that does not cluster, as an embedder without `n_clusters`.
        ValueError: no estimator, different numbers of clusters, or a graph that cannot be worked on.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate").graph
        >>> contest = graphcl.best_of(karate, [graphcl.FeatureKMeans(n_clusters=2), graphcl.TwoView(n_clusters=2)])
        >>> type(contest.winner).__name__
        'TwoView'
    """
    _check(estimators)
    numbers = sorted({_asked(estimator) for estimator in estimators}, key=str)
    if len(numbers) != 1:
        got = " and ".join(map(str, numbers)) or "no estimator"
        raise ValueError(f"estimators must all have the same n_clusters; got {got}; see choose_k for several")
    judge = Agreement(data, seed=seed)
    fitted, scores = [], []
    for estimator in estimators:
        if started:
            started(estimator)
        fitted.append(estimator.fit(data, callbacks=callbacks))
        scores.append(judge.score(fitted[-1].labels_, numbers[0]))
    shared = consensus(torch.stack([estimator.labels_ for estimator in fitted]))
    return Contest(fitted, [{**score, "consensus": cn} for score, cn in zip(scores, shared.tolist(), strict=True)])


def _check(estimators: Sequence[Any]) -> None:
    for estimator in estimators:
        if not isinstance(estimator, GraphEstimator) or _asked(estimator) is None:
            what = f"{estimator.__name__}, a class" if isinstance(estimator, type) else type(estimator).__name__
            raise TypeError(f"estimators must cluster, as TwoView(n_clusters=3) does; got {what}")


def _asked(estimator: GraphEstimator) -> Any:
    """How many clusters an estimator is to find; None where it learns an embedding alone."""
    return getattr(estimator, "n_clusters", None)
