"""One step of the random walk of an unweighted graph, drawn from its own edge list."""

from collections.abc import Iterator

import torch
from torch import Tensor

from graphcl.ops.graph_matrices.edges import EDGES_AT_ONCE, undirected_edges
from graphcl.ops.graph_matrices.in_edges import undirected_in_edges
from graphcl.typing import Edges


class NeighborWalk:
    """The random walk with P = D^-1 (A + I): to one of a node's neighbours or to itself, all equally likely.

    A is the adjacency matrix without weights and self loops. Where the edges are both ways in order, nothing is
    copied of them, see `undirected_in_edges`; a draw costs the same on graphs of any size. Neighbours and the node
    itself are in the order of their numbers, as in a row of P: the same random number leads to the same node.

    Args:
        edge_index: (2, e), one direction or both.
        num_nodes: n.

    Example:
        >>> walk = NeighborWalk(torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), 3)
        >>> walk.step(torch.tensor([0, 0, 1, 1]), torch.tensor([0.0, 0.9, 0.0, 0.99]))
        tensor([0, 1, 0, 2])
    """

    def __init__(self, edge_index: Edges, num_nodes: int) -> None:
        if any(bool((row == column).any()) for row, column in _parts(edge_index)):
            edge_index = edge_index[:, edge_index[0] != edge_index[1]]
        both = undirected_edges(edge_index, num_nodes)
        self.edges = undirected_in_edges(both, num_nodes)
        self.before = torch.zeros(num_nodes, dtype=torch.long, device=both.device)
        """How many neighbours of each node have a smaller number."""
        for row, column in _parts(both):
            self.before += torch.bincount(row[column < row], minlength=num_nodes)

    def step(self, at: Tensor, draw: Tensor) -> Tensor:
        """Where one step leads from some nodes.

        Args:
            at: (b,), node numbers.
            draw: (b,), uniform random numbers in [0, 1).
        """
        start = self.edges.indptr[at]
        degree = self.edges.indptr[at + 1] - start
        entry = (draw * (degree + 1)).long().minimum(degree)
        before = self.before[at]
        itself = entry == before
        position = start + entry - (entry > before).long()
        moved = self.edges.source[position.masked_fill(itself, 0)] if len(self.edges.source) else at
        return torch.where(itself, at, moved)


def _parts(edge_index: Edges) -> Iterator[tuple[Tensor, Tensor]]:
    """The rows and columns of blocks of edges."""
    return zip(*(ends.split(EDGES_AT_ONCE) for ends in edge_index), strict=True)
