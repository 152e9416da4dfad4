"""Validation of graph collections: edges, numeric or categorical features, and edge directions."""

from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.graph_collection import GraphCollection, Graphs
from graphcl.validation.edge_attributes import edge_weight_of, refuse_unread
from graphcl.validation.features import FLOAT32, check_tensor
from graphcl.validation.numbers import Numbers

PART = 65_536
"""Number of graphs that are checked at a time, to bound memory."""


def check_graphs(
    data: Graphs,
    *,
    features: Literal["numbers", "categories"] = "numbers",
    accepts_edge_attr: bool = False,
    numbers: Numbers = FLOAT32,
) -> GraphCollection:
    """Validate many graphs, and copy their edges and features alone to a new collection, without labels.

    Args:
        data: a collection, or a sequence of graphs with x (n, d) and edge_index (2, e); the input is not changed.
        features: "numbers" converts x as `numbers` says; "categories" requires integers from 0 in x and edge_attr.
        accepts_edge_attr: whether the method uses `edge_attr`; a method that does not raises an error on it.
        numbers: the type, and the scale, of x.

    Returns:
        A new collection with x, edge_index and, if present, edge_attr.

    Raises:
        TypeError: a graph that is not a PyG `Data`.
        ValueError: features or edges of the wrong shape, type or range, a graph without nodes, or an attribute
            that the method does not use.
    """
    if isinstance(data, GraphCollection):
        graphs = data
    else:
        for graph in data:
            if not isinstance(graph, Data):
                raise TypeError(f"every graph must be a torch_geometric Data; got {type(graph).__name__}")
            if graph.get("edge_weight") is not None or edge_weight_of(graph) is not None:
                name = "edge_weight" if graph.get("edge_weight") is not None else "weight"
                raise ValueError(f"{name} is not used by this method; remove it first: del data.{name}")
        refuse_unread(data)
        graphs = GraphCollection.of(data)
    if graphs.edge_attr is not None and not accepts_edge_attr:
        remedy = "del data.edge_attr, or dataclasses.replace(graphs, edge_attr=None)"
        raise ValueError(f"edge_attr is not used by this method; remove it first: {remedy}")
    if empty := int((graphs.node_ptr.diff() == 0).sum()):
        raise ValueError(f"every graph must have a node; got {empty} without; remove them")
    if features == "numbers":
        graphs = replace(graphs, x=check_tensor(graphs.x, numbers))
    else:
        _check_categories("x", graphs.x)
        if graphs.edge_attr is not None:
            _check_categories("edge_attr", graphs.edge_attr)
    _check_ends(graphs)
    return replace(graphs, y=None)


def check_both_directions(graphs: GraphCollection) -> None:
    """Check that all graphs are simple and undirected, as graph edit counts require.

    Raises:
        ValueError: a self-loop, a duplicate edge, an edge without its reverse, or with another `edge_attr` on its
            reverse.

    Example:
        >>> ends = torch.tensor([[0, 1], [1, 0]])
        >>> check_both_directions(GraphCollection.of([Data(x=torch.zeros(2, 1), edge_index=ends)]))
    """
    for start in range(0, len(graphs), PART):
        some = graphs[start : start + PART]
        part = some.batch(torch.arange(len(some)))
        head, tail = part.edge_index
        n = len(part.x)
        there, back = torch.sort(head * n + tail), torch.sort(tail * n + head)
        wrong, remedy = None, "to_undirected"
        if bool((head == tail).any()):
            wrong, remedy = ("no self loops", "some"), "remove_self_loops"
        elif bool((there.values[1:] == there.values[:-1]).any()):
            wrong = "no edge twice", "some"
        elif not torch.equal(there.values, back.values):
            wrong = "every edge in both directions", "some in one"
        elif part.get("edge_attr") is not None and not torch.equal(
            part.edge_attr[there.indices], part.edge_attr[back.indices]
        ):
            wrong = "the same edge_attr in both directions of an edge", "others"
        if wrong:
            raise ValueError(f"graphs must have {wrong[0]}; got {wrong[1]}; see torch_geometric.utils.{remedy}")


def _check_categories(name: str, values: Tensor) -> None:
    if values.is_floating_point():
        raise ValueError(
            f"{name} must hold categories, which are integers; got {values.dtype}; number them 0, 1, ..., as "
            "features=label does for TU datasets"
        )
    if values.numel() and int(values.min()) < 0:
        raise ValueError(
            f"{name} must hold categories of at least 0; got {int(values.min())}; number them 0, 1, ..."
        )


def _check_ends(graphs: GraphCollection) -> None:
    """Check that the ends of all edges are nodes of their graph."""
    for start in range(0, len(graphs), PART):
        part = graphs[start : start + PART]
        nodes = torch.repeat_interleave(part.node_ptr.diff(), part.edge_ptr.diff())
        outside = ((part.edge_index < 0) | (part.edge_index >= nodes)).any(0)
        if outside.any():
            edge = int(outside.nonzero()[0])
            graph = start + int(torch.searchsorted(part.edge_ptr, edge, right=True)) - 1
            got = part.edge_index[:, edge].tolist()
            raise ValueError(
                f"edge_index must lie in [0, {int(nodes[edge])}), the nodes of graph {graph}; got an edge of {got}"
            )
