"""A cost model that chooses the fastest method of the all-pairs log-sum-exp within a tolerance."""

from functools import lru_cache
from typing import Literal, NamedTuple

import torch

from graphcl.objectives.all_pairs.series import count_features, series_polynomial

Chosen = Literal["dense", "blocked", "series"]


class _Seconds(NamedTuple):
    """Seconds of forward and backward on one kind of device, measured unless noted."""

    call: float
    """Overhead of "dense" per call; "blocked" has twice that."""
    dense: tuple[float, float]
    """Per pair of rows, and per pair and column of a row."""
    blocked: tuple[float, float]
    series: tuple[float, float, float]
    """Per degree, per row, and per row and feature."""
    dense_pairs: int
    """The most entries of the matrix of pairs under "dense", which keeps three of that size in memory."""


SECONDS = {
    "cpu": _Seconds(8e-5, (3.4e-9, 6e-11), (2.3e-9, 6e-11), (2e-4, 1.2e-7, 1.7e-9), 2**20),
    "cuda": _Seconds(1e-4, (3e-11, 1e-12), (1.3e-10, 1e-12), (5e-4, 1e-9, 3e-11), 2**27),  # estimated
}
"""One core of a server for "cpu"; `benchmarks/speed/partition_grid.py` measures. Other devices go by "cuda"."""


@lru_cache(maxsize=1024)
def choose_summation(
    n: int, m: int, d: int, *, scale: float, device: torch.device, tolerance: float = 1e-4
) -> Chosen:
    """The method that `all_pairs_logsumexp` takes under "auto", for n rows against m of length at most 1.

    Args:
        n: number of queries.
        m: number of keys.
        d: their width.
        scale: the inverse temperature.
        device: of the tensors.
        tolerance: the largest error of each log; 0 excludes the series.

    Example:
        >>> cpu = torch.device("cpu")
        >>> [choose_summation(n, n, 10, scale=0.25, device=cpu) for n in (100, 400, 10_000)]
        ['dense', 'blocked', 'series']
        >>> [choose_summation(10_000, 10_000, d, scale=s, device=cpu) for d, s in ((10, 2.25), (128, 5.0))]
        ['blocked', 'blocked']
    """
    cost = SECONDS.get(device.type, SECONDS["cuda"])
    seconds: dict[Chosen, float] = {"blocked": 2 * cost.call + n * m * (cost.blocked[0] + d * cost.blocked[1])}
    if n * m <= cost.dense_pairs:
        seconds["dense"] = cost.call + n * m * (cost.dense[0] + d * cost.dense[1])
    if p := series_polynomial(d, scale=scale, tolerance=tolerance):
        per_degree, per_row, per_feature = cost.series
        rows = n + m + 100  # the tables of coefficients cost as much as about a hundred rows
        seconds["series"] = per_degree * p.degree + rows * (per_row + per_feature * count_features(d, p))
    return min(seconds, key=lambda way: seconds[way])
