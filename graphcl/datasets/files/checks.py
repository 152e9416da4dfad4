"""Checks of edges, labels, masks and relations that were read from a file."""

from pathlib import Path

import numpy as np

from graphcl.datasets.files.archive import Array
from graphcl.typing import MOST_RELATIONS


def check_edges(path: Path, key: str, edges: Array, n: int) -> Array:
    """Check the shape, type and range of edges between n nodes.

    Args:
        path: The file they were read from, for error messages.
        key: Name of the array, for error messages.
        edges: The array to check.
        n: Number of nodes.

    Returns:
        The array as int64.

    Raises:
        ValueError: If the shape is not [2, E], or an entry is not an integer in [0, n).

    Example:
        >>> check_edges(Path("my.npz"), "edge_index", np.array([[0], [3]]), n=3)
        Traceback (most recent call last):
            ...
        ValueError: my.npz: edge_index must lie in [0, 2]; got 0 to 3
    """
    if edges.ndim != 2 or len(edges) != 2:
        raise ValueError(f"{path}: {key} must have shape [2, E]; got {list(edges.shape)}")
    if edges.dtype.kind not in "iu":
        raise ValueError(f"{path}: {key} must hold integers; got {edges.dtype}; save it as int64")
    if edges.size and (edges.min() < 0 or edges.max() >= n):
        raise ValueError(f"{path}: {key} must lie in [0, {n - 1}]; got {edges.min()} to {edges.max()}")
    return edges.astype(np.int64)


def check_labels(path: Path, key: str, y: Array, n: int) -> Array:
    """Check that there is one integer per node, and return them as int64; arguments as for `check_edges`.

    Example:
        >>> check_labels(Path("my.npz"), "y", np.zeros(2, dtype=int), n=3)
        Traceback (most recent call last):
            ...
        ValueError: my.npz: y must have shape [3], one label per row of x; got [2]
    """
    if y.shape != (n,):
        raise ValueError(f"{path}: {key} must have shape [{n}], one label per row of x; got {list(y.shape)}")
    if y.dtype.kind not in "iu":
        raise ValueError(f"{path}: {key} must hold integers; got {y.dtype}; number the classes 0, 1, ...")
    return y.astype(np.int64)


def check_mask(path: Path, key: str, mask: Array, n: int, *, several: bool = False) -> Array:
    """Check that there is one boolean per node or, with `several`, a row of booleans, one per split.

    Example:
        >>> check_mask(Path("my.npz"), "val_mask", np.zeros(3), n=3)
        Traceback (most recent call last):
            ...
        ValueError: my.npz: val_mask must be 3 booleans, one per row of x; got float64 of shape [3]
    """
    if mask.shape[:1] != (n,) or mask.ndim > 1 + several or mask.dtype != np.bool_:
        got = f"{mask.dtype} of shape {list(mask.shape)}"
        raise ValueError(f"{path}: {key} must be {n} booleans, one per row of x; got {got}")
    return mask


def check_relations(path: Path, kinds: Array, edges: int) -> Array:
    """Check that there is one relation per edge, numbered from 0, and return them as int64.

    Example:
        >>> check_relations(Path("my.npz"), np.array([0, -1]), edges=2)
        Traceback (most recent call last):
            ...
        ValueError: my.npz: edge_type must number relations from 0; got -1
    """
    if kinds.shape != (edges,):
        raise ValueError(f"{path}: edge_type must have shape [{edges}], one per edge; got {list(kinds.shape)}")
    if kinds.dtype.kind not in "iu":
        raise ValueError(
            f"{path}: edge_type must hold integers; got {kinds.dtype}; number the relations 0, 1, ..."
        )
    if kinds.size and kinds.min() < 0:
        raise ValueError(f"{path}: edge_type must number relations from 0; got {kinds.min()}")
    if kinds.size and kinds.max() >= MOST_RELATIONS:
        got = f"{kinds.max()}; renumber them without gaps, or leave some out"
        raise ValueError(f"{path}: edge_type must number at most {MOST_RELATIONS} relations, from 0; got {got}")
    return kinds.astype(np.int64)
