"""Ranks of methods over datasets: average ranks, Friedman's test, and pairs by Wilcoxon with Holm's correction."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.stats import rankdata

from graphcl.bench.comparison.significance import DIGITS, Friedman, friedman, holm, signed_rank_p

ALPHA = 0.05
"""Level of significance."""


@dataclass(frozen=True)
class PairOfMethods:
    """Two methods over all datasets.

    Args:
        better: the method with the lower average rank.
        worse: the other one.
        difference: mean over datasets of the score of `better` minus that of `worse`.
        p: two-sided, of the Wilcoxon signed-rank test.
        holm_p: adjusted for the number of pairs by Holm's method.
    """

    better: str
    worse: str
    difference: float
    p: float
    holm_p: float


@dataclass(frozen=True)
class Ranking:
    """Methods by their average ranks over datasets.

    Args:
        methods: the best first.
        ranks: average of each; 1 is the best, ties share the mean of their ranks.
        n_datasets: number of datasets.
        test: Friedman's, whether the methods differ at all; None of two methods, of which the pair says it.
        pairs: every two methods.
    """

    methods: list[str]
    ranks: list[float]
    n_datasets: int
    test: Friedman | None
    pairs: list[PairOfMethods]

    def groups(self) -> list[tuple[int, int]]:
        """Maximal runs of neighbours in rank no two of which differ significantly, as first and last place.

        Where Friedman's test finds no difference, that is all of them. Groups of one are left out.
        """
        k = len(self.methods)
        if self.test and self.test.p >= ALPHA:
            return [(0, k - 1)]
        differ = {frozenset((pair.better, pair.worse)) for pair in self.pairs if pair.holm_p < ALPHA}
        found: list[tuple[int, int]] = []
        for first in range(k):
            last = first
            while last + 1 < k and not any(
                frozenset((self.methods[i], self.methods[last + 1])) in differ for i in range(first, last + 1)
            ):
                last += 1
            if last > first and not any(low <= first and last <= high for low, high in found):
                found.append((first, last))
        return found


def average_ranks(
    scores: Float[NDArray[np.float64], "N k"], *, lower_is_better: bool = False
) -> Float[NDArray[np.float64], " k"]:
    """Average ranks of k >= 2 methods over N >= 2 datasets; 1 is the best, ties share the mean of their ranks.

    Args:
        scores: a row for each dataset, a column for each method.
        lower_is_better: of the scores.

    Raises:
        ValueError: fewer methods or datasets.

    Example:
        >>> average_ranks(np.array([[0.5, 0.7], [0.4, 0.4]])).tolist()
        [1.75, 1.25]
    """
    n, k = scores.shape
    if k < 2 or n < 2:
        raise ValueError(f"ranks need at least 2 methods on 2 datasets that all have; got {k} on {n}")
    signed = np.round(scores if lower_is_better else -scores, DIGITS)
    average: NDArray[np.float64] = rankdata(signed, axis=1).mean(axis=0)
    return average


def rank_over_datasets(
    methods: Sequence[str], scores: Float[NDArray[np.float64], "N k"], *, lower_is_better: bool = False
) -> Ranking:
    """Rank k >= 2 methods on N >= 2 datasets.

    Args:
        methods: (k,) names.
        scores: a row for each dataset, a column for each method.
        lower_is_better: of the scores.

    Raises:
        ValueError: fewer methods or datasets.

    Example:
        >>> scores = np.array([[0.5, 0.7, 0.6], [0.4, 0.6, 0.5], [0.3, 0.3, 0.5]])
        >>> found = rank_over_datasets(["a", "b", "c"], scores)
        >>> found.methods, [round(rank, 2) for rank in found.ranks]
        (['b', 'c', 'a'], [1.5, 1.67, 2.83])

    Reference: [Demšar, "Statistical comparisons of classifiers over multiple data sets", JMLR 2006]; Wilcoxon in
    the place of Nemenyi's test by [Benavoli et al., "Should we really use post-hoc tests based on mean-ranks?",
    JMLR 2016].
    """
    n, k = scores.shape
    average = average_ranks(scores, lower_is_better=lower_is_better)
    order = np.argsort(average, kind="stable").tolist()
    both = list(combinations(order, 2))
    p = [signed_rank_p(scores[:, i] - scores[:, j]) for i, j in both]
    pairs = [
        PairOfMethods(methods[i], methods[j], float((scores[:, i] - scores[:, j]).mean()), raw, adjusted)
        for (i, j), raw, adjusted in zip(both, p, holm(p), strict=True)
    ]
    test = friedman(scores) if k > 2 else None
    return Ranking([methods[i] for i in order], [float(average[i]) for i in order], n, test, pairs)
