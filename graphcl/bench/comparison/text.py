"""A comparison as tables, with the words on what the tests say and what they cannot say."""

from dataclasses import asdict
from itertools import groupby
from typing import Any

from graphcl.bench.comparison.comparison import Comparison
from graphcl.bench.comparison.over_datasets import ALPHA, Ranking
from graphcl.bench.tables.grid import Grid


def comparison_grids(found: Comparison) -> list[Grid]:
    """A table for each dataset, then one of ranks and one of pairs where there are enough datasets and methods."""
    column = found.column
    decimals = column.decimals + 1
    grids = []
    for dataset, rows in groupby(found.over_seeds, key=lambda row: row.dataset):
        cells = [
            [
                row.method,
                str(row.n),
                _signed(row.difference, decimals),
                _number(row.standard_error, decimals),
                p_text(row.p),
            ]
            for row in rows
        ]
        title = f"{dataset}: {column.title}, difference to {found.baseline}"
        grids.append(Grid(title, ["method", "seeds", "difference", "standard error", "p"], cells))
    if found.ranking:
        grids += _ranking_grids(found.ranking, found.column.title, decimals)
    return grids


def _ranking_grids(ranking: Ranking, title: str, decimals: int) -> list[Grid]:
    ranks = [[name, f"{rank:.2f}"] for name, rank in zip(ranking.methods, ranking.ranks, strict=True)]
    pairs = [
        [f"{pair.better} / {pair.worse}", _signed(pair.difference, decimals), p_text(pair.p), p_text(pair.holm_p)]
        for pair in ranking.pairs
    ]
    return [
        Grid(f"average ranks over {ranking.n_datasets} datasets: {title}", ["method", "rank"], ranks),
        Grid("pairs over datasets", ["methods", "difference", "Wilcoxon p", "Holm p"], pairs),
    ]


def comparison_notes(found: Comparison) -> list[str]:
    """What was tested, how, and where there is too little to say anything; one a line."""
    return [*found.notes, *_over_seeds(found), *_over_datasets(found)]


def _over_seeds(found: Comparison) -> list[str]:
    if not found.over_seeds:
        return [f"nothing to pair over seeds: no dataset has {found.baseline} and another method"]
    few = sorted({row.n for row in found.over_seeds if row.n > 1 and 2 / 2**row.n >= ALPHA})
    tested = "two-sided sign-flip test of the mean paired difference, exact up to 16 seeds"
    said = [
        f"p over seeds: {tested}; not corrected for the number of rows",
        *(f"with {n} shared seeds p is at least {2 / 2**n:.3g}: none can be significant at {ALPHA}" for n in few),
    ]
    if any(row.n < 2 for row in found.over_seeds):
        said.append("a dash for p: fewer than 2 seeds for which both methods have a score")
    return said


def _over_datasets(found: Comparison) -> list[str]:
    missing = [
        f"left out of the ranks: {name}, without {'; '.join(rows)}" for name, rows in found.incomplete.items()
    ]
    if not found.ranking:
        n = len(found.datasets)
        return [
            f"no ranks over datasets: they need 2 methods on 2 datasets that all of them have, got {n}",
            *missing,
        ]
    test, n, k = found.ranking.test, found.ranking.n_datasets, len(found.ranking.methods)
    pairs, said = len(found.ranking.pairs), []
    if test:
        friedman = f"Friedman: chi2({k - 1}) = {test.chi2:.2f}, {p_equation(test.chi2_p)}"
        said.append(
            f"{friedman}; Iman and Davenport: F({k - 1}, {(k - 1) * (n - 1)}) = {test.f:.2f}, {p_equation(test.p)}"
        )
        if test.p >= ALPHA:
            said.append("the methods do not differ significantly as a whole, so read no pair as a difference")
    correction = f", Holm's correction for {pairs} pairs" if pairs > 1 else ""
    said.append(f"over datasets: two-sided Wilcoxon signed-rank test, exact up to 16 datasets{correction}")
    if (smallest := min(1.0, pairs * 2 / 2**n)) >= ALPHA:
        said.append(f"with {n} datasets Holm p is at least {smallest:.3g}: no pair can be significant at {ALPHA}")
    return said + missing


def comparison_rows(found: Comparison) -> list[dict[str, Any]]:
    """Every pair as one flat row, over seeds on a dataset or over datasets, in full precision."""
    keys = ("over", "dataset", "metric", "method", "baseline", "n", "difference", "standard_error", "p", "holm_p")
    blank = dict.fromkeys(keys) | {"metric": found.column.metric}
    pairs = found.ranking.pairs if found.ranking else []
    over_datasets = [
        blank
        | {"over": "datasets", "method": pair.better, "baseline": pair.worse, "n": len(found.datasets)}
        | {"difference": pair.difference, "p": pair.p, "holm_p": pair.holm_p}
        for pair in pairs
    ]
    return [blank | {"over": "seeds"} | asdict(row) for row in found.over_seeds] + over_datasets


def p_text(p: float | None) -> str:
    """A p value in three digits.

    Example:
        >>> p_text(0.0625), p_text(0.0001), p_text(None)
        ('0.0625', '< 0.001', '-')
    """
    return "-" if p is None else "< 0.001" if p < 0.001 else f"{p:.3g}"


def p_equation(p: float) -> str:
    """A p value as it stands in a sentence.

    Example:
        >>> p_equation(0.0625), p_equation(0.0001)
        ('p = 0.0625', 'p < 0.001')
    """
    return f"p {p_text(p)}" if p < 0.001 else f"p = {p_text(p)}"


def _signed(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:+.{decimals}f}"


def _number(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:.{decimals}f}"
