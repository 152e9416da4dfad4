"""Dropping and adding edges at random."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from graphcl.augment.draws import Probabilities, check_probability, keep
from graphcl.typing import Edges


def keep_edges(
    edge_index: Edges, p: Probabilities, *, generator: torch.Generator, undirected: bool = False
) -> Bool[Tensor, " e"]:
    """Which edges stay: independent draws, each edge lost with its probability.

    The mask, so that weights and attributes can follow: `edge_index[:, mask]`, `edge_weight[mask]`.

    Args:
        edge_index: (2, e).
        p: the probability of losing an edge, in [0, 1]: a number, or one per edge, (e,); see
            `edge_drop_probabilities`.
        generator: what the draws come from; one on the CPU gives the same draws for every device.
        undirected: one draw for all edges between the same two nodes, with the mean of their probabilities, so
            that an undirected graph stays one; else each direction is drawn by itself, as in GCA and gCooL.

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
    edge_index: Edges, p: Probabilities, *, generator: torch.Generator, undirected: bool = False
) -> Int[Tensor, "2 kept"]:
    """The edges that stay, in their order; arguments and errors as for `keep_edges`.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> drop_edges(path, torch.tensor([0.0, 1.0, 0.0, 1.0]), generator=torch.Generator())
        tensor([[0, 1],
                [1, 2]])
    """
    return edge_index[:, keep_edges(edge_index, p, generator=generator, undirected=undirected)]


def undirected_pairs(edge_index: Edges) -> Tensor:
    """A number for each edge, equal for edges between the same two nodes, in either direction; from 0, no gaps.

    Example:
        >>> undirected_pairs(torch.tensor([[0, 2, 1], [1, 1, 0]]))
        tensor([0, 1, 0])
    """
    if not edge_index.size(1):
        return edge_index[0]
    low, high = edge_index.min(0).values, edge_index.max(0).values
    pair: Tensor = torch.unique(low * (int(high.max()) + 1) + high, return_inverse=True)[1]
    return pair
