"""A comparison of the methods in some records by one score: over seeds on each dataset, and over datasets."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import isinf
from statistics import fmean
from typing import Any

import numpy as np

from graphcl.bench.comparison.over_datasets import Ranking, rank_over_datasets
from graphcl.bench.comparison.over_seeds import Scores, SeedComparison, compare_over_seeds
from graphcl.bench.runs.record import Record
from graphcl.bench.tables.columns import Column, metrics_of
from graphcl.bench.tables.footnotes import Footnotes
from graphcl.bench.tables.table import Section, build_table
from graphcl.suggestion import did_you_mean


@dataclass(frozen=True)
class Comparison:
    """Methods compared by one score.

    Args:
        column: the score; values are as it shows them, NMI in per cent.
        baseline: the method that others are compared with on each dataset.
        over_seeds: paired differences to the baseline.
        ranking: over the datasets that all methods have; None where there are too few.
        datasets: those that all methods have.
        incomplete: the methods without a score, by dataset, of the other datasets.
        notes: what letters in the names of methods stand for.
    """

    column: Column
    baseline: str
    over_seeds: list[SeedComparison]
    ranking: Ranking | None
    datasets: list[str]
    incomplete: dict[str, list[str]]
    notes: list[str]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain values, for JSON; Iman and Davenport's F is None where it is infinite."""
        ranking = asdict(self.ranking) if self.ranking else None
        if ranking and ranking["test"] and isinf(ranking["test"]["f"]):
            ranking["test"]["f"] = None
        return {
            "metric": self.column.metric,
            "unit": "per cent" if self.column.scale != 1 else None,
            "baseline": self.baseline,
            "over_seeds": [asdict(found) for found in self.over_seeds],
            "over_datasets": ranking,
            "datasets": self.datasets,
            "incomplete": self.incomplete,
            "notes": self.notes,
        }


def compare_records(
    records: Iterable[Record], metric: str, baseline: str | None = None, methods: Iterable[str] = ()
) -> Comparison:
    """Compare the methods in some records by one score.

    Args:
        records: of runs; methods are told apart as in the rows of `build_table`.
        metric: the name of a score or a cost, see `number_of`.
        baseline: a method, by its name in the tables; by default the first one.
        methods: those to compare; by default all.

    Raises:
        ValueError: no records, those of different revisions of a method, or a score or method that is not there.
    """
    records = list(records)
    sections = build_table(records)
    if metric not in (known := metrics_of(records)):
        raise ValueError(
            f"no run has the score {metric!r}{did_you_mean(metric, known)}; choose among {', '.join(known)}"
        )
    column, notes = Column.of(metric), Footnotes(sections)
    scores = _scores(sections, column, notes)
    names = list(dict.fromkeys(name for rows in scores.values() for name in rows))
    chosen = [_resolve(name, names) for name in methods]
    if chosen:
        names = list(dict.fromkeys(chosen))
        scores = {dataset: {n: rows[n] for n in names if n in rows} for dataset, rows in scores.items()}
    base = _resolve(baseline, names) if baseline else names[0]
    complete = [dataset for dataset, rows in scores.items() if all(rows.get(name) for name in names)]
    incomplete = {d: [n for n in names if not rows.get(n)] for d, rows in scores.items() if d not in complete}
    ranking = None
    if len(names) > 1 and len(complete) > 1:
        means = np.array([[fmean(scores[dataset][name].values()) for name in names] for dataset in complete])
        ranking = rank_over_datasets(names, means, lower_is_better=column.lower_is_better)
    said = [line for line in notes.settings() if any(name.endswith(line.partition(" ")[0]) for name in names)]
    return Comparison(column, base, compare_over_seeds(scores, base), ranking, complete, incomplete, said)


def _scores(sections: Iterable[Section], column: Column, notes: Footnotes) -> Scores:
    return {
        section.title: {
            notes.short(row): {run.seed: value for run in row.runs for value in column.values([run])}
            for row in section.rows
        }
        for section in sections
    }


def _resolve(name: str, names: list[str]) -> str:
    """The row that a name means: its own, or the only one of a method with that name."""
    if name in names:
        return name
    rows = [row for row in names if row.partition(" ")[0] == name]
    if len(rows) == 1:
        return rows[0]
    if rows:
        raise ValueError(f"{name} has several rows; choose among {', '.join(rows)}")
    raise ValueError(
        f"no method is named {name!r} here{did_you_mean(name, names)}; choose among {', '.join(names)}"
    )
