"""Node features of an npz file, stored dense or as CSR, as a dense float32 matrix."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from graphcl.datasets.files.archive import Array
from graphcl.datasets.files.csr import csr_keys, csr_shape

CSR = csr_keys("x")


def read_features(path: Path, arrays: Mapping[str, Array]) -> NDArray[np.float32]:
    """Check the features of an npz file, and convert them to a dense float32 matrix.

    Args:
        path: The file they were read from, for error messages.
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
        shape = csr_shape(path, "x", arrays)
    elif parts:
        missing = ", ".join(part for part in CSR if part not in arrays)
        raise ValueError(f"{path}: x is stored in CSR parts, but {missing} is missing; add it or save x dense")
    else:
        raise ValueError(
            f"{path}: features are needed, but there is no x; add one row per node (such as an identity matrix)"
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
