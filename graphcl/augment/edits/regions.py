"""Regions of graphs to edit: a random centre in each graph, and the nodes within some hops of it."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from graphcl.augment.edits.pairs import count_pairs, pair_number
from graphcl.graph_collection import bounds
from graphcl.typing import Edges


def draw_centres(
    ptr: Int[Tensor, " bounds"],
    allowed: Bool[Tensor, " n"] | None = None,
    *,
    generator: torch.Generator | None = None,
) -> Int[Tensor, " graphs"]:
    """One uniformly random node of each graph.

    Args:
        ptr: where the nodes of each graph start; no graph may be empty.
        allowed: the nodes to draw from; of a graph without any, all nodes.
        generator: on the device of ptr; None for torch's global generator there.

    Example:
        >>> draw_centres(torch.tensor([0, 2, 5]), torch.tensor([False, True, False, False, True])).tolist()
        [1, 4]
    """
    graphs = len(ptr) - 1
    draw = torch.rand(graphs, dtype=torch.float64, device=ptr.device, generator=generator)
    if allowed is None:
        size = ptr.diff()
        return ptr[:-1] + torch.minimum((draw * size).long(), size - 1)
    before = torch.cat([ptr.new_zeros(1), torch.cumsum(allowed, 0)])
    size = before[ptr].diff()
    place = before[ptr[:-1]] + torch.minimum((draw * size).long(), (size - 1).clamp(min=0))
    # one entry more, for a last graph without any
    chosen = torch.cat([allowed.nonzero()[:, 0], ptr[:1]])[place]
    return torch.where(size > 0, chosen, ptr[:-1] + torch.minimum((draw * ptr.diff()).long(), ptr.diff() - 1))


def within_hops(centres: Int[Tensor, " graphs"], edge_index: Edges, n: int, hops: int) -> Bool[Tensor, " n"]:
    """Mask of the nodes at most `hops` edges away from a centre.

    Args:
        centres: nodes at distance 0.
        edge_index: each edge once or in both directions; it is followed both ways.
        n: number of nodes.
        hops: at least 0.

    Example:
        >>> within_hops(torch.tensor([0]), torch.tensor([[0, 1, 2], [1, 2, 3]]), 4, 2).tolist()
        [True, True, True, False]
    """
    inside = torch.zeros(n, dtype=torch.bool, device=edge_index.device)
    inside[centres] = True
    head, tail = edge_index
    for _ in range(hops):
        from_head, from_tail = inside[head], inside[tail]
        inside[tail[from_head]] = True
        inside[head[from_tail]] = True
    return inside


@dataclass(frozen=True)
class Region:
    """Some nodes of each graph of a batch, and the edges among them.

    Attributes:
        nodes: nodes of the regions, graph by graph.
        size: number of these nodes in each graph.
        edges: indices of the edges within the regions, graph by graph.
        edge_count: number of these edges in each graph.
        number: index of each of these edges among the pairs of its region, see `pair_number`.
        pairs: number of node pairs of each region.
        ordered: whether pairs are ordered.
    """

    nodes: Int[Tensor, " nodes"]
    size: Int[Tensor, " graphs"]
    edges: Int[Tensor, " edges"]
    edge_count: Int[Tensor, " graphs"]
    number: Int[Tensor, " edges"]
    pairs: Int[Tensor, " graphs"]
    ordered: bool

    @classmethod
    def of(
        cls,
        ptr: Int[Tensor, " bounds"],
        edges: Edges,
        inside: Bool[Tensor, " n"] | None = None,
        *,
        ordered: bool = False,
    ) -> "Region":
        """The region of the nodes inside, all for None, and of the edges with both ends inside.

        Args:
            ptr: where the nodes of each graph start.
            edges: (2, e), no self loops, graph by graph; each edge once, or each direction for ordered pairs.
            inside: (n,).
            ordered: whether pairs are ordered.
        """
        if inside is None:
            inside = torch.ones(int(ptr[-1]), dtype=torch.bool, device=ptr.device)
        before = torch.cat([ptr.new_zeros(1), torch.cumsum(inside, 0)])
        size = before[ptr].diff()
        within = (inside[edges[0]] & inside[edges[1]]).nonzero()[:, 0]
        head, tail = edges[:, within]
        graph = torch.searchsorted(ptr, head, right=True) - 1
        first = before[ptr[graph]]
        number = pair_number(before[head] - first, before[tail] - first, size[graph] if ordered else None)
        count = torch.bincount(graph, minlength=len(size))
        return cls(
            inside.nonzero()[:, 0], size, within, count, number, count_pairs(size, ordered=ordered), ordered
        )

    def node(self, graph: Int[Tensor, " items"], place: Int[Tensor, " items"]) -> Int[Tensor, " items"]:
        """The nodes at these positions among those of their graph's region."""
        return self.nodes[bounds(self.size)[graph] + place]
