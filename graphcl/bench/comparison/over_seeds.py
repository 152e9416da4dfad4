"""Paired differences between methods on one dataset, over the seeds that both were run with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from graphcl.bench.comparison.significance import sign_flip_p


@dataclass(frozen=True)
class SeedComparison:
    """A method and a baseline on one dataset.

    Args:
        dataset: with its parameters.
        method: the row of the dataset's table.
        baseline: the row that it is compared with.
        n: seeds that both have a score for.
        difference: mean of the method's score minus the baseline's; None without a shared seed.
        standard_error: of the mean, the sample standard deviation over the root of n; None below two shared seeds.
        p: two-sided, of the sign-flip test; None below two shared seeds.
    """

    dataset: str
    method: str
    baseline: str
    n: int
    difference: float | None
    standard_error: float | None
    p: float | None


Scores = Mapping[str, Mapping[str, Mapping[int, float]]]
"""By dataset, method and seed."""


def compare_over_seeds(scores: Scores, baseline: str) -> list[SeedComparison]:
    """Every method against a baseline, on each dataset that the baseline has.

    Example:
        >>> scores = {"cora": {"a": {0: 0.5, 1: 0.6, 2: 0.7}, "b": {1: 0.5, 2: 0.5, 3: 0.5}}}
        >>> [found] = compare_over_seeds(scores, "b")
        >>> found.method, found.n, round(found.difference, 3), round(found.standard_error, 3), found.p
        ('a', 2, 0.15, 0.05, 0.5)
    """
    return [
        _compare(
            dataset,
            method,
            baseline,
            [values[seed] - methods[baseline][seed] for seed in _shared(values, methods[baseline])],
        )
        for dataset, methods in scores.items()
        if baseline in methods
        for method, values in methods.items()
        if method != baseline
    ]


def _shared(one: Mapping[int, float], other: Mapping[int, float]) -> list[int]:
    return sorted(one.keys() & other.keys())


def _compare(dataset: str, method: str, baseline: str, differences: Sequence[float]) -> SeedComparison:
    n = len(differences)
    return SeedComparison(
        dataset,
        method,
        baseline,
        n,
        fmean(differences) if n else None,
        stdev(differences) / n**0.5 if n > 1 else None,
        sign_flip_p(differences) if n > 1 else None,
    )
