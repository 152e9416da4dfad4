"""Tables with a row per node: features, labels or ids, matched to nodes by id or by position.

A table is a text (.csv, .tsv, .txt, perhaps with .gz) or an array (.npy); features may also be a matrix that
`scipy.sparse.save_npz` wrote (.npz). A first row with a cell "id", "node" or "node_id" is a header, and that
column holds the ids. Without ids, rows are nodes by position: for nodes called 0 ... n - 1, and for formats that
list their nodes.
"""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.lib import format as npy

from graphcl.datasets.files.archive import Array
from graphcl.datasets.files.text_lines import open_lines

IDS = ("id", "node", "node_id")
"""Names of the column of ids, in upper or lower case."""

_TEXTS = {".csv": ",", ".tsv": "\t", ".txt": " "}
TABLES = (*_TEXTS, *(f"{suffix}.gz" for suffix in _TEXTS), ".npy", ".npz")
"""Suffixes of tables."""


@dataclass(frozen=True)
class NodeTable:
    """Rows of nodes.

    Attributes:
        source: Where they come from, for messages.
        values: One row, or one text, per node.
        ids: The node of each row, as text; None where rows are nodes by position.
    """

    source: str
    values: Array | Sequence[Any]
    ids: list[str] | None = None


class TextRows:
    """Rows of a text, stripped of blanks, and the line of each.

    Args:
        path: The text; blank lines are skipped, and all others have the same number of cells.

    Attributes:
        cells: The rows.
        lines: Their line numbers, from 1.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it has another suffix or no rows, rows differ in length, or it is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cells: list[list[str]] = []
        self.lines: list[int] = []
        suffix = Path(path.stem).suffix if path.suffix.lower() == ".gz" else path.suffix
        delimiter = _TEXTS.get(suffix.lower())
        if delimiter is None:
            got = suffix or "no suffix"
            raise ValueError(
                f"{path}: a table of nodes ends in {', '.join(TABLES)}; got {got}; save it as one of them"
            )
        with open_lines(path, "table of nodes") as lines:
            reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=delimiter == " ")
            for row in reader:
                if not any(map(str.strip, row)):
                    continue
                if self.cells and len(row) != len(self.cells[0]):
                    problem = f"there are {len(row)} cells, and {len(self.cells[0])} in the first row; repair it"
                    raise ValueError(f"{path}, line {reader.line_num}: {problem}")
                self.cells.append([cell.strip() for cell in row])
                self.lines.append(reader.line_num)
        if not self.cells:
            raise ValueError(f"{path}: the file is empty; give a row per node")

    def take_header(self) -> list[str]:
        """Remove the first row, and return it in lower case."""
        self.lines.pop(0)
        header = [cell.casefold() for cell in self.cells.pop(0)]
        if not self.cells:
            raise ValueError(f"{self.path}: there are no rows below the header; give a row per node")
        return header

    def ids(self, place: int) -> list[str]:
        """The cells of a column of ids, each there once.

        Raises:
            ValueError: If one is empty or there twice.
        """
        seen: set[str] = set()
        for line, row in zip(self.lines, self.cells, strict=True):
            if not row[place] or row[place] in seen:
                problem = f"the id {row[place]!r} is there already" if row[place] else "the id is empty"
                raise ValueError(f"{self.path}, line {line}: {problem}; give each node one row")
            seen.add(row[place])
        return [row[place] for row in self.cells]


def is_table(name: str) -> bool:
    """Whether a text is the path of a table of nodes, by its suffix.

    Example:
        >>> is_table("x.npy"), is_table("degree")
        (True, False)
    """
    return name.lower().endswith(TABLES)


def id_column(header: Sequence[str]) -> int | None:
    """The column of ids of a header in lower case, or None.

    Example:
        >>> id_column(["age", "node_id"]), id_column(["0.5"])
        (1, None)
    """
    return next((place for place, name in enumerate(header) if name in IDS), None)


def read_ids(path: Path) -> list[str]:
    """Read the ids of nodes from the column "id" of a text, or from its first column; other columns are not read.

    Args:
        path: The text.

    Returns:
        The ids, in the order of the file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If an id is empty or there twice, or the file is damaged.
    """
    rows = TextRows(path)
    place = id_column([cell.casefold() for cell in rows.cells[0]])
    if place is not None:
        rows.take_header()
    return rows.ids(place or 0)


def read_npy(path: Path) -> Array:
    """Read an npy file without unpickling, if it is as large as its header says.

    Args:
        path: The file.

    Returns:
        The array.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is damaged or holds Python objects.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; name an existing .npy file")
    try:
        with path.open("rb") as file:
            _check_size(file, path.stat().st_size)
            array: Array = npy.read_array(file, allow_pickle=False)
    except ValueError as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"{path}: cannot read it ({reason}); write it with numpy.save, as numbers") from None
    return array


def _check_size(file: Any, size: int) -> None:
    """Refuse an npy file whose header announces another size than it has; afterwards it is at its start again."""
    read = npy.read_array_header_1_0 if npy.read_magic(file) == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read(file)
    if not dtype.hasobject and size != file.tell() + math.prod(shape) * dtype.itemsize:
        raise ValueError("its header announces another size")
    file.seek(0)
