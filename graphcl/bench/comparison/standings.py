"""Standings of methods over many datasets, a line each: average rank, mean score, cost, at one setting for all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from graphcl.bench.comparison.over_datasets import average_ranks
from graphcl.bench.report.marks import mark_best
from graphcl.bench.runs.record import Record
from graphcl.bench.runs.run import setting_of
from graphcl.bench.tables.columns import Column
from graphcl.bench.tables.grid import Grid

BY_DATASET = ("nmi", "acc", "ari", "f1", "probe/micro_f1", "seconds/cpu", "memory/growth_mb")
"""The scores of the tables with a column for each dataset; the first orders the methods."""

Runs = dict[str, list[Record]]
"""Runs by dataset, or by what else they share."""


@dataclass(frozen=True)
class Standing:
    """A method over the datasets that all methods have.

    Args:
        method: its name.
        rank: average rank by the score; 1 is the best.
        score: mean over datasets of its mean over seeds, as the column shows it.
        leads: on how many datasets it is the best or tied with the best, by the spread over seeds.
        cpu_seconds: mean of one run, added up over the datasets.
        memory_mb: by how much a run makes the process grow at its largest; mean of one run, the most of a dataset.
    """

    method: str
    rank: float
    score: float
    leads: int
    cpu_seconds: float
    memory_mb: float


def standings(records: Iterable[Record], metric: str = "nmi") -> tuple[list[Standing], list[str]]:
    """Methods by their average rank, each with one setting for all datasets, and the datasets that all have.

    Of a method with several settings the one counts that was run on most datasets; among equals, the first. A
    setting published for one dataset, on which labels chose it, is on few, and stands aside.

    Args:
        records: of runs.
        metric: name of the score.

    Raises:
        ValueError: fewer than two methods, or two datasets that all methods have.
    """
    column = Column.of(metric)
    runs = in_one_setting(records, column)
    methods = list(runs)
    datasets = dict.fromkeys(name for by_dataset in runs.values() for name in by_dataset)
    common = [name for name in datasets if all(name in by_dataset for by_dataset in runs.values())]
    samples = [[column.values(runs[method][name]) for method in methods] for name in common]
    means = np.array([[fmean(values) for values in row] for row in samples]).reshape(len(common), len(methods))
    ranks = average_ranks(means, lower_is_better=column.lower_is_better)
    marks = [mark_best(row, higher=not column.lower_is_better) for row in samples]
    found = []
    for place in np.argsort(ranks, kind="stable").tolist():
        method = methods[place]
        own = [runs[method][name] for name in common]
        seconds = sum(fmean(record.seconds["cpu"] for record in one) for one in own)
        memory = max(fmean(record.memory["growth_mb"] for record in one) for one in own)
        leads = sum(bool(row[place]) for row in marks)
        found.append(Standing(method, float(ranks[place]), float(means[:, place].mean()), leads, seconds, memory))
    return found, common


def standings_grid(records: Sequence[Record], metrics: Sequence[str] = ("nmi", "acc")) -> Grid:
    """The standings by the first of some scores, beside the means of the others, as a table.

    Raises:
        ValueError: as from `standings`.
    """
    found, common = standings(records, metrics[0])
    others = {
        metric: {standing.method: standing.score for standing in standings(records, metric)[0]}
        for metric in metrics[1:]
    }
    titles = [Column.of(metric).title for metric in metrics]
    rows = [
        [
            standing.method,
            f"{standing.rank:.1f}",
            f"{standing.score:.1f}",
            *(f"{scores[standing.method]:.1f}" for scores in others.values()),
            str(standing.leads),
            f"{standing.cpu_seconds:.0f}",
            f"{standing.memory_mb:.0f}",
        ]
        for standing in found
    ]
    over = f"method, over {', '.join(common)}"
    means = [f"mean {title}" for title in titles]
    return Grid("", [over, "average rank", *means, "leads or ties", "CPU s", "memory MB"], rows)


def scores_by_dataset(records: Sequence[Record], metrics: Sequence[str] = BY_DATASET) -> list[Grid]:
    """The scores behind the standings, a table each: a line for a method, in their order, a column for a dataset.

    The best mean of a dataset is bold, and every mean that is tied with it, see `graphcl.bench.report.marks`; of
    costs none is. A score that no record has is left out.

    Raises:
        ValueError: as from `standings`.
    """
    order = [standing.method for standing in standings(records, metrics[0])[0]]
    runs = in_one_setting(records, Column.of(metrics[0]))
    datasets = list(dict.fromkeys(name for method in order for name in runs[method]))
    grids = []
    for column in map(Column.of, metrics):
        chosen = [[runs[method].get(name, []) for name in datasets] for method in order]
        if not any(column.values(own) for row in chosen for own in row):
            continue
        cells = [[column.cell(own) for own in row] for row in chosen]
        if not column.metric.startswith(("seconds/", "memory/")):
            for place in range(len(datasets)):
                marks = mark_best([column.values(row[place]) for row in chosen], higher=not column.lower_is_better)
                for row, mark in zip(cells, marks, strict=True):
                    row[place] = f"**{row[place]}**" if mark else row[place]
        rows = [[method, *row] for method, row in zip(order, cells, strict=True)]
        grids.append(Grid("", [column.title, *datasets], rows))
    return grids


def in_one_setting(records: Iterable[Record], column: Column) -> dict[str, Runs]:
    """The runs of each method by dataset, of the setting that most datasets have; those with the score alone."""
    steady = {method: _steady(own, column) for method, own in _by(records, lambda one: one.method).items()}
    return {method: by_dataset for method, by_dataset in steady.items() if by_dataset}


def _steady(records: Iterable[Record], column: Column) -> Runs:
    """The runs of the setting that most datasets have, by dataset, of those with the score."""
    scored = [record for record in records if column.values([record])]
    settings = [
        _by(runs, lambda record: record.dataset)
        for runs in _by(scored, lambda record: setting_of(record.params)).values()
    ]
    return max(settings, key=len, default={})


def _by(records: Iterable[Record], key: Callable[[Record], str]) -> Runs:
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(key(record), []).append(record)
    return groups
