"""Pairs of nodes of one graph that are not edges: numbered, listed or drawn without a dense matrix."""

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.typing import Edges

LISTED_UP_TO = 8
"""A graph's non-edges are listed and shuffled if there are at most so many for each one that is wanted."""


class NonEdges:
    """Ordered pairs of distinct nodes of the same graph that are not edges in either direction.

    The pairs are numbered by graph, then by row, then by column, among those that are free. A number becomes a
    pair by one binary search among the edges, so that memory and time grow with the edges and the pairs asked for.

    Args:
        edge_index: (2, e), in any order and direction; self-loops and repeats do not matter.
        graph: (n,), the graph of each node, in ascending order; zeros for a single graph.

    Attributes:
        count: (graphs,), the number of ordered non-edges of each graph.

    Raises:
        ValueError: a graph vector that is not sorted, or edges between graphs.

    Example:
        >>> path = NonEdges(torch.tensor([[0, 1], [1, 2]]), torch.zeros(3).long())
        >>> path.pairs(torch.arange(2)).tolist()
        [[0, 2], [2, 0]]
    """

    def __init__(self, edge_index: Edges, graph: Int[Tensor, " n"]) -> None:
        edge_index, graph = edge_index.cpu().long(), graph.cpu().long()
        if len(graph) == 0 or int(graph[0]) < 0 or bool((graph.diff() < 0).any()):
            raise ValueError("graph must number the graph of each node from 0, in ascending order; sort the nodes")
        if bool((graph[edge_index[0]] != graph[edge_index[1]]).any()):
            raise ValueError("edge_index has an edge between two graphs; number the nodes over all graphs")
        self.size = torch.bincount(graph)
        self._first = self.size.cumsum(0) - self.size
        self._start = torch.cat([graph.new_zeros(1), self.size.square().cumsum(0)])
        self._graph = graph
        row, column = edge_index
        nodes = torch.arange(len(graph))
        taken = torch.cat([self._code(row, column), self._code(column, row), self._code(nodes, nodes)])
        self._taken = torch.unique(taken)
        self._free_before = self._taken - torch.arange(len(self._taken))
        before = self._start - torch.searchsorted(self._taken, self._start)
        self._number, self.count = before[:-1], before.diff()

    def _code(self, row: Tensor, column: Tensor) -> Tensor:
        """The place of an ordered pair in the concatenation of all square matrices."""
        graph = self._graph[row]
        first = self._first[graph]
        return self._start[graph] + (row - first) * self.size[graph] + column - first

    def pairs(self, number: Int[Tensor, " m"]) -> Int[Tensor, "2 m"]:
        """The ordered non-edges of these numbers, counted over all graphs from 0 to `count.sum()`."""
        code = number + torch.searchsorted(self._free_before, number, right=True)
        graph = torch.searchsorted(self._start, code, right=True) - 1
        within = code - self._start[graph]
        return self._first[graph] + torch.stack([within // self.size[graph], within % self.size[graph]])

    def draw(self, wanted: Int[Tensor, " graphs"], generator: torch.Generator) -> Int[Tensor, "2 m"]:
        """Unordered non-edges, drawn uniformly without replacement.

        Args:
            wanted: how many of each graph; where there are fewer, all.
            generator: of the draws.

        Returns:
            (2, m), the lower node first, by graph, and in each graph in random order.
        """
        available = self.count // 2
        wanted = torch.minimum(wanted, available)
        listed = self.count <= LISTED_UP_TO * wanted
        parts = [self._listed(listed, wanted, generator), self._rejected(~listed, wanted, generator)]
        pairs = torch.cat(parts, dim=1)
        return pairs[:, torch.argsort(self._graph[pairs[0]], stable=True)]

    def _listed(self, chosen: Tensor, wanted: Tensor, generator: torch.Generator) -> Tensor:
        """List all non-edges of the chosen graphs, shuffle, and take the first ones of each graph."""
        count = torch.where(chosen, self.count, 0)
        shift = torch.repeat_interleave(self._number - (count.cumsum(0) - count), count)
        pairs = self.pairs(torch.arange(len(shift)) + shift)
        pairs = pairs[:, pairs[0] < pairs[1]]
        pairs = pairs[:, torch.randperm(pairs.size(1), generator=generator)]
        graph = self._graph[pairs[0]]
        order = torch.argsort(graph, stable=True)
        pairs, graph = pairs[:, order], graph[order]
        number = torch.bincount(graph, minlength=len(wanted))
        place = torch.arange(len(graph)) - (number.cumsum(0) - number)[graph]
        return pairs[:, place < wanted[graph]]

    def _rejected(self, chosen: Tensor, wanted: Tensor, generator: torch.Generator) -> Tensor:
        """Draw with replacement, drop repeats, and draw what is missing again: at most a quarter is taken."""
        missing = torch.where(chosen, wanted, 0)
        kept = torch.zeros(2, 0, dtype=torch.long)
        while int(missing.sum()):
            count = torch.repeat_interleave(self.count, missing)
            number = (torch.rand(len(count), generator=generator, dtype=torch.double) * count).long()
            drawn = self.pairs(torch.repeat_interleave(self._number, missing) + number).sort(dim=0).values
            kept = _distinct(torch.cat([kept, drawn], dim=1), len(self._graph))
            there = torch.bincount(self._graph[kept[0]], minlength=len(wanted))
            missing = torch.where(chosen, wanted - there, 0)
        return kept


def _distinct(pairs: Tensor, n: int) -> Tensor:
    """The pairs in their order, each where it first occurs."""
    code = pairs[0] * n + pairs[1]
    order = torch.argsort(code, stable=True)
    first = torch.ones(len(code), dtype=torch.bool)
    first[order[1:]] = code[order].diff() != 0
    return pairs[:, first]
