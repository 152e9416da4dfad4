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
        y: Label of each graph, as in the file: integers, or real numbers where some are not whole; None without
            any.
        pairs: (2, e), edges as in the file, with nodes numbered from 0.
    """

    graph: Array
    y: Array | None
    pairs: Array


def read_structure(paths: Mapping[str, Path]) -> Structure:
    """Read the files of edges, graphs and their labels.

    Args:
        paths: Paths of A (pairs of nodes), graph_indicator (graph of each node) and, if there are labels,
            graph_labels; nodes and graphs are numbered from 1.

    Returns:
        The structure, numbered from 0.

    Raises:
        ValueError: If a file is damaged, or the files are inconsistent.
    """
    graph = read_integers(paths["graph_indicator"])[:, 0] - 1
    y = _labels(paths["graph_labels"]) if "graph_labels" in paths else None
    if not len(graph) or (y is not None and not len(y)):
        raise ValueError(f"{paths['A'].parent}: there are no graphs; download the originals again")
    graphs = int(graph[-1]) + 1 if y is None else len(y)
    if (
        graph[0] != 0
        or graph[-1] != graphs - 1
        or not np.isin(np.diff(graph), (0, 1) if y is None else np.arange(graphs)).all()
    ):
        raise ValueError(
            f"{paths['graph_indicator']}: must rise from 1 to {graphs}, the number of graph labels; download the "
            "originals again"
        )
    pairs = read_integers(paths["A"])
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
    values = read_integers(path) if dtype == np.int64 else read_rows(path, dtype)
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


def read_integers(path: Path) -> Array:
    """Read a file of comma-separated whole numbers, also such as are written 1.0, as int64.

    Raises:
        ValueError: If an entry is not a whole number, or rows differ in length.
    """
    try:
        return read_rows(path, np.int64)
    except ValueError as error:
        values = read_rows(path, np.float64)
        if not (np.abs(values) < 2**53).all() or (values != values.round()).any():
            raise error from None
        return values.astype(np.int64)


def _labels(path: Path) -> Array:
    """Labels of graphs: int64, or float64 where they are finite numbers of which some are not whole."""
    try:
        return read_integers(path)[:, 0]
    except ValueError:
        return read_node_rows(path, np.float64, len(read_rows(path, np.float64)))[:, 0]
