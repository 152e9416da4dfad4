"""A graph as a user has it: edges, ids of nodes, and attributes of nodes."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphcl.datasets.files.archive import Array
from graphcl.datasets.own.node_table import NodeTable


@dataclass(frozen=True)
class OwnGraph:
    """Edges between rows, what the user calls the node of each row, and attributes of nodes.

    Attributes:
        name: The dataset's name.
        ids: One per row.
        edge_index: (2, e), rows.
        edge_weight: (e,), or None.
        positional: Whether rows that name no node may be taken by position.
        attributes: Values of each row by the attribute's name; None where a node does not have it.
        files: sha256 of each raw file, by name.
    """

    name: str
    ids: Sequence[Hashable]
    edge_index: NDArray[np.int64]
    edge_weight: NDArray[np.float64] | None = None
    positional: bool = True
    attributes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def named_attributes(self) -> str:
        """The names of the attributes, for the end of an error message."""
        return f"; its nodes have {', '.join(self.attributes)}" if self.attributes else ""


def in_order(graph: OwnGraph, table: NodeTable, *, required: bool) -> Array | Sequence[Any]:
    """Bring the rows of a table into the order of a graph's rows.

    Args:
        graph: The graph.
        table: Rows by id or by position.
        required: Whether each node must have a row; else those without have "".

    Returns:
        One value per node.

    Raises:
        ValueError: If a node of the table is not in the graph, one has no row but needs it, or numbers differ.
    """
    n = len(graph.ids)
    if table.ids is None:
        if not graph.positional:
            raise ValueError(
                f"{table.source}: its rows name no nodes, and those of {graph.name} have ids of their own, as "
                f"{graph.ids[0]!r}; give a table with a column id"
            )
        if len(table.values) != n:
            remedy = "give each node one row, or name the rows by a column id"
            raise ValueError(f"{table.source}: there are {len(table.values)} rows for {n} nodes; {remedy}")
        return table.values
    row_of = {str(node): row for row, node in enumerate(graph.ids)}
    if unknown := [node for node in table.ids if node not in row_of]:
        raise ValueError(
            f"{table.source}: the node {unknown[0]!r} is not in the graph; add it (nodes=), or remove its row"
        )
    if len(row_of) < n:
        raise ValueError(
            f"{table.source}: two nodes are called the same as text; give rows by position, in an array"
        )
    place = np.full(n, -1)
    place[[row_of[node] for node in table.ids]] = np.arange(len(table.ids))
    if required and (place < 0).any():
        missing = np.flatnonzero(place < 0)
        raise ValueError(
            f"{table.source}: {len(missing)} of {n} nodes have no row, as {graph.ids[missing[0]]!r}; "
            "give each node one"
        )
    if isinstance(table.values, np.ndarray):
        rows: Array = table.values[place]
        return rows
    return ["" if at < 0 else table.values[at] for at in place]
