"""Standings of methods over many datasets, a line each: average rank, mean score, cost, at one setting for all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from graphcl.bench.comparison.over_datasets import average_ranks
from graphcl.bench.report.marks import mark_best
from graphcl.bench.runs.record import Record
from graphcl.bench.runs.run import canonical_json, without_none
from graphcl.bench.tables.columns import Column
from graphcl.bench.tables.grid import Grid

OF_A_DATASET = ("n_clusters",)
"""Hyper-parameters that belong to a dataset, so that settings which differ in them alone are one."""

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
    """

    method: str
    rank: float
    score: float
    leads: int
    cpu_seconds: float


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
    steady = {method: _steady(own, column) for method, own in _by(records, lambda one: one.method).items()}
    runs = {method: by_dataset for method, by_dataset in steady.items() if by_dataset}
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
        seconds = sum(fmean(record.seconds["cpu"] for record in runs[method][name]) for name in common)
        leads = sum(bool(row[place]) for row in marks)
        found.append(Standing(method, float(ranks[place]), float(means[:, place].mean()), leads, seconds))
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
        ]
        for standing in found
    ]
    over = f"method, over {', '.join(common)}"
    return Grid("", [over, "average rank", *(f"mean {title}" for title in titles), "leads or ties", "CPU s"], rows)


def _steady(records: Iterable[Record], column: Column) -> Runs:
    """The runs of the setting that most datasets have, by dataset, of those with the score."""
    scored = [record for record in records if column.values([record])]
    settings = [_by(runs, lambda record: record.dataset) for runs in _by(scored, _setting).values()]
    return max(settings, key=len, default={})


def _setting(record: Record) -> str:
    own = {key: value for key, value in record.params.items() if key not in OF_A_DATASET}
    return canonical_json(without_none(own))


def _by(records: Iterable[Record], key: Callable[[Record], str]) -> Runs:
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(key(record), []).append(record)
    return groups
