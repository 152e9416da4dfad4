"""How far methods are behind the first of the standings, and whether that is more than seeds."""

from collections.abc import Sequence

from graphcl.bench.comparison.interval import difference_cell
from graphcl.bench.comparison.standings import in_one_setting, standings
from graphcl.bench.runs.record import Record
from graphcl.bench.tables.columns import Column
from graphcl.bench.tables.grid import Grid


def gaps_grid(records: Sequence[Record], metric: str = "nmi") -> Grid:
    """A line for each method but the first, in their order, a column for each dataset that all have.

    A cell is the mean difference to the first with its 95 % interval, see `difference_cell`.

    Args:
        records: of runs.
        metric: name of the score.

    Raises:
        ValueError: as from `graphcl.bench.comparison.standings.standings`.
    """
    column = Column.of(metric)
    found, common = standings(records, metric)
    first, *others = (standing.method for standing in found)
    runs = in_one_setting(records, column)
    rows = [
        [method, *(difference_cell(runs[first][name], runs[method][name], column) for name in common)]
        for method in others
    ]
    return Grid("", [f"{column.title}, difference to {first}", *common], rows)
