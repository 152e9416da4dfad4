"""The numbers behind the tables' cells: values of a column, and the column that ranks the methods of a dataset."""

from collections.abc import Sequence
from statistics import fmean

from graphcl.bench.report.marks import Mark, mark_best
from graphcl.bench.tables.columns import COLUMNS, Column
from graphcl.bench.tables.table import Row

BY_TITLE = {column.title: column for column in COLUMNS}
SECONDS = BY_TITLE["seconds"]
UNRANKED = frozenset({"seconds", "CPU s", "memory MB"})
"""Columns of costs, in which nothing is marked as best."""


def values(row: Row, column: Column) -> list[float]:
    """The column's numbers of the runs behind a row, those that there are."""
    return column.values(row.runs)


def mean(row: Row, column: Column) -> float:
    """Of the column's numbers; there has to be one."""
    return fmean(values(row, column))


RANKING = (("NMI %", "ACC %"), ("modularity",), ("probe micro-F1 %",), ("k-NN micro-F1 %",))
"""Titles of the columns that rank the methods of a dataset; the first group with numbers is taken."""


def leading(rows: Sequence[Row]) -> list[Column]:
    """What ranks the methods of a dataset: NMI, then ACC; modularity where no classes are known; probes last."""
    groups = [[BY_TITLE[title] for title in titles] for titles in RANKING]
    return next((columns for columns in groups if any(values(row, columns[0]) for row in rows)), groups[0])


def unit(rows: Sequence[Row]) -> str:
    """What the methods of a dataset cluster: a "node", or a "graph" where clusters have no structure scores."""
    metrics = [run.metrics for row in rows for run in row.runs]
    return "graph" if any("acc" in scores and "modularity" not in scores for scores in metrics) else "node"


def marks(rows: Sequence[Row], column: Column) -> list[Mark]:
    """Which rows are best in a column, and which are tied with the best."""
    if column.title in UNRANKED:
        return ["" for _ in rows]
    return mark_best([values(row, column) for row in rows], higher=not column.lower_is_better)
