"""Ranges of hyper-parameters to search: an interval or a list of choices for each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphcl.recipes import read_search_table
from graphcl.suggestion import did_you_mean
from graphcl.training import GraphEstimator
from graphcl.validation import check_parameters

NEVER = {
    "seed": "it is drawn by --seeds",
    "device": "results do not depend on it",
    "precision": "results are to be compared in one",
    "n_clusters": "criteria compare clusterings into one number; see graphcl choose-k",
}
"""Hyper-parameters that are not searched, and why."""


@dataclass(frozen=True)
class Interval:
    """All numbers between two ends, both included: integers if both ends are.

    Args:
        low: the lower end.
        high: the upper end, above it.
        log: whether the logarithm is what is searched evenly; both ends are positive then.

    Raises:
        ValueError: ends that are no numbers or in the wrong order, or a logarithm of what is not positive.

    Example:
        >>> 0.01 in Interval(1e-4, 1e-1, log=True), 0.2 in Interval(1e-4, 1e-1, log=True)
        (True, False)
    """

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        numbers = [self.low, self.high]
        if not all(isinstance(end, int | float) and not isinstance(end, bool) for end in numbers):
            raise ValueError(f"a range must have two numbers as ends; got {self.low!r} and {self.high!r}")
        if not float("-inf") < self.low < self.high < float("inf"):
            raise ValueError(f"a range must go from a lower to a higher number; got {self.low} to {self.high}")
        if self.log and not self.low > 0:
            raise ValueError(f"a range on a logarithmic scale must start above 0; got {self.low}")

    @property
    def integers(self) -> bool:
        """Whether it holds integers alone."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    @property
    def samples(self) -> list[Any]:
        """Values by which to judge whether a method takes all of them: the ends."""
        return [self.low, self.high]

    def __contains__(self, value: object) -> bool:
        number = isinstance(value, int if self.integers else int | float) and not isinstance(value, bool)
        return number and self.low <= value <= self.high  # type: ignore[operator]  # a number

    def plain(self) -> dict[str, Any]:
        """As a recipe file has it."""
        return {"low": self.low, "high": self.high, **({"log": True} if self.log else {})}


@dataclass(frozen=True)
class Choices:
    """A few values, of any type.

    Args:
        values: at least two.

    Raises:
        ValueError: fewer than two, or one twice.

    Example:
        >>> [0.2, 0.4] in Choices([[0.2, 0.4], [0.3, 0.3]])
        True
    """

    values: list[Any]

    def __post_init__(self) -> None:
        texts = list(map(json.dumps, self.values))
        if len(set(texts)) < max(len(texts), 2):
            raise ValueError(f"choices must be at least two, each once; got {', '.join(texts) or 'none'}")

    @property
    def samples(self) -> list[Any]:
        """All of them."""
        return self.values

    def __contains__(self, value: object) -> bool:
        return json.dumps(value) in map(json.dumps, self.values)

    def plain(self) -> list[Any]:
        """As a recipe file has it."""
        return self.values


Range = Interval | Choices


def range_of(value: Any) -> Range:
    """A range from a recipe file's table: `{low, high, log}`, or a list of choices.

    Raises:
        ValueError: anything else.

    Example:
        >>> range_of({"low": 1, "high": 4}), range_of(["relu", "prelu"])
        (Interval(low=1, high=4, log=False), Choices(values=['relu', 'prelu']))
    """
    if isinstance(value, list | tuple):
        return Choices(list(value))
    if isinstance(value, Mapping) and {"low", "high"} <= set(value) <= {"low", "high", "log"}:
        return Interval(**value)
    raise ValueError(f"a range must be {{low, high, log}} or a list of choices; got {value!r}")


def documented_ranges(method: str) -> dict[str, Range]:
    """The ranges in the recipe of a method, by hyper-parameter.

    Args:
        method: its name.

    Raises:
        ValueError: its recipe has none.

    Example:
        >>> documented_ranges("leiden")
        {'resolution': Interval(low=0.25, high=4.0, log=True)}
        >>> documented_ranges("k-means")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: k-means has no documented ranges to search; give some by --range, as --range lr=1e-4:1e-1:log
    """
    table = read_search_table(method)
    if not table:
        raise ValueError(
            f"{method} has no documented ranges to search; give some by --range, as --range lr=1e-4:1e-1:log"
        )
    return {name: range_of(value) for name, value in table.items()}


def check_ranges(ranges: Mapping[str, Range], estimator: GraphEstimator) -> None:
    """Refuse ranges that a method cannot be searched over, before anything is trained.

    Args:
        ranges: by hyper-parameter.
        estimator: with the settings that stay.

    Raises:
        ValueError: no range, an unknown hyper-parameter, one that is never searched, or a value out of range.
    """
    if not ranges:
        raise ValueError("there is nothing to search: every range is of a setting that is fixed; give --range")
    settings = estimator.get_params(deep=False)
    for name, values in ranges.items():
        if name not in settings:
            hint = did_you_mean(name, settings)
            raise ValueError(
                f"{estimator.name} has no parameter {name!r}{hint}; choose among {', '.join(settings)}"
            )
        if name in NEVER:
            raise ValueError(f"{name} is not searched: {NEVER[name]}")
        for value in values.samples:
            check_parameters(type(estimator)(**{**settings, name: value}))
