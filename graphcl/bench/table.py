"""Records to tables: one for each dataset, one row for each method, mean and spread over seeds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from graphcl.bench.record import Record
from graphcl.bench.run import canonical_json


@dataclass(frozen=True)
class Column:
    """A column of numbers.

    Args:
        title: its heading.
        read: the number of a record, or None if it has none.
        decimals: shown.
    """

    title: str
    read: Callable[[Record], float | None]
    decimals: int


def _percent(name: str) -> Callable[[Record], float | None]:
    return lambda record: 100 * record.metrics[name] if name in record.metrics else None


COLUMNS = (
    Column("ACC %", _percent("acc"), 1),
    Column("NMI %", _percent("nmi"), 1),
    Column("ARI %", _percent("ari"), 1),
    Column("F1 %", _percent("f1"), 1),
    Column("modularity", lambda record: record.metrics["modularity"], 3),
    Column("conductance", lambda record: record.metrics["conductance"], 3),
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
    """

    label: str
    n: int
    cells: list[str]


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

    Raises:
        ValueError: no records, or records of different revisions of one method.
    """
    unique = list({record.key: record for record in records}.values())
    if not unique:
        raise ValueError("there are no records to show; graphcl bench run makes some")
    _refuse_mixed_revisions(unique)
    return [
        Section(_with_details(dataset[0].dataset, dataset[0].data), _rows(dataset))
        for dataset in _group(unique, lambda record: [record.dataset, record.data])
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
    for method in _group(dataset, lambda record: record.method):
        variants = _group(method, _settings)
        for runs in variants:
            details = _differences(_settings(runs[0]), [_settings(variant[0]) for variant in variants])
            cells = [summarise([column.read(run) for run in runs], column.decimals) for column in COLUMNS]
            rows.append(Row(_with_details(runs[0].method, details), len(runs), cells))
    return rows


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
