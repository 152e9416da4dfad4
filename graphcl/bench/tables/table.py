"""Records to tables: one for each dataset, one row for each method, mean and spread over seeds.

What others report stands beside it, with its source; a method whose settings were tuned with labels says so.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf
from statistics import fmean
from typing import Any, TypeVar

from graphcl.bench.runs.recipe_of import departures, keeps_own, recipe_keys, recipe_of
from graphcl.bench.runs.record import Record
from graphcl.bench.runs.run import canonical_json, setting_of, without_none
from graphcl.bench.tables.columns import AGREEMENT, COLUMNS, Column
from graphcl.methods import METHODS
from graphcl.recipes import Published, published, tuned_with_labels
from graphcl.suggestion import did_you_mean

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """A method on a dataset.

    Args:
        label: the method, and what sets this row apart from others of the method.
        n: number of runs.
        cells: one for each of COLUMNS.
        method: its name.
        published: what others report for the method on the dataset, or None where nothing is known.
        tuned: who tuned the row's settings with labels, or None where nobody did.
        runs: the records behind the row.
        chosen: whether J, which reads no labels, would choose this row of its dataset.
    """

    label: str
    n: int
    cells: list[str]
    method: str = ""
    published: Published | None = None
    tuned: str | None = None
    runs: Sequence[Record] = ()
    chosen: bool = False

    def published_cells(self) -> list[str]:
        """What is published, one for each of COLUMNS; a dash where nothing is."""
        known = self.published.metrics if self.published else {}
        return [_published(known.get(column.metric), column.decimals) for column in COLUMNS]


@dataclass(frozen=True)
class Section:
    """A dataset with its parameters.

    Args:
        title: the dataset, and its parameters if it has any.
        rows: in the order in which their first records came.
    """

    title: str
    rows: list[Row]


def build_table(records: Iterable[Record]) -> list[Section]:
    """Group records by dataset, then by method; a record that comes twice counts once.

    Runs of one method that differ in more than the seed (hyper-parameters, data, device) get rows of their own.
    The label says in what, and names a recipe that is not the dataset's own. A method with one setting for several
    datasets, which is the recipe of some of them by chance, has the same label in all.

    Raises:
        ValueError: no records, or records of different revisions of one method.
    """
    unique = list({record.key: record.without_oracles() for record in records}.values())
    if not unique:
        raise ValueError("there are no records to show; graphcl bench run makes some")
    _refuse_mixed_revisions(unique)
    return _with_one_label(
        [
            Section(_with_details(dataset[0].dataset, dataset[0].data), _rows(dataset))
            for dataset in _group(unique, lambda record: [record.dataset, record.data])
        ]
    )


def columns_of(sections: Iterable[Section], metrics: Sequence[str] = ()) -> list[int]:
    """The places in COLUMNS of those to show.

    Args:
        sections: a column is shown where one of their rows has a number in it.
        metrics: names of those wanted, in their order, with numbers or without; by default all that are to show.

    Raises:
        ValueError: one of `metrics` is no column; the message lists the names.
    """
    by_name = {column.metric: i for i, column in enumerate(COLUMNS)}
    for metric in metrics:
        if metric not in by_name:
            hint = did_you_mean(metric, by_name)
            raise ValueError(f"no column shows {metric!r}{hint}; choose among {', '.join(by_name)}")
    if metrics:
        return [by_name[metric] for metric in metrics]
    rows = [row for section in sections for row in section.rows]
    return [i for i in range(len(COLUMNS)) if any(row.cells[i] != "-" for row in rows)]


def published_columns(section: Section, places: Iterable[int]) -> set[int]:
    """Those of some places in COLUMNS where something is published for a row of a dataset."""
    reported = [row.published_cells() for row in section.rows if row.published]
    return {i for i in places if any(cells[i] != "-" for cells in reported)}


def _published(result: tuple[float, float | None] | None, decimals: int) -> str:
    if result is None:
        return "-"
    mean, deviation = result
    return f"{mean:.{decimals}f}" + ("" if deviation is None else f" ± {deviation:.{decimals}f}")


def _refuse_mixed_revisions(records: list[Record]) -> None:
    for runs in _group(records, lambda record: record.method):
        revisions = sorted({record.revision for record in runs})
        if len(revisions) > 1:
            raise ValueError(
                f"the records mix revisions {', '.join(map(str, revisions))} of {runs[0].method}, whose numbers "
                "do not compare; show files of one revision, or remove the older records and run again"
            )


def _rows(dataset: list[Record]) -> list[Row]:
    rows = []
    for runs in _group(dataset, lambda record: record.method):
        variants = _group(runs, lambda record: without_none(_settings(record)))
        for variant in variants:
            first = variant[0]
            known = first.method in METHODS
            own = known and keeps_own(first.method, first.dataset, first.params)
            rows.append(
                Row(
                    _label(first, [_settings(other[0]) for other in variants]),
                    len(variant),
                    [column.cell(variant) for column in COLUMNS],
                    first.method,
                    published(first.method, first.dataset) if known else None,
                    tuned_with_labels(first.method, first.dataset) if own else None,
                    variant,
                )
            )
    return _with_choice(rows)


def _with_choice(rows: list[Row]) -> list[Row]:
    """The rows, with the one marked that has the highest mean J, if several have one."""
    scores = [Column.of(AGREEMENT).values(row.runs) for row in rows]
    means = [fmean(values) if values else -inf for values in scores]
    if sum(mean > -inf for mean in means) < 2:
        return rows
    best = means.index(max(means))
    return [replace(row, chosen=i == best) for i, row in enumerate(rows)]


def _label(record: Record, variants: list[dict[str, Any]]) -> str:
    """The method, its recipe where that is not the dataset's own, and what sets the row apart besides."""
    recipe = recipe_of(record.method, record.dataset, record.params)
    name = f"{record.method}, default recipe" if recipe == "default" else record.method
    changed = departures(record.method, record.dataset, record.params) if recipe == "none" else {}
    differing = _differences(_settings(record), variants)
    said = recipe_keys(record.method, record.dataset)
    apart = without_none({**changed, **{k: v for k, v in differing.items() if k not in said}})
    device = apart.pop("device", None)
    return _with_details(name, apart, f"on {device}" if device else None)


