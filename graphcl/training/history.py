"""Training history: read and write it as a CSV file."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graphcl.ops.files.tensor_files import whole_file

COLUMNS = ("stage", "epoch", "loss")
"""Of every history; the named losses follow in the order in which they first come."""


def read_history(path: str | Path) -> list[dict[str, Any]]:
    """Read a training history from a CSV file: one dict per epoch; an empty cell is no entry.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no history, or it holds none.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "history.csv"
        >>> write_history([{"stage": "a", "epoch": 1, "loss": 0.5}], path)
        >>> read_history(path)
        [{'stage': 'a', 'epoch': 1, 'loss': 0.5}]
    """
    try:
        table = csv.DictReader(io.StringIO(Path(path).read_text(encoding="utf-8")), strict=True)
        rows = list(table)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is not a history, as graphcl train --history writes it: {error}") from error
    if tuple(table.fieldnames or ())[: len(COLUMNS)] != COLUMNS or not rows:
        raise ValueError(f"{path} is not a history, as graphcl train --history writes it, or it has no epoch")
    try:
        return [_parsed(row) for row in rows]
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path} is not a history: {error}") from error


def _parsed(row: dict[str, str]) -> dict[str, Any]:
    named = {name: float(cell) for name, cell in row.items() if name not in COLUMNS[:2] and cell != ""}
    return {"stage": row["stage"], "epoch": int(row["epoch"]), **named}


def write_history(history: Sequence[Mapping[str, Any]], path: str | Path) -> None:
    """Write a training history to a CSV file: one line per epoch, empty cells for losses that a stage lacks.

    Numbers are read back to the same bits. The file is written atomically.

    Args:
        history: one dict per epoch, as estimators keep it.
        path: of the file; an old one is replaced.

    Raises:
        OSError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "history.csv"
        >>> rows = [{"stage": "a", "epoch": 1, "loss": 0.5}, {"stage": "b", "epoch": 1, "loss": 0.2, "kl": 0.1}]
        >>> write_history(rows, path)
        >>> print(path.read_text(), end="")
        stage,epoch,loss,kl
        a,1,0.5,
        b,1,0.2,0.1
    """
    table = io.StringIO()
    columns = dict.fromkeys((*COLUMNS, *(name for row in history for name in row)))
    writer = csv.DictWriter(table, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(history)
    with whole_file(Path(path)) as file:
        file.write(table.getvalue().encode())
