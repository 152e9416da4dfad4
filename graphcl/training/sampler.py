"""Neighbour sampling in plain torch, on the graph's own device and with an explicit generator."""

from collections.abc import Sequence

import torch
from torch import Tensor

from graphcl.typing import Edges


class NeighborSampler:
    """Neighbour sampling: draws, hop by hop, some in-neighbours of every node reached so far.

    A fan-out of -1 takes all in-neighbours. With -1 at each of L hops, an L-layer network on the sample gives
    the seeds the values that it gives them on the whole graph, as long as it reads degrees from the whole graph.

    Args:
        edge_index: (2, e), messages flow from row 0 to row 1.
        num_nodes: nodes of the graph.

    Example:
        >>> sampler = NeighborSampler(torch.tensor([[0, 1, 2], [1, 2, 0]]), 3)
        >>> n_id, edge_index, e_id = sampler.sample(torch.tensor([1]), [-1], torch.Generator())
        >>> n_id, edge_index, e_id
        (tensor([1, 0]), tensor([[1],
                [0]]), tensor([0]))
    """

    def __init__(self, edge_index: Edges, num_nodes: int) -> None:
        self.order = torch.argsort(edge_index[1], stable=True)  # positions below count edges in this order
        self.source = edge_index[0][self.order]
        self.indptr = torch.zeros(num_nodes + 1, dtype=torch.long, device=edge_index.device)
        torch.cumsum(torch.bincount(edge_index[1], minlength=num_nodes), 0, out=self.indptr[1:])
        self._local = torch.full((num_nodes,), -1, device=edge_index.device)  # global -> local, reset after use

    def sample(
        self, seeds: Tensor, fanouts: Sequence[int], generator: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The neighbourhood of distinct seeds.

        Args:
            seeds: (b,), distinct node numbers.
            fanouts: in-neighbours kept per node at each hop, without replacement; -1 keeps all.
            generator: on the graph's device; not needed where all neighbours are kept.

        Returns:
            n_id (nodes, the seeds first), edge_index between positions in n_id, and e_id (edges).
        """
        nodes, edges = [seeds], []
        self._local[seeds] = torch.arange(len(seeds), device=seeds.device)
        found, frontier = len(seeds), seeds
        for fanout in fanouts:
            kept = self._in_edges(frontier, fanout, generator)
            reached = torch.unique(self.source[kept])
            frontier = reached[self._local[reached] < 0]
            self._local[frontier] = torch.arange(found, found + len(frontier), device=seeds.device)
            found += len(frontier)
            nodes.append(frontier)
            edges.append(kept)
        n_id, position = torch.cat(nodes), torch.cat([*edges, seeds.new_empty(0)])
        return n_id, *self._edges(n_id, position)

    def induced(self, nodes: Tensor) -> tuple[Tensor, Tensor]:
        """The edges among distinct nodes: edge_index between positions in `nodes`, and e_id.

        Example:
            >>> sampler = NeighborSampler(torch.tensor([[0, 1, 2], [1, 2, 0]]), 3)
            >>> sampler.induced(torch.tensor([2, 1]))
            (tensor([[1],
                    [0]]), tensor([1]))
        """
        self._local[nodes] = torch.arange(len(nodes), device=nodes.device)
        position = self._in_edges(nodes, -1, None)
        position = position[self._local[self.source[position]] >= 0]
        return self._edges(nodes, position)

    def _edges(self, nodes: Tensor, position: Tensor) -> tuple[Tensor, Tensor]:
        """The edges at some positions between places of the nodes, which are then forgotten, and their e_id."""
        target = torch.searchsorted(self.indptr, position, right=True) - 1
        edge_index = torch.stack([self._local[self.source[position]], self._local[target]])
        self._local[nodes] = -1
        return edge_index, self.order[position]

    def _in_edges(self, nodes: Tensor, fanout: int, generator: torch.Generator | None) -> Tensor:
        """Positions, in the order by target, of the kept in-edges of the nodes."""
        start, degree = self.indptr[nodes], self.indptr[nodes + 1] - self.indptr[nodes]
        segment = torch.repeat_interleave(degree)
        first = torch.cumsum(degree, 0) - degree
        position = torch.arange(len(segment), device=nodes.device) - first[segment] + start[segment]
        if fanout < 0:
            return position
        shuffle = torch.randperm(len(segment), generator=generator, device=nodes.device)
        shuffle = shuffle[torch.argsort(segment[shuffle], stable=True)]  # shuffled within each segment
        rank = torch.arange(len(segment), device=nodes.device) - first[segment]
        return position[shuffle[rank < fanout]]
