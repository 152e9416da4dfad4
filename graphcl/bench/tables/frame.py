"""Records as a pandas DataFrame, one row a run."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphcl.bench.runs.journal import load_records
from graphcl.bench.runs.record import Record

if TYPE_CHECKING:
    from pandas import DataFrame


def read_records(*paths: str | Path) -> "DataFrame":
    """The records in files as a pandas DataFrame, one row a run; a run that is in two files comes once.

    Columns: method, revision, dataset, seed; data/NAME and params/NAME, the parameters of the dataset and of the
    method; every score under its own name, as acc, nmi or probe/micro_f1, NaN where it is undefined or was not
    computed; seconds/cpu, seconds/wall, memory/growth_mb; device, precision, protocol, checksum, versions/NAME,
    git/commit, git/dirty, time, key and file. Scores are in [0, 1], not in per cent. Those under oracle/ were
    selected with test labels: they are a diagnostic, no result. A score that has the name of another column stands
    under metrics/NAME.

    Args:
        paths: files that `graphcl bench run` wrote, or any command with `--out`.

    Raises:
        ImportError: pandas is not installed.
        FileNotFoundError: no such file.
        ValueError: a record that cannot be right, see `load_records`, which gives plain objects.

    Example:
        >>> import tempfile
        >>> from graphcl.bench import Journal, Record, Run
        >>> run = Run("k-means", 1, "karate", {}, "1f4b", seed=0, params={"n_clusters": 2})
        >>> record = Record.of(
        ...     run, files={}, metrics={"nmi": 0.5}, stages=[], seconds={"cpu": 1.0, "wall": 1.0}, versions={},
        ...     memory={"growth_mb": 9.0}, device="cpu", precision="fp32", git=None, time="2026-11-23",
        ... )
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "runs.jsonl"
        ...     with Journal(file) as journal:
        ...         journal.append(record)
        ...     frame = read_records(file)
        >>> frame.groupby(["dataset", "method"])["nmi"].mean()["karate", "k-means"]
        np.float64(0.5)
    """
    try:
        import pandas as pd
    except ImportError as error:
        message = "read_records needs pandas; pip install 'graphcl[stats]', or call load_records"
        raise ImportError(message) from error
    rows: dict[str, dict[str, Any]] = {}
    for path in paths:
        for record in load_records(path):
            rows.setdefault(record.key, _row(record, str(path)))
    return pd.DataFrame(list(rows.values()))


def _row(record: Record, file: str) -> dict[str, Any]:
    """A record as one flat row."""
    row = {name: getattr(record, name) for name in ("method", "revision", "dataset", "seed")}
    row |= _named("data", record.data) | _named("params", record.params)
    after = _named("seconds", record.seconds) | _named("memory", record.memory)
    after |= {name: getattr(record, name) for name in ("device", "precision", "protocol", "checksum")}
    git = record.git or {}
    after |= _named("versions", record.versions) | {"git/commit": git.get("commit"), "git/dirty": git.get("dirty")}
    after |= {"time": record.time, "key": record.key, "file": file}
    taken = row.keys() | after.keys()
    scores = {f"metrics/{name}" if name in taken else name: value for name, value in record.metrics.items()}
    return row | scores | after


def _named(group: str, values: dict[str, Any]) -> dict[str, Any]:
    return {f"{group}/{name}": value for name, value in values.items()}
