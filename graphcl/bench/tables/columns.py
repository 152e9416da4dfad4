"""Columns of tables: which number of a record each shows, and how."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from statistics import fmean, stdev

from graphcl.bench.runs.record import Record

AGREEMENT = "J"
"""The score of a clustering that reads no labels, see `graphcl.evaluation.agreement`."""

PERCENT = frozenset({"acc", "nmi", "ari", "f1", "accuracy", "micro_f1", "macro_f1"})
"""Scores that are shown in per cent, by the last part of their names."""

LOWER_IS_BETTER = frozenset({"conductance", "seconds", "memory"})
"""Scores, and groups of costs, of which lower values are better."""


@dataclass(frozen=True)
class Column:
    """A column of numbers.

    Args:
        title: its heading.
        metric: the name of the number, as `number_of` takes it.
        decimals: shown.
        scale: what the number is multiplied by.
    """

    title: str
    metric: str
    decimals: int
    scale: float = 1.0

    @classmethod
    def of(cls, metric: str) -> "Column":
        """The column of a number: the one of the tables, or one with its name as the heading.

        Example:
            >>> Column.of("nmi").title, Column.of("communities/acc").title, Column.of("own/score").title
            ('NMI %', 'communities/acc %', 'own/score')
        """
        if known := next((column for column in COLUMNS if column.metric == metric), None):
            return known
        percent = metric.rpartition("/")[2] in PERCENT
        return cls(metric + (" %" if percent else ""), metric, 1 if percent else 3, 100.0 if percent else 1.0)

    @property
    def lower_is_better(self) -> bool:
        """Whether lower values are better."""
        return bool(LOWER_IS_BETTER & {self.metric.partition("/")[0], self.metric.rpartition("/")[2]})

    def values(self, records: Iterable[Record]) -> list[float]:
        """The numbers of some records as they are shown, of those that have one and where it is defined."""
        found = (number_of(record, self.metric) for record in records)
        return [self.scale * value for value in found if value is not None and not isnan(value)]

    def cell(self, records: Sequence[Record]) -> str:
        """The numbers of some runs as one cell, see `summarise`."""
        return summarise(self.values(records), self.decimals, runs=len(records))


def _percent(title: str, metric: str) -> Column:
    return Column(title, metric, 1, 100.0)


COLUMNS = (
    _percent("ACC %", "acc"),
    _percent("NMI %", "nmi"),
    _percent("ARI %", "ari"),
    _percent("F1 %", "f1"),
    Column(AGREEMENT, AGREEMENT, 2),
    Column("modularity", "modularity", 3),
    Column("conductance", "conductance", 3),
    _percent("probe micro-F1 %", "probe/micro_f1"),
    _percent("probe macro-F1 %", "probe/macro_f1"),
    _percent("k-NN micro-F1 %", "knn/micro_f1"),
    _percent("k-NN macro-F1 %", "knn/macro_f1"),
    _percent("k-means ACC %", "kmeans/acc"),
    _percent("k-means NMI %", "kmeans/nmi"),
    _percent("communities NMI %", "communities/nmi"),
    _percent("overlap F1 %", "overlap/f1"),
    _percent("together %", "overlap/together"),
    Column("seconds", "seconds/wall", 1),
    Column("CPU s", "seconds/cpu", 1),
    Column("memory MB", "memory/growth_mb", 0),
)


def number_of(record: Record, metric: str) -> float | None:
    """A score or a cost of a record; NaN where it is undefined, None where the record has no such number.

    Args:
        record: of a run.
        metric: the name of a score, as nmi or probe/micro_f1, or seconds/wall, seconds/cpu or memory/growth_mb.
    """
    group, _, name = metric.partition("/")
    costs = {"seconds": record.seconds, "memory": record.memory}.get(group, {})
    return costs[name] if name in costs else record.metrics.get(metric)


def metrics_of(records: Iterable[Record]) -> list[str]:
    """The names of all numbers that some records have, in the order in which they come; costs last."""
    names: dict[str, None] = {}
    costs: dict[str, None] = {}
    for record in records:
        names |= dict.fromkeys(record.metrics)
        costs |= dict.fromkeys(f"seconds/{name}" for name in record.seconds)
        costs |= dict.fromkeys(f"memory/{name}" for name in record.memory)
    return [*names, *(name for name in costs if name not in names)]


def summarise(values: Sequence[float], decimals: int, *, runs: int | None = None) -> str:
    """Mean and sample standard deviation, or the mean alone where there is one value, or a dash.

    Args:
        values: defined ones alone.
        decimals: shown.
        runs: of which these are the values; where there are fewer values, their number follows in brackets.

    Example:
        >>> summarise([1.0, 2.0, 3.0], 1), summarise([1.0], 1), summarise([], 1), summarise([1.0, 3.0], 0, runs=3)
        ('2.0 ± 1.0', '1.0', '-', '2 ± 1 (2)')
    """
    if not values:
        return "-"
    mean = f"{fmean(values):.{decimals}f}"
    cell = mean if len(values) == 1 else f"{mean} ± {stdev(values):.{decimals}f}"
    return cell if runs is None or runs == len(values) else f"{cell} ({len(values)})"
