"""The edges of a graph in the order of their targets: where those into each node begin, and come from."""

from dataclasses import dataclass

import torch
from torch import Tensor

from graphcl.ops.graph_matrices.edges import EDGES_AT_ONCE, both_ways_in_order
from graphcl.typing import Edges


@dataclass(frozen=True)
class InEdges:
    """Edges in the order of their targets.

    Args:
        indptr: (n + 1,), where the edges into each node begin.
        source: (e,), the nodes that they come from.
        e_id: (e,), their numbers in `edge_index`; None where nobody asks for them.
    """

    indptr: Tensor
    source: Tensor
    e_id: Tensor | None

    def numbers(self, position: Tensor) -> Tensor | None:
        """The numbers of the edges at some positions."""
        return None if self.e_id is None else self.e_id.index_select(0, position)


def numbered_in_edges(edge_index: Edges, num_nodes: int) -> InEdges:
    """The edges by target, with their numbers; they are sorted, and three copies of their ends' size made.

    Args:
        edge_index: (2, e).
        num_nodes: n.

    Example:
        >>> numbered_in_edges(torch.tensor([[0, 2, 1], [1, 1, 0]]), 3).e_id
        tensor([2, 0, 1])
    """
    order = torch.argsort(edge_index[1], stable=True)
    return InEdges(_starts(edge_index[1], num_nodes), edge_index[0][order], order)


def in_edges(edge_index: Edges, num_nodes: int) -> InEdges:
    """The edges by target, without their numbers.

    Where every edge is there in both directions and all are in order, see `both_ways_in_order`, the nodes from
    which edges come to a node are those to which its own edges go: nothing is sorted or copied, and edges that are
    mapped from a file stay there.

    Args:
        edge_index: (2, e).
        num_nodes: n.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> found = in_edges(path, 3)
        >>> found.source.tolist(), found.source.data_ptr() == path[1].data_ptr()
        ([1, 0, 2, 1], True)
    """
    if both_ways_in_order(edge_index, num_nodes):
        return undirected_in_edges(edge_index, num_nodes)
    order = torch.argsort(edge_index[1], stable=True)
    return InEdges(_starts(edge_index[1], num_nodes), edge_index[0][order], None)


def undirected_in_edges(edge_index: Edges, num_nodes: int) -> InEdges:
    """The same of edges that are known to be both ways in order, as `undirected_edges` gives them; not checked.

    Args:
        edge_index: (2, e).
        num_nodes: n.

    Example:
        >>> undirected_in_edges(torch.tensor([[0, 1], [1, 0]]), 2).source
        tensor([1, 0])
    """
    return InEdges(_starts(edge_index[0], num_nodes), edge_index[1], None)


def _starts(nodes: Tensor, num_nodes: int) -> Tensor:
    """Where each node's entries begin once they are sorted, (n + 1,); counted in blocks."""
    starts = torch.zeros(num_nodes + 1, dtype=torch.long, device=nodes.device)
    for part in nodes.split(EDGES_AT_ONCE):
        starts[1:] += torch.bincount(part, minlength=num_nodes)
    return starts.cumsum_(0)
