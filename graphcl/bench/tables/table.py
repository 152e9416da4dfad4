"""Records to tables: one for each dataset, one row for each method, mean and spread over seeds.

What others report stands beside it, with its source; a method whose settings were tuned with labels says so.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf
from statistics import fmean, stdev
from typing import Any

from graphcl.bench.runs.recipe_of import departures, keeps_own, recipe_keys, recipe_of
from graphcl.bench.runs.record import Record
from graphcl.bench.runs.run import canonical_json, without_none
from graphcl.methods import METHODS
from graphcl.recipes import Published, published, tuned_with_labels


@dataclass(frozen=True)
class Column:
    """A column of numbers.

    Args:
        title: its heading.
        read: the number of a record, or None if it has none.
        decimals: shown.
        metric: its name among published results, or None where nobody publishes it.
        optional: whether it is left out where no row has a number in it.
    """

    title: str
    read: Callable[[Record], float | None]
    decimals: int
    metric: str | None = None
    optional: bool = False


def _percent(title: str, metric: str, *, optional: bool = False) -> Column:
    def read(record: Record) -> float | None:
        return 100 * record.metrics[metric] if metric in record.metrics else None

    return Column(title, read, 1, metric, optional)


AGREEMENT = "J"
"""The score of a clustering that reads no labels, see `graphcl.evaluation.agreement`."""

COLUMNS = (
    _percent("ACC %", "acc"),
    _percent("NMI %", "nmi"),
    _percent("ARI %", "ari"),
    _percent("F1 %", "f1"),
    Column(AGREEMENT, lambda record: record.metrics.get(AGREEMENT), 2, optional=True),
    Column("modularity", lambda record: record.metrics.get("modularity"), 3, optional=True),
    Column("conductance", lambda record: record.metrics.get("conductance"), 3, optional=True),
    _percent("probe micro-F1 %", "probe/micro_f1", optional=True),
    _percent("probe macro-F1 %", "probe/macro_f1", optional=True),
    _percent("k-NN micro-F1 %", "knn/micro_f1", optional=True),
    _percent("k-NN macro-F1 %", "knn/macro_f1", optional=True),
    _percent("k-means ACC %", "kmeans/acc", optional=True),
    _percent("k-means NMI %", "kmeans/nmi", optional=True),
    _percent("communities NMI %", "communities/nmi", optional=True),
    Column("seconds", lambda record: record.seconds["wall"], 1),
    Column("CPU s", lambda record: record.seconds["cpu"], 1),
    Column("memory MB", lambda record: record.memory["growth_mb"], 0),
)


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
        return [_published(known.get(column.metric or ""), column.decimals) for column in COLUMNS]


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
    The label says in what, and names a recipe that is not the dataset's own.

    Raises:
        ValueError: no records, or records of different revisions of one method.
    """
    unique = list({record.key: record.without_oracles() for record in records}.values())
    if not unique:
        raise ValueError("there are no records to show; graphcl bench run makes some")
    _refuse_mixed_revisions(unique)
    return [
        Section(_with_details(dataset[0].dataset, dataset[0].data), _rows(dataset))
        for dataset in _group(unique, lambda record: [record.dataset, record.data])
    ]


def columns_of(sections: Iterable[Section]) -> list[int]:
    """The places in COLUMNS of those to show: optional ones only where a row has a number in them."""
    rows = [row for section in sections for row in section.rows]
    return [
        i for i, column in enumerate(COLUMNS) if not column.optional or any(row.cells[i] != "-" for row in rows)
    ]


def summarise(values: Sequence[float | None], decimals: int) -> str:
    """Mean and sample standard deviation, or the mean alone where there is one value, or a dash.

    Example:
        >>> summarise([1.0, 2.0, 3.0], 1), summarise([1.0], 1), summarise([None], 1)
        ('2.0 ± 1.0', '1.0', '-')
    """
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    mean = f"{fmean(known):.{decimals}f}"
    return mean if len(known) == 1 else f"{mean} ± {stdev(known):.{decimals}f}"


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
                    [summarise([column.read(run) for run in variant], column.decimals) for column in COLUMNS],
                    first.method,
                    published(first.method, first.dataset) if known else None,
                    tuned_with_labels(first.method, first.dataset) if own else None,
                    variant,
                )
            )
    return _with_choice(rows)


def _with_choice(rows: list[Row]) -> list[Row]:
    """The rows, with the one marked that has the highest mean J, if several have one."""
    scores = [[run.metrics[AGREEMENT] for run in row.runs if AGREEMENT in run.metrics] for row in rows]
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
    return _with_details(name, {**changed, **{k: v for k, v in differing.items() if k not in said}})


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


def _with_details(name: str, details: dict[str, Any]) -> str:
    listed = ", ".join(f"{key}={value}" for key, value in details.items())
    return f"{name} ({listed})" if listed else name


def _group(records: Iterable[Record], by: Callable[[Record], Any]) -> list[list[Record]]:
    """Records with the same value together, in the order in which the values first came."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(canonical_json(by(record)), []).append(record)
    return list(groups.values())
