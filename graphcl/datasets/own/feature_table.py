"""Features of nodes from a table of numbers, see `graphcl.datasets.own.node_table`."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphcl.datasets.files.npz_features import read_features
from graphcl.datasets.own.matrix_files import read_sparse_npz
from graphcl.datasets.own.node_table import NodeTable, TextRows, id_column, read_npy


def read_feature_table(path: Path) -> NodeTable:
    """Read a table of features; a first row of a text with a cell that is no number is a header.

    Args:
        path: A text, an npy array of one or two dimensions, or a SciPy matrix in npz.

    Returns:
        The features, float32, with at least one row and column; ids where a text has a column of them.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If a cell is not a finite number, rows differ in length, an id is there twice, or the file is
            damaged or inflates.
    """
    match path.suffix.lower():
        case ".npy":
            return NodeTable(str(path), finite_features(path, read_npy(path)))
        case ".npz":
            return NodeTable(str(path), finite_features(path, read_sparse_npz(path)))
    rows = TextRows(path)
    place = id_column([cell.casefold() for cell in rows.cells[0]])
    if place is not None or not all(map(_is_number, rows.cells[0])):
        rows.take_header()
    ids = None if place is None else rows.ids(place)
    values = [_numbers(path, line, row, place) for line, row in zip(rows.lines, rows.cells, strict=True)]
    return NodeTable(str(path), finite_features(path, np.array(values)), ids)


def finite_features(source: object, x: Any) -> NDArray[np.float32]:
    """Check that features are a matrix of finite numbers, dense or of SciPy, and make it dense float32.

    Args:
        source: What they come from, for messages.
        x: Two dimensions, or one for a single column.

    Returns:
        The features.

    Raises:
        ValueError: If they are no such matrix, have no row or column, or would be too large when dense.

    Example:
        >>> finite_features("x", [1, 2])
        array([[1.],
               [2.]], dtype=float32)
    """
    path = Path(str(source))
    if hasattr(x, "tocsr"):
        rows = x.tocsr()
        parts = {"x_data": rows.data, "x_indices": rows.indices, "x_indptr": rows.indptr}
        return read_features(path, parts | {"x_shape": np.array(rows.shape)})
    array = np.asarray(x)
    return read_features(path, {"x": array[:, None] if array.ndim == 1 else array})


def _numbers(path: Path, line: int, row: list[str], place: int | None) -> NDArray[np.float64]:
    """The cells of a row as numbers, but for its id."""
    cells = row if place is None else row[:place] + row[place + 1 :]
    try:
        return np.array(cells, dtype=np.float64)
    except ValueError:
        bad = next(cell for cell in cells if not _is_number(cell))
        remedy = "name the column of ids id in a header row" if place is None else "encode it as numbers"
        raise ValueError(f"{path}, line {line}: {bad[:40]!r} is no number; {remedy}") from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
