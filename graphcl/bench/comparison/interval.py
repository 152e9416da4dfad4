"""The mean paired difference of two groups of runs with its 95 % interval, as a number and as a cell."""

from collections.abc import Iterable

from scipy.special import stdtrit

from graphcl.bench.comparison.over_seeds import SeedComparison, compare_over_seeds
from graphcl.bench.runs.record import Record
from graphcl.bench.tables.columns import Column

CONFIDENCE = 0.95


def half_width(found: SeedComparison) -> float | None:
    """Half the 95 % interval of a mean paired difference, by Student's t; None below two shared seeds.

    Example:
        >>> [found] = compare_over_seeds({"cora": {"a": {0: 1.0, 1: 3.0}, "b": {0: 0.0, 1: 0.0}}}, "b")
        >>> round(half_width(found), 2)
        12.71
    """
    if found.standard_error is None:
        return None
    return float(stdtrit(found.n - 1, (1 + CONFIDENCE) / 2)) * found.standard_error


def difference_cell(base: Iterable[Record], other: Iterable[Record], column: Column) -> str:
    """How far a score lies above its base, over the seeds that both have: +3.0 ± 2.5, bold if zero is outside.

    Args:
        base: runs on a dataset.
        other: runs there too.
        column: the score; a dash stands where no seed has it in both, and one seed has no interval.
    """
    scores = {
        name: {run.seed: value for run in runs for value in column.values([run])}
        for name, runs in (("base", base), ("other", other))
    }
    [found] = compare_over_seeds({"": scores}, "base")
    if found.difference is None:
        return "-"
    mean = f"{found.difference:+.{column.decimals}f}"
    half = half_width(found)
    if half is None:
        return mean
    cell = f"{mean} ± {half:.{column.decimals}f}"
    return f"**{cell}**" if abs(found.difference) > half else cell
