"""Variants of a method against the method without them: paired differences over seeds, with 95 % intervals."""

from collections.abc import Iterable, Sequence
from statistics import fmean

from graphcl.bench.comparison.interval import difference_cell
from graphcl.bench.runs.record import Record
from graphcl.bench.runs.run import canonical_json, without_none
from graphcl.bench.tables.columns import Column
from graphcl.bench.tables.grid import Grid

Settings = dict[str, list[Record]]
"""Runs by their hyper-parameters in one text, the first setting on file first."""


METRICS = ("probe/micro_f1", "nmi", "svm/accuracy", "kmeans/nmi")
"""A probe and clusters, of nodes and of graphs."""


def variants_grid(records: Iterable[Record], metrics: Sequence[str] = METRICS) -> Grid:
    """A line for each variant on each dataset: differences to the base in some scores, and how CPU seconds relate.

    The base of a method on a dataset is its setting that is first on file, as the plain entry of a suite is. The
    difference of a score is the mean over the seeds that both have, the interval that of Student's t over them;
    it is bold where the interval leaves out zero.

    Args:
        records: of runs.
        metrics: names of scores; where the runs of a line have none there is a dash, where none has it no column.

    Raises:
        ValueError: no method has two settings on one dataset.
    """
    rows = []
    records = list(records)
    columns = [column for column in map(Column.of, metrics) if column.values(records)]
    for (method, dataset, _), settings in _by_method_and_dataset(records).items():
        base, *others = settings.values()
        for variant in others:
            cells = [difference_cell(base, variant, column) for column in columns]
            ratio = _cpu_seconds(variant) / _cpu_seconds(base)
            rows.append(
                [method, _changed(base[0], variant[0]), dataset, str(len(variant)), *cells, f"{ratio:.2f}"]
            )
    if not rows:
        raise ValueError("no method has two settings on one dataset; give records of a suite with variants")
    titles = [f"Δ {column.title}" for column in columns]
    return Grid("", ["method", "variant", "data set", "seeds", *titles, "CPU s, ratio"], rows)


def _cpu_seconds(runs: Iterable[Record]) -> float:
    return fmean(run.seconds["cpu"] for run in runs)


def _changed(base: Record, variant: Record) -> str:
    """What a variant sets that its base does not."""
    return ", ".join(f"{key}={value}" for key, value in variant.params.items() if base.params.get(key) != value)


def _by_method_and_dataset(records: Iterable[Record]) -> dict[tuple[str, str, str], Settings]:
    """The last part of a key is of a dataset's own parameters."""
    found: dict[tuple[str, str, str], Settings] = {}
    for record in records:
        settings = found.setdefault((record.method, record.dataset, canonical_json(record.data)), {})
        settings.setdefault(canonical_json(without_none(record.params)), []).append(record)
    return found