def _with_one_label(sections: list[Section]) -> list[Section]:
    """The sections, in which a method with one setting throughout and several labels has one: by its default."""
    labels = {}
    for rows in _group([row for section in sections for row in section.rows], lambda row: row.method):
        settings = {setting_of(row.runs[0].params) for row in rows}
        alone = all(sum(row.method == rows[0].method for row in section.rows) < 2 for section in sections)
        if alone and len(settings) == 1 and len({row.label for row in rows}) > 1:
            first = rows[0].runs[0]
            changed = departures(first.method, "default", first.params)
            labels[first.method] = _with_details(f"{first.method}, default recipe", changed)
    return [
        replace(section, rows=[replace(row, label=labels.get(row.method, row.label)) for row in section.rows])
        for section in sections
    ]


def _settings(record: Record) -> dict[str, Any]:
    """What has to be the same for runs to share a row."""
    return {
        **record.params,
        "checksum": record.checksum[:8],
        "device": record.device,
        "protocol": record.protocol,
    }


def _differences(settings: dict[str, Any], variants: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if any(v.get(key) != value for v in variants)}


def _with_details(name: str, details: dict[str, Any], *more: str | None) -> str:
    listed = ", ".join([*(f"{key}={value}" for key, value in details.items()), *filter(None, more)])
    return f"{name} ({listed})" if listed else name


def _group(records: Iterable[T], by: Callable[[T], Any]) -> list[list[T]]:
    """Records or rows with the same value together, in the order in which the values first came."""
    groups: dict[str, list[T]] = {}
    for record in records:
        groups.setdefault(canonical_json(by(record)), []).append(record)
    return list(groups.values())
