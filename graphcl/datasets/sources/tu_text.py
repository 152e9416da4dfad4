"""The text files of TU Dortmund's sets, each checked against the others."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from graphcl.datasets.files.archive import Array


class Structure(NamedTuple):
    """What all sets have: n nodes in g graphs.

    Attributes:
        graph: The graph of each node, from 0, ascending.
        y: The label of each graph, as the file has it.
        pairs: (2, e), the ends of edges, from 0, as the file has them.
    """

    graph: Array
    y: Array
    pairs: Array


def read_structure(paths: Mapping[str, Path]) -> Structure:
    """Read the three files that every set has.

    Args:
        paths: Of A (pairs of nodes), graph_indicator (the graph of each node) and graph_labels; nodes and graphs
            are numbered from 1.

    Returns:
        The structure, numbered from 0.

    Raises:
        ValueError: If a file is damaged, or the files do not fit together.
    """
    graph = read_rows(paths["graph_indicator"], np.int64)[:, 0] - 1
    y = read_rows(paths["graph_labels"], np.int64)[:, 0]
    if not len(y) or not len(graph):
        raise ValueError(f"{paths['graph_labels'].parent}: there are no graphs; fetch the originals again")
    if graph[0] != 0 or graph[-1] != len(y) - 1 or (np.diff(graph) < 0).any():
        raise ValueError(
            f"{paths['graph_indicator']}: must rise from 1 to {len(y)}, the number of graph labels; fetch the "
            "originals again"
        )
    pairs = read_rows(paths["A"], np.int64)
    if pairs.shape[1] != 2 or (pairs.size and not 1 <= pairs.min() <= pairs.max() <= len(graph)):
        raise ValueError(
            f"{paths['A']}: must hold pairs of nodes from 1 to {len(graph)}; fetch the originals again"
        )
    apart = np.flatnonzero(np.diff(graph[pairs - 1], axis=1)[:, 0])
    if len(apart):
        got = pairs[apart[0]].tolist()
        raise ValueError(f"{paths['A']}: the nodes {got} lie in different graphs; fetch the originals again")
    return Structure(graph, y, pairs.T - 1)


def read_node_rows(path: Path, dtype: type[np.generic], n: int) -> Array:
    """Read a file that has one row for each of n nodes.

    Raises:
        ValueError: If it has another number of rows, is damaged, or holds what is no finite number.
    """
    values = read_rows(path, dtype)
    if len(values) != n:
        raise ValueError(f"{path}: there must be a row per node; got {len(values)} rows for {n} nodes")
    if not np.isfinite(values).all():
        raise ValueError(f"{path}: must hold finite numbers; fetch the originals again")
    return values


def read_rows(path: Path, dtype: type[np.generic]) -> Array:
    """Read a file of numbers with commas between them; an empty one has no rows, of two columns.

    Raises:
        ValueError: If something in it is no such number, or rows differ in length.
    """
    if path.stat().st_size == 0:
        return np.empty((0, 2), dtype=dtype)
    try:
        values: Array = np.loadtxt(path, dtype=dtype, delimiter=",", ndmin=2)
    except ValueError as error:
        reason = str(error).partition(";")[0].rstrip(".")
        raise ValueError(f"{path}: the file is damaged ({reason}); fetch the originals again") from None
    return values
