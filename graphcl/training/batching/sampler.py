"""Neighbour sampling in plain torch, on the graph's own device and with an explicit generator."""

from collections.abc import Sequence

import torch
from torch import Tensor

from graphcl.ops.graph_matrices.in_edges import in_edges, numbered_in_edges
from graphcl.training.batching.neighbor_draws import distinct_draws, repeated_draws
from graphcl.training.batching.node_places import NodePlaces
from graphcl.typing import Edges


class NeighborSampler:
    """Neighbour sampling: draws, hop by hop, some in-neighbours of every node reached so far.

    A fan-out of -1 takes all in-neighbours. With -1 at each of L hops, an L-layer network on the sample gives
    the seeds the values that it gives them on the whole graph, as long as it reads degrees from the whole graph.
    The time and memory of a sample depend on its size, not on that of the graph. Several threads may share a
    sampler; they take turns.

    Args:
        edge_index: (2, e), messages flow from row 0 to row 1.
        num_nodes: nodes of the graph.
        numbered: whether samples say which edges they took, e_id; where nobody asks for that, an undirected graph
            whose edges are in order needs no second list of them, see `in_edges`.

    Example:
        >>> sampler = NeighborSampler(torch.tensor([[0, 1, 2], [1, 2, 0]]), 3)
        >>> n_id, edge_index, e_id = sampler.sample(torch.tensor([1]), [-1], torch.Generator())
        >>> n_id, edge_index, e_id
        (tensor([1, 0]), tensor([[1],
                [0]]), tensor([0]))
    """

    def __init__(self, edge_index: Edges, num_nodes: int, *, numbered: bool = True) -> None:
        self.num_nodes = num_nodes
        self.edges = (numbered_in_edges if numbered else in_edges)(edge_index, num_nodes)
        self._places = NodePlaces(num_nodes, edge_index.device)

    def sample(
        self,
        seeds: Tensor,
        fanouts: Sequence[int],
        generator: torch.Generator | None = None,
        *,
        replace: bool = False,
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """The neighbourhood of distinct seeds.

        Args:
            seeds: (b,), distinct node numbers.
            fanouts: in-neighbours kept per node at each hop, at least 1; -1 keeps all.
            generator: on the graph's device; not needed where all neighbours are kept.
            replace: whether in-neighbours are drawn with replacement: then every node that has any gets as many
                edges as the fan-out says, some of them repeated. Otherwise they are drawn uniformly over subsets,
                and a node with no more of them than the fan-out keeps all.

        Returns:
            n_id (nodes, the seeds first, then those of each hop by number), edge_index between positions in n_id,
            and e_id (edges; None of a sampler that does not number them).

        Raises:
            ValueError: seeds that are not distinct node numbers, or a fan-out of 0 or below -1.
        """
        check_fanouts(fanouts)
        check_nodes(seeds, self.num_nodes)
        nodes, ends, positions = [seeds], [], []
        with self._places.borrowed() as place:
            place.scatter_(0, seeds, _count(seeds))
            if not torch.equal(place.index_select(0, seeds), _count(seeds)):
                raise ValueError("seeds must be distinct; got repeated ones; take seeds.unique()")
            found, frontier = 0, seeds
            for fanout in fanouts:
                position, target = self._in_edges(frontier, fanout, generator, replace)
                source = self.edges.source.index_select(0, position)
                target, found = target + found, found + len(frontier)
                frontier = _number_new(source, place, found)
                nodes.append(frontier)
                ends.append(torch.stack([place.index_select(0, source), target]))
                positions.append(position)
            n_id = torch.cat(nodes)
            place.index_fill_(0, n_id, -1)
        edge_index = torch.cat([*ends, seeds.new_empty(2, 0)], 1)
        return n_id, edge_index, self.edges.numbers(torch.cat([*positions, seeds.new_empty(0)]))

    def induced(self, nodes: Tensor) -> tuple[Tensor, Tensor | None]:
        """The edges among distinct nodes: edge_index between positions in `nodes`, and e_id.

        Example:
            >>> sampler = NeighborSampler(torch.tensor([[0, 1, 2], [1, 2, 0]]), 3)
            >>> sampler.induced(torch.tensor([2, 1]))
            (tensor([[1],
                    [0]]), tensor([1]))
        """
        check_nodes(nodes, self.num_nodes)
        with self._places.borrowed() as place:
            place.scatter_(0, nodes, _count(nodes))
            position, target = self._in_edges(nodes, -1, None, replace=False)
            source = place.index_select(0, self.edges.source.index_select(0, position))
            place.index_fill_(0, nodes, -1)
        among = (source >= 0).nonzero().flatten()
        edge_index = torch.stack([source.index_select(0, among), target.index_select(0, among)])
        return edge_index, self.edges.numbers(position.index_select(0, among))

    def in_neighbors(self, nodes: Tensor) -> tuple[Tensor, Tensor]:
        """All in-neighbours of some nodes, one entry for each edge, and the positions in `nodes` of its targets.

        Example:
            >>> sampler = NeighborSampler(torch.tensor([[0, 1, 2], [1, 2, 0]]), 3)
            >>> sampler.in_neighbors(torch.tensor([2, 0]))
            (tensor([1, 2]), tensor([0, 1]))
        """
        position, target = self._in_edges(nodes, -1, None, replace=False)
        return self.edges.source.index_select(0, position), target

    def _in_edges(
        self, nodes: Tensor, fanout: int, generator: torch.Generator | None, replace: bool
    ) -> tuple[Tensor, Tensor]:
        """Positions, in the order by target, of the kept in-edges of the nodes; and which node each belongs to."""
        start = self.edges.indptr.index_select(0, nodes)
        degree = self.edges.indptr.index_select(0, nodes + 1) - start
        drawn = None  # of which nodes in-neighbours are drawn; all others keep theirs
        count = degree
        if fanout >= 0:
            drawn = (degree > (0 if replace else fanout)).nonzero().flatten()
            count = degree.index_fill(0, drawn, fanout)
        target = torch.repeat_interleave(count)
        first = torch.cumsum(count, 0) - count
        position = _count(target) + (start - first).index_select(0, target)
        if drawn is not None and len(drawn):
            draw = repeated_draws if replace else distinct_draws
            draws = draw(degree.index_select(0, drawn), fanout, generator)
            slots = first.index_select(0, drawn) + torch.arange(fanout, device=nodes.device)[:, None]
            position.scatter_(0, slots.flatten(), (draws + start.index_select(0, drawn)).flatten())
        return position, target


def check_fanouts(fanouts: Sequence[int]) -> None:
    """Check the in-neighbours per node at each hop.

    Raises:
        ValueError: one that is neither -1 nor at least 1.

    Example:
        >>> check_fanouts([10, 0])
        Traceback (most recent call last):
            ...
        ValueError: fanouts must be at least 1, or -1 for all neighbours; got 0 at hop 2
    """
    for hop, fanout in enumerate(fanouts, start=1):
        if fanout != -1 and fanout < 1:
            raise ValueError(f"fanouts must be at least 1, or -1 for all neighbours; got {fanout} at hop {hop}")


def check_nodes(nodes: Tensor, num_nodes: int) -> None:
    """Check node numbers.

    Raises:
        ValueError: some are no int64 or out of range.

    Example:
        >>> check_nodes(torch.tensor([0, 3]), 3)
        Traceback (most recent call last):
            ...
        ValueError: nodes must lie in [0, 3), the nodes of the graph; got numbers from 0 to 3
    """
    if nodes.dtype != torch.long or nodes.dim() != 1:
        raise ValueError(f"nodes must be int64 of shape (b,); got {tuple(nodes.shape)} of {nodes.dtype}")
    if len(nodes):
        low, high = torch.stack(nodes.aminmax()).tolist()
        if low < 0 or high >= num_nodes:
            raise ValueError(
                f"nodes must lie in [0, {num_nodes}), the nodes of the graph; got numbers from {low} to {high}"
            )


def _count(like: Tensor) -> Tensor:
    """0, 1, 2, ... as many as there are, on the same device."""
    return torch.arange(len(like), device=like.device)


def _number_new(nodes: Tensor, place: Tensor, found: int) -> Tensor:
    """Give the nodes without a place one each, from `found` on, in the order of their numbers; returns them."""
    new = nodes.index_select(0, (place.index_select(0, nodes) < 0).nonzero().flatten())
    place.scatter_(0, new, _count(new))  # of several places for one node, one is kept
    new = new.index_select(0, (place.index_select(0, new) == _count(new)).nonzero().flatten()).sort()[0]
    place.scatter_(0, new, _count(new) + found)
    return new
