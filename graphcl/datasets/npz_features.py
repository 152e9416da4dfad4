"""The features of an npz file, dense or in CSR parts, as one dense float32 matrix."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from graphcl.datasets.archive import Array

CSR = ("x_data", "x_indices", "x_indptr", "x_shape")


def read_features(path: Path, arrays: Mapping[str, Array]) -> NDArray[np.float32]:
    """Check the features and make them dense.

    Args:
        path: The file they were read from, for messages.
        arrays: Its arrays: `x`, or `x_data`, `x_indices`, `x_indptr` and `x_shape`.

    Returns:
        A float32 matrix with at least one row and one column, finite.

    Raises:
        ValueError: If features are missing, inconsistent, not numbers, not finite or empty.

    Example:
        >>> read_features(Path("my.npz"), {"x": np.zeros((0, 3))})
        Traceback (most recent call last):
            ...
        ValueError: my.npz: x must have at least one row and one column; got shape [0, 3]
    """
    parts = [key for key in CSR if key in arrays]
    if "x" in arrays:
        key, stored = "x", arrays["x"]
        shape = stored.shape
    elif len(parts) == len(CSR):
        key, stored = "x_data", arrays["x_data"]
        shape = _csr_shape(path, *(arrays[part] for part in CSR))
    elif parts:
        missing = ", ".join(part for part in CSR if part not in arrays)
        raise ValueError(f"{path}: x is stored in CSR parts, but {missing} is missing; add it or save x dense")
    else:
        raise ValueError(
            f"{path}: features are needed, but there is no x; add one row per node (the identity, say)"
        )
    if len(shape) != 2 or 0 in shape:
        raise ValueError(f"{path}: x must have at least one row and one column; got shape {list(shape)}")
    if stored.dtype.kind not in "fiub":
        raise ValueError(f"{path}: {key} must hold real numbers; got {stored.dtype}; save it as float32")
    with np.errstate(over="ignore"):
        values = stored.astype(np.float32)
    if not np.isfinite(values).all():
        raise ValueError(
            f"{path}: {key} must be finite in float32; got NaN or infinity; clean or rescale it first"
        )
    if key == "x":
        return np.ascontiguousarray(values)
    try:
        return csr_array((values, arrays["x_indices"], arrays["x_indptr"]), shape=shape).toarray()
    except (MemoryError, ValueError):
        size = 4e-9 * shape[0] * shape[1]
        raise ValueError(
            f"{path}: x of shape {list(shape)} needs {size:.0f} GB when dense; reduce it first"
        ) from None


def _csr_shape(path: Path, data: Array, indices: Array, indptr: Array, shape: Array) -> tuple[int, ...]:
    """Check that the four parts fit together, and return the shape of the matrix."""
    problem = ""
    if any(part.dtype.kind not in "iu" or part.ndim != 1 for part in (indices, indptr, shape)):
        problem = "x_indices, x_indptr and x_shape must be rows of integers"
    elif len(shape) != 2 or shape.min() < 0:
        problem = f"x_shape must be two sizes; got {shape.tolist()[:5]}"
    elif data.shape != indices.shape:
        problem = f"x_data and x_indices must have one length; got {list(data.shape)} and {list(indices.shape)}"
    elif len(indptr) != shape[0] + 1:
        problem = f"x_indptr must have {shape[0] + 1} entries for {shape[0]} rows; got {len(indptr)}"
    elif indptr[0] != 0 or indptr[-1] != len(data) or (indptr[1:] < indptr[:-1]).any():
        problem = f"x_indptr must rise from 0 to {len(data)}"
    elif len(indices) and (indices.min() < 0 or indices.max() >= shape[1]):
        problem = f"x_indices must lie in [0, {shape[1] - 1}]; got {indices.min()} to {indices.max()}"
    if problem:
        raise ValueError(f"{path}: {problem}; save the parts of one scipy.sparse.csr_array")
    return tuple(shape.tolist())
