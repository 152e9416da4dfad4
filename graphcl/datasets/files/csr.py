"""CSR matrices that are stored as four arrays of an npz file."""

from collections.abc import Mapping
from pathlib import Path

from graphcl.datasets.files.archive import Array


def csr_keys(prefix: str) -> tuple[str, str, str, str]:
    """Names of the four arrays of a CSR matrix: data, indices, indptr and shape.

    Example:
        >>> csr_keys("x")
        ('x_data', 'x_indices', 'x_indptr', 'x_shape')
    """
    return f"{prefix}_data", f"{prefix}_indices", f"{prefix}_indptr", f"{prefix}_shape"


def csr_shape(path: Path, prefix: str, arrays: Mapping[str, Array]) -> tuple[int, ...]:
    """Check that the four arrays of a CSR matrix are consistent; SciPy does not, and may write out of bounds.

    Args:
        path: The file they were read from, for error messages.
        prefix: Prefix of their names: "x", "adj".
        arrays: The arrays by name; others are ignored.

    Returns:
        The shape of the matrix.

    Raises:
        ValueError: If they are not consistent.

    Example:
        >>> import numpy as np
        >>> parts = {"x_data": np.ones(1), "x_indices": np.array([2]), "x_indptr": np.array([0, 1])}
        >>> csr_shape(Path("my.npz"), "x", parts | {"x_shape": np.array([1, 2])})
        Traceback (most recent call last):
            ...
        ValueError: my.npz: x_indices must lie in [0, 1]; got 2 to 2; save the parts of one scipy.sparse.csr_array
    """
    data, indices, indptr, shape = (arrays[key] for key in csr_keys(prefix))
    problem = ""
    if any(part.dtype.kind not in "iu" or part.ndim != 1 for part in (indices, indptr, shape)):
        problem = f"{prefix}_indices, {prefix}_indptr and {prefix}_shape must be 1-D arrays of integers"
    elif len(shape) != 2 or shape.min() < 0:
        problem = f"{prefix}_shape must hold two sizes; got {shape.tolist()[:5]}"
    elif data.shape != indices.shape:
        got = f"{list(data.shape)} and {list(indices.shape)}"
        problem = f"{prefix}_data and {prefix}_indices must have the same length; got {got}"
    elif len(indptr) != shape[0] + 1:
        problem = f"{prefix}_indptr must have {shape[0] + 1} entries for {shape[0]} rows; got {len(indptr)}"
    elif indptr[0] != 0 or indptr[-1] != len(data) or (indptr[1:] < indptr[:-1]).any():
        problem = f"{prefix}_indptr must rise from 0 to {len(data)}"
    elif len(indices) and (indices.min() < 0 or indices.max() >= shape[1]):
        problem = f"{prefix}_indices must lie in [0, {shape[1] - 1}]; got {indices.min()} to {indices.max()}"
    if problem:
        raise ValueError(f"{path}: {problem}; save the parts of one scipy.sparse.csr_array")
    return tuple(shape.tolist())
