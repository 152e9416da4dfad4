"""Which methods are best, and which are tied with the best, given the spread over runs."""

from collections.abc import Sequence
from statistics import fmean, stdev
from typing import Literal

Mark = Literal["best", "tied", ""]


def mark_best(samples: Sequence[Sequence[float]], *, higher: bool = True) -> list[Mark]:
    """Mark the best mean, and every mean that is tied with it.

    A mean is tied with the best if they differ by at most one sample standard deviation, the larger of the two.
    Where both have one run, only equal values are tied.

    Args:
        samples: for each method the values of its runs; none leaves it unmarked.
        higher: whether higher values are better.

    Example:
        >>> mark_best([[80.0, 84.0], [81.0, 80.0], [60.0, 61.0], []])
        ['best', 'tied', '', '']
        >>> mark_best([[0.2], [0.1]], higher=False)
        ['', 'best']
    """
    sign = 1 if higher else -1
    means = [sign * fmean(values) if values else None for values in samples]
    known = [mean for mean in means if mean is not None]
    if not known:
        return ["" for _ in samples]
    best = means.index(max(known))
    marks: list[Mark] = []
    for index, (mean, values) in enumerate(zip(means, samples, strict=True)):
        if mean is None:
            marks.append("")
        elif index == best:
            marks.append("best")
        else:
            marks.append("tied" if max(known) - mean <= max(spread(values), spread(samples[best])) else "")
    return marks


def spread(values: Sequence[float]) -> float:
    """The sample standard deviation; 0 where there are fewer than two values.

    Example:
        >>> spread([1.0, 3.0]) ** 2, spread([1.0])
        (2.0000000000000004, 0.0)
    """
    return stdev(values) if len(values) > 1 else 0.0
