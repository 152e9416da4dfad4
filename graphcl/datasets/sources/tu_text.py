"""Reader of the text files of TU datasets, with consistency checks."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from graphcl.datasets.files.archive import Array


class Structure(NamedTuple):
    """Structure of a graph collection: n nodes in g graphs.

    Attributes:
        graph: Graph index of each node, from 0, ascending.
        y: Label of each graph, as in the file.
        pairs: (2, e), edges as in the file, with nodes numbered from 0.
    """

    graph: Array
    y: Array
    pairs: Array


def read_structure(paths: Mapping[str, Path]) -> Structure:
    """Read the three files that every TU dataset has.

    Args:
        paths: Paths of A (pairs of nodes), graph_indicator (graph of each node) and graph_labels; nodes and graphs
            are numbered from 1.

    Returns:
        The structure, numbered from 0.

    Raises:
        ValueError: If a file is damaged, or the files are inconsistent.
    """
    graph = read_rows(paths["graph_indicator"], np.int64)[:, 0] - 1
    y = read_rows(paths["graph_labels"], np.int64)[:, 0]
    if not len(y) or not len(graph):
        raise ValueError(f"{paths['graph_labels'].parent}: there are no graphs; download the originals again")
    if graph[0] != 0 or graph[-1] != len(y) - 1 or (np.diff(graph) < 0).any():
        raise ValueError(
            f"{paths['graph_indicator']}: must rise from 1 to {len(y)}, the number of graph labels; download the "
            "originals again"
        )
    pairs = read_rows(paths["A"], np.int64)
    if pairs.shape[1] != 2 or (pairs.size and not 1 <= pairs.min() <= pairs.max() <= len(graph)):
        raise ValueError(
            f"{paths['A']}: must hold pairs of nodes from 1 to {len(graph)}; download the originals again"
        )
    apart = np.flatnonzero(np.diff(graph[pairs - 1], axis=1)[:, 0])
    if len(apart):
        got = pairs[apart[0]].tolist()
        raise ValueError(f"{paths['A']}: the nodes {got} lie in different graphs; download the originals again")
    return Structure(graph, y, pairs.T - 1)


def read_node_rows(path: Path, dtype: type[np.generic], n: int) -> Array:
    """Read a file of node labels or attributes, one row for each of n nodes.

    Raises:
        ValueError: If it has another number of rows, is damaged, or holds non-finite numbers.
    """
    values = read_rows(path, dtype)
    if len(values) != n:
        raise ValueError(f"{path}: there must be a row per node; got {len(values)} rows for {n} nodes")
    if not np.isfinite(values).all():
        raise ValueError(f"{path}: must hold finite numbers; download the originals again")
    return values


def read_rows(path: Path, dtype: type[np.generic]) -> Array:
    """Read a file of comma-separated numbers; an empty file gives an array of shape (0, 2).

    Raises:
        ValueError: If an entry is not a number of this type, or rows differ in length.
    """
    if path.stat().st_size == 0:
        return np.empty((0, 2), dtype=dtype)
    try:
        values: Array = np.loadtxt(path, dtype=dtype, delimiter=",", ndmin=2)
    except ValueError as error:
        reason = str(error).partition(";")[0].rstrip(".")
        raise ValueError(f"{path}: the file is damaged ({reason}); download the originals again") from None
    return values
