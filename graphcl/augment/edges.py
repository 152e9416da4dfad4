"""Dropping and adding edges at random."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from graphcl.augment.checks import check_batch, check_num_nodes
from graphcl.augment.draws import Probabilities, below, check_probability, keep, uniform
from graphcl.typing import Edges


def keep_edges(
    edge_index: Edges, p: Probabilities, *, generator: torch.Generator | None = None, undirected: bool = False
) -> Bool[Tensor, " e"]:
    """Mask of the edges that stay: independent draws, each edge dropped with its probability.

    Weights and attributes can follow: `edge_index[:, mask]`, `edge_weight[mask]`.

    Args:
        edge_index: (2, e).
        p: the probability of dropping an edge, in [0, 1]: a number, or one per edge, (e,); see
            `edge_drop_probabilities`.
        generator: what the draws come from, on its device; None for torch's global generator.
        undirected: one draw for all edges between the same two nodes, with the mean of their probabilities, so
            that an undirected graph stays undirected; otherwise each direction is drawn by itself, as in GCA and
            gCooL.

    Returns:
        (e,), True for the edges that stay.

    Raises:
        ValueError: a probability outside [0, 1], or not one per edge.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> keep_edges(path, 0.5, generator=torch.Generator().manual_seed(0), undirected=True)
        tensor([False, False,  True,  True])
    """
    count = edge_index.size(1)
    if not undirected:
        return keep(count, p, generator, edge_index.device)
    check_probability(p, count)
    pair = undirected_pairs(edge_index)
    pairs = int(pair.max()) + 1 if count else 0
    if isinstance(p, Tensor):
        p = p.to(edge_index.device)
        total = torch.zeros(pairs, dtype=p.dtype, device=p.device).index_add(0, pair, p)
        p = (total / torch.bincount(pair)).clamp(max=1)
    return keep(pairs, p, generator, edge_index.device)[pair]


def drop_edges(
    edge_index: Edges, p: Probabilities, *, generator: torch.Generator | None = None, undirected: bool = False
) -> Int[Tensor, "2 kept"]:
    """Drop edges at random; the others keep their order. Arguments and errors as for `keep_edges`.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> drop_edges(path, torch.tensor([0.0, 1.0, 0.0, 1.0]), generator=torch.Generator())
        tensor([[0, 1],
                [1, 2]])
    """
    return edge_index[:, keep_edges(edge_index, p, generator=generator, undirected=undirected)]


class Grown(NamedTuple):
    """The edges of the input, followed by the new ones."""

    edge_index: Int[Tensor, "2 more"]
    origin: Int[Tensor, " more"]
    """The edge of the input from which each takes its attributes: `edge_attr[origin]`."""


def add_edges(
    edge_index: Edges,
    num_nodes: int,
    p: float,
    *,
    generator: torch.Generator | None = None,
    undirected: bool = False,
    batch: Int[Tensor, " n"] | None = None,
) -> Grown:
    """Add random edges: for each edge of the input, with probability p, one between two uniformly drawn nodes.

    In a batch both nodes are of the graph of the edge that the new one is drawn for. Self loops, pairs that are
    joined already and repeats are left out: a sparse graph gains about p e edges, a dense one fewer, and one
    without edges none.

    Args:
        edge_index: (2, e).
        num_nodes: n.
        p: share of new edges, in [0, 1].
        generator: what the draws come from; None for torch's global generator.
        undirected: one draw for both directions of an edge, which `edge_index` must hold, adds both directions of
            a new one; none is drawn for a self loop.
        batch: (n,), the graph of each node, in ascending order; None for one graph.

    Raises:
        ValueError: a p outside [0, 1], too few nodes for the edges, or a batch that does not fit.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> grown = add_edges(path, 9, 1.0, generator=torch.Generator().manual_seed(0), undirected=True)
        >>> grown.edge_index[:, 4:], grown.origin
        (tensor([[4, 7, 5, 8],
                [5, 8, 4, 7]]), tensor([0, 1, 2, 3, 0, 2, 0, 2]))
    """
    check_probability(p, edge_index.size(1))
    check_num_nodes(edge_index, num_nodes)
    check_batch(batch, num_nodes)
    asked = uniform(edge_index.size(1), generator, edge_index.device) < p
    if undirected:
        asked &= edge_index[0] < edge_index[1]
    origin = asked.nonzero().flatten()
    batch = edge_index.new_zeros(num_nodes) if batch is None else batch
    size = torch.bincount(batch)
    graph = batch[edge_index[0, origin]]
    first = (torch.cumsum(size, 0) - size)[graph]
    source, target = (first + below(size[graph], generator) for _ in range(2))
    if undirected:
        source, target = torch.minimum(source, target), torch.maximum(source, target)
    pair = source * num_nodes + target
    new = (source != target) & ~torch.isin(pair, edge_index[0].long() * num_nodes + edge_index[1])
    pair, order = torch.sort(pair[new], stable=True)
    order = order[torch.diff(pair, prepend=pair.new_full((1,), -1)) > 0]  # one of each that repeats
    fresh, origin = torch.stack([source, target]).to(edge_index.dtype)[:, new][:, order], origin[new][order]
    if undirected:
        fresh, origin = torch.cat([fresh, fresh.flip(0)], dim=1), origin.repeat(2)
    old = torch.arange(edge_index.size(1), device=edge_index.device)
    return Grown(torch.cat([edge_index, fresh], dim=1), torch.cat([old, origin]))


def undirected_pairs(edge_index: Edges) -> Tensor:
    """A number for each edge, equal for edges between the same two nodes, in either direction; from 0, no gaps.

    Example:
        >>> undirected_pairs(torch.tensor([[0, 2, 1], [1, 1, 0]]))
        tensor([0, 1, 0])
    """
    if not edge_index.size(1):
        return edge_index[0].long()
    low, high = edge_index.min(0).values.long(), edge_index.max(0).values
    pair: Tensor = torch.unique(low * (int(high.max()) + 1) + high, return_inverse=True)[1]
    return pair
