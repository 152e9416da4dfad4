"""Sparse matrices in files: Matrix Market (.mtx) and SciPy's npz, checked before they are read."""

import io
from pathlib import Path
from typing import Any

from scipy.io import mminfo, mmread
from scipy.sparse import coo_array, load_npz

from graphcl.datasets.files.archive import read_arrays
from graphcl.datasets.files.text_lines import open_bytes

SPARSE = ("format", "shape", "data")
"""Arrays that every file of `scipy.sparse.save_npz` has."""

_FURTHER = {
    "csr": ("indices", "indptr"),
    "csc": ("indices", "indptr"),
    "bsr": ("indices", "indptr"),
    "coo": ("row", "col"),
    "dia": ("offsets",),
}

EMPTY = 10_000_000
"""Rows that a matrix may have whatever its number of entries; beyond, at most 100 per entry."""


def read_sparse_npz(path: Path) -> coo_array:
    """Read a matrix that `scipy.sparse.save_npz` wrote.

    Args:
        path: The file.

    Returns:
        The matrix in coordinates.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is another one, damaged, inconsistent or inflates, or holds Python objects.
    """
    arrays = read_arrays(
        path, {*SPARSE, *(key for keys in _FURTHER.values() for key in keys), "coords", "_is_array"}
    )
    form = arrays["format"].item() if "format" in arrays and arrays["format"].ndim == 0 else None
    form = form.decode("ascii", "replace") if isinstance(form, bytes) else form
    needed = (*SPARSE, *_FURTHER.get(str(form), ("indices",)))
    if form not in _FURTHER or (missing := [key for key in needed if key not in arrays]):
        lacking = f"format {form!r}" if form not in _FURTHER else f"no {missing[0]}"
        raise ValueError(f"{path}: no matrix of SciPy ({lacking}); write it with scipy.sparse.save_npz")
    try:
        matrix: Any = load_npz(path)
        if form in ("csr", "csc", "bsr"):
            matrix.check_format(full_check=True)
        return _not_empty(coo_array(matrix))
    except Exception as error:
        raise _damaged(path, "matrix of SciPy", error, "scipy.sparse.save_npz") from error


def read_matrix_market(path: Path) -> tuple[coo_array, bool]:
    """Read a Matrix Market file (.mtx, perhaps with .gz): coordinates or an array; general or symmetric.

    Args:
        path: The file.

    Returns:
        The matrix in coordinates, both triangles of a symmetric one, and whether its entries have values (False
        for the field "pattern").

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is another one, damaged or inflates, or its header announces more than it holds.
    """
    with open_bytes(path, "Matrix Market file") as stream:
        content = stream.read()
    try:
        _check_announced(content)
        matrix = coo_array(mmread(io.BytesIO(content)))
        return _not_empty(matrix), mminfo(io.BytesIO(content))[4] != "pattern"
    except Exception as error:
        raise _damaged(path, "Matrix Market file", error, "scipy.io.mmwrite") from error


def _check_announced(content: bytes) -> None:
    """Refuse a header that announces more entries than the file has bytes; each takes two at least."""
    rows, columns, entries, form, *_ = mminfo(io.BytesIO(content))
    cells = rows * columns if form == "array" else entries
    if cells > len(content):
        raise ValueError(f"its header announces {cells:,} entries, and it has {len(content):,} bytes")


def _not_empty(matrix: coo_array) -> coo_array:
    """Refuse a matrix of far more rows or columns than entries, whose graph would not fit into memory."""
    if max(matrix.shape) > max(EMPTY, 100 * matrix.nnz):
        shape = f"{matrix.shape[0]:,} x {matrix.shape[1]:,}"
        raise ValueError(f"{shape} with {matrix.nnz:,} entries: almost all rows are empty")
    return matrix


def _damaged(path: Path, what: str, error: Exception, remedy: str) -> ValueError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return ValueError(f"{path}: no {what}, or damaged ({reason}); write it with {remedy}")
