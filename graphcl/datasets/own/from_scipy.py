"""Graphs from adjacency matrices: of SciPy or NumPy, in Matrix Market files, and in npz files of SciPy."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import coo_array, issparse
from torch import Tensor

from graphcl.datasets.files.archive import Array
from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.own.feature_source import Features
from graphcl.datasets.own.feature_table import finite_features
from graphcl.datasets.own.label_source import LabelSource
from graphcl.datasets.own.matrix_files import read_matrix_market, read_sparse_npz
from graphcl.datasets.own.own_graph import OwnGraph
from graphcl.datasets.own.to_dataset import to_dataset
from graphcl.datasets.parameters import checked
from graphcl.typing import Flag, Seed


def from_scipy(
    adjacency: Any,
    x: Array | Tensor | Any = None,
    *,
    features: Features = None,
    feature_seed: Seed = 0,
    labels: LabelSource = None,
    weight: bool = True,
    name: str = "adjacency",
) -> GraphDataset:
    """Build a dataset from an adjacency matrix, as of the pair (x, adjacency).

    The graph is max(A, A^T) without the diagonal. Entries are weights, unless all that are not 0 are equal to 1.

    Args:
        adjacency: A, (n, n), real, not negative: a SciPy sparse matrix or array, or a dense array.
        x: (n, d), dense or a SciPy sparse matrix; or None.
        features: In place of x: degree, random-projection, spectral or one-hot (see
            `graphcl.datasets.own.made_features`), or the path of a table with a row per node.
        feature_seed: Of random-projection.
        labels: One label per node, labels by row, or the path of a table.
        weight: Whether entries are weights; False counts all that are not 0 the same.
        name: The dataset's name.

    Returns:
        The dataset; its ids are 0 ... n - 1.

    Raises:
        TypeError: If the adjacency is no matrix.
        ValueError: If it is not square, or is complex, negative or not finite; or features or labels do not fit.

    Example:
        >>> from scipy.sparse import csr_array
        >>> from_scipy(csr_array([[0, 1], [0, 0]]), np.eye(2))
        GraphDataset('adjacency': 2 nodes, 1 edges, 2 features, no classes)
    """
    if not (issparse(adjacency) or (isinstance(adjacency, np.ndarray) and adjacency.ndim == 2)):
        raise TypeError(
            f"adjacency must be a sparse matrix of SciPy or a 2-D array; got {type(adjacency).__name__}; "
            "pairs of nodes go to from_edge_list"
        )
    if x is not None and features is not None:
        raise ValueError("x and features both give the features; leave one out")
    matrix: Any = adjacency
    graph = _graph(name, coo_array(matrix), values=weight)
    given = features if x is None else finite_features("x", x)
    return to_dataset(graph, given, labels, seed=feature_seed)


@checked
def read_matrix(
    path: str | os.PathLike[str],
    *,
    weight: Flag = True,
    features: str | None = None,
    feature_seed: Seed = 0,
    labels: str | None = None,
) -> GraphDataset:
    """Read the adjacency matrix of a graph from a Matrix Market file (.mtx) or one of SciPy (.npz).

    Args:
        path: The file.
        weight: Whether entries are weights, see `from_scipy`.
        features: As for `from_scipy`, a name or the path of a table.
        feature_seed: Of random-projection.
        labels: A table of known classes, for scores.

    Returns:
        A dataset named after the file; its ids are 0 ... n - 1, also where the file counts from 1.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is damaged, or the matrix is not square, complex, negative or not finite.
    """
    path = Path(path)
    if path.suffix.lower() == ".npz":
        matrix, values = read_sparse_npz(path), True
    else:
        matrix, values = read_matrix_market(path)
    graph = _graph(path.name, matrix, values=values and weight, files={path.name: file_checksum(path)})
    parameters = {
        "weight": None if weight else False,
        "features": features,
        "feature_seed": feature_seed or None,
        "labels": labels,
    }
    return to_dataset(graph, features, labels, seed=feature_seed, parameters=parameters)


def _graph(name: str, matrix: coo_array, *, values: bool, files: dict[str, str] | None = None) -> OwnGraph:
    """The graph of a square matrix of real numbers."""
    if len(set(matrix.shape)) != 1:
        raise ValueError(
            f"{name}: an adjacency matrix must be square; got {list(matrix.shape)}; features go to features="
        )
    if matrix.dtype.kind not in "fiub":
        raise ValueError(f"{name}: an adjacency matrix must hold real numbers; got {matrix.dtype}")
    matrix.sum_duplicates()
    there = matrix.data != 0
    edges = np.stack([matrix.coords[0][there], matrix.coords[1][there]]).astype(np.int64)
    weight = matrix.data[there].astype(np.float64)
    kept = weight if values and (weight != 1).any() else None
    return OwnGraph(name, range(matrix.shape[0]), edges, kept, files=files or {})
