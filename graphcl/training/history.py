"""The history of a training as a table in a file."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graphcl.training.tensors import whole_file

COLUMNS = ("stage", "epoch", "loss")
"""Of every history; the named losses follow in the order in which they first come."""


def write_history(history: Sequence[Mapping[str, Any]], path: str | Path) -> None:
    """Write `history_` as CSV: one line per epoch, a cell left empty where a stage has no such loss.

    Numbers come back from the file to the last bit. The file is whole or not there.

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
