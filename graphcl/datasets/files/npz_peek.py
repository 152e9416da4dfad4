"""Sizes of the graph in an npz file, without reading its features, for the table of datasets."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from graphcl.datasets.edges import undirected
from graphcl.datasets.files.archive import array_shape, read_arrays

_MANY = 2_000_000


class Peek(NamedTuple):
    """Sizes of a graph; None where they are missing or expensive to compute."""

    nodes: int | None
    edges: int | None
    features: int | None
    classes: int | None


def peek(path: Path) -> Peek:
    """Read the sizes of a graph without its features; edges are counted if there are at most 2 million columns.

    Args:
        path: Any npz file.

    Returns:
        The sizes; None where they are missing, damaged or expensive to compute.

    Example:
        >>> peek(Path("missing.npz"))
        Peek(nodes=None, edges=None, features=None, classes=None)
    """
    edges = classes = None
    try:
        shape = array_shape(path, "edge_index")
        countable = {"edge_index"} if shape is not None and shape[-1] <= _MANY else set()
        arrays = read_arrays(path, {"x_shape", "y", *countable})
        nodes, features = array_shape(path, "x") or arrays["x_shape"].tolist()
        if "edge_index" in arrays:
            edges = undirected(torch.from_numpy(arrays["edge_index"].astype(np.int64)), nodes).shape[1] // 2
        if "y" in arrays:
            classes = len(np.unique(arrays["y"][arrays["y"] >= 0]))
    except (ValueError, LookupError, TypeError):
        return Peek(None, None, None, None)
    return Peek(nodes, edges, features, classes)
