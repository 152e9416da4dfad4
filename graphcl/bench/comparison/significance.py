"""Tests of paired differences and of ranks: sign-flip, Wilcoxon signed-rank with Holm's correction, Friedman."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray
from scipy import stats

EXACT = 16
"""Differences up to which every combination of signs is tried."""

DIGITS = 12
"""Decimals of a difference; what is closer is a tie."""


def sign_flip_p(differences: ArrayLike) -> float:
    """Two-sided p of the sign-flip (paired permutation) test of a mean difference of 0.

    The share of all 2^n combinations of signs whose sum is at least as far from 0 as the sum observed; above 16
    differences, of 2^16 random combinations, always the same ones, and the one observed. It is at least 2 / 2^n,
    so that fewer than 6 differences cannot give p < 0.05.

    Args:
        differences: (n,), of pairs.

    Example:
        >>> sign_flip_p([0.1, 0.3, 0.2, 0.2, 0.4])
        0.0625

    Reference: [Fisher, "The Design of Experiments", 1935, section 21].
    """
    values = np.round(np.asarray(differences, dtype=np.float64), DIGITS)
    observed = abs(values.sum())
    if len(values) <= EXACT:
        bits = np.arange(2 ** len(values))[:, None] >> np.arange(len(values)) & 1
        return float(np.mean(_at_least(np.abs((1 - 2 * bits) @ values), observed)))
    signs = np.random.default_rng(0).choice((-1, 1), size=(2**EXACT, len(values)))
    return float((1 + _at_least(np.abs(signs @ values), observed).sum()) / (1 + 2**EXACT))


def signed_rank_p(differences: ArrayLike) -> float:
    """Two-sided p of the Wilcoxon signed-rank test; differences of 0 are left out.

    Exact with ties too, up to 16 differences: the sign-flip test of the signed ranks. Above, that of
    `scipy.stats.wilcoxon`.

    Args:
        differences: (n,), of pairs.

    Example:
        >>> signed_rank_p([0.1, 0.3, 0.2, 0.2, 0.4, -0.05])
        0.0625

    Reference: [Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1945].
    """
    values = np.round(np.asarray(differences, dtype=np.float64), DIGITS)
    values = values[values != 0]
    if len(values) > EXACT:
        return float(stats.wilcoxon(values).pvalue)
    return sign_flip_p(stats.rankdata(np.abs(values)) * np.sign(values))


def holm(p: Sequence[float]) -> list[float]:
    """Holm's adjusted p values, which control the family-wise error rate.

    Example:
        >>> [round(value, 6) for value in holm([0.01, 0.04, 0.03])]
        [0.03, 0.06, 0.06]

    Reference: [Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statistics 1979].
    """
    adjusted, largest = [0.0] * len(p), 0.0
    for done, index in enumerate(np.argsort(p, kind="stable")):
        largest = max(largest, min(1.0, (len(p) - done) * p[index]))
        adjusted[index] = largest
    return adjusted


@dataclass(frozen=True)
class Friedman:
    """The Friedman test that methods have equal ranks, and Iman and Davenport's less conservative form of it.

    Args:
        chi2: Friedman's statistic, corrected for ties, with k - 1 degrees of freedom.
        chi2_p: its p.
        f: (N - 1) chi2 / (N (k - 1) - chi2), with k - 1 and (k - 1)(N - 1) degrees of freedom.
        p: of f, the one to read.
    """

    chi2: float
    chi2_p: float
    f: float
    p: float


def friedman(scores: Float[NDArray[np.float64], "N k"]) -> Friedman:
    """The Friedman test of k >= 3 methods on N >= 2 datasets.

    Args:
        scores: a row for each dataset, a column for each method.

    Example:
        >>> result = friedman(np.array([[1.0, 2.0, 3.0], [1.0, 3.0, 2.0], [1.0, 2.0, 3.0], [2.0, 1.0, 3.0]]))
        >>> round(result.chi2, 3), round(result.f, 3)
        (4.5, 3.857)

    Reference: [Demšar, "Statistical comparisons of classifiers over multiple data sets", JMLR 2006], 3.2.2.
    """
    n, k = scores.shape
    rounded = np.round(scores, DIGITS)
    if all(len(set(row)) == 1 for row in rounded.tolist()):
        return Friedman(0.0, 1.0, 0.0, 1.0)  # nothing but ties
    chi2, chi2_p = (float(value) for value in stats.friedmanchisquare(*rounded.T))
    left = n * (k - 1) - chi2
    f = (n - 1) * chi2 / left if left > 1e-9 else float("inf")
    return Friedman(chi2, chi2_p, f, float(stats.f.sf(f, k - 1, (k - 1) * (n - 1))))


def _at_least(sums: NDArray[np.float64], observed: float) -> NDArray[np.bool_]:
    return sums >= observed * (1 - 1e-12)
