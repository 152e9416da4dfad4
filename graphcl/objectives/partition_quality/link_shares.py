"""A weighted graph with its weights as shares of their sum: what the qualities of soft partitions read of it."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.graph_matrices.sparse import csr_from_edges
from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Edges


class LinkShares(NamedTuple):
    """Link weights W as shares of their sum, so that sum W = 1; all zeros for a graph without edges."""

    matrix: Tensor
    """(n, n), CSR: the symmetric part (W + W') / 2, which has the quadratic forms of W."""
    out: Tensor
    """(n,), the row sums of W: each node's share of the links that leave, its degree / 2m if undirected."""
    into: Tensor
    """(n,), the column sums of W."""
    visits: Tensor
    """(n,), the visit rates of a random walk: those of the map equation, `into` where none was asked for."""


def link_shares(
    edge_index: Edges,
    num_nodes: int,
    edge_weight: Float[Tensor, " e"] | None = None,
    *,
    dtype: torch.dtype = torch.float32,
) -> LinkShares:
    """Each edge's share of all weight, W = A / sum A.

    Args:
        edge_index: (2, e), each direction an edge of its own; duplicates add up, a self loop counts once.
        num_nodes: n.
        edge_weight: (e,), finite and not negative, at any scale; None for ones.
        dtype: of the result, float32 or float64.

    Raises:
        ValueError: an edge with a node outside [0, n), or weights of another number, negative or not finite.

    Example:
        >>> link_shares(torch.tensor([[0, 1], [1, 0]]), 2, torch.tensor([3.0, 1.0])).out
        tensor([0.7500, 0.2500])
    """
    weight = checked_weight(edge_index, num_nodes, edge_weight)
    total = weight.sum()
    return shares_of(edge_index, num_nodes, weight / torch.where(total > 0, total, 1), dtype)


def shares_of(
    edge_index: Edges,
    num_nodes: int,
    share: Float[Tensor, " e"],
    dtype: torch.dtype,
    visits: Float[Tensor, " n"] | None = None,
) -> LinkShares:
    """The same of shares that are known already, such as the flow along each edge.

    Args:
        edge_index: (2, e).
        num_nodes: n.
        share: (e,), float64, not negative.
        dtype: of the result.
        visits: (n,), the visit rates; None takes the shares that arrive at each node.

    Example:
        >>> shares_of(torch.tensor([[0], [1]]), 2, torch.ones(1).double(), torch.float32).matrix.to_dense()
        tensor([[0.0000, 0.5000],
                [0.5000, 0.0000]])
    """
    source, target = edge_index.long()
    zeros = torch.zeros(num_nodes, dtype=share.dtype, device=share.device)
    out, into = zeros.index_add(0, source, share), zeros.index_add(0, target, share)
    both_ways = torch.cat([source, target]), torch.cat([target, source]), torch.cat([share, share]) / 2
    matrix = csr_from_edges(both_ways[0], both_ways[1], both_ways[2].to(dtype), (num_nodes, num_nodes))
    rates = into if visits is None else visits
    return LinkShares(matrix, out.to(dtype), into.to(dtype), rates.to(dtype))


def checked_weight(edge_index: Edges, num_nodes: int, edge_weight: Tensor | None) -> Tensor:
    """The weights of the edges in float64, ones where there are none.

    Raises:
        ValueError: as for `link_shares`.

    Example:
        >>> checked_weight(torch.tensor([[0], [2]]), 2, None)
        Traceback (most recent call last):
            ...
        ValueError: edge_index must name nodes in [0, 2), the rows of assign; got 0 to 2
    """
    if edge_index.numel() and not 0 <= edge_index.min() <= edge_index.max() < num_nodes:
        found = f"{int(edge_index.min())} to {int(edge_index.max())}"
        raise ValueError(f"edge_index must name nodes in [0, {num_nodes}), the rows of assign; got {found}")
    edges = edge_index.size(1)
    if edge_weight is None:
        return torch.ones(edges, dtype=torch.float64, device=edge_index.device)
    if edge_weight.shape != (edges,):
        got = tuple(edge_weight.shape)
        raise ValueError(f"edge_weight must have one value per edge, ({edges},); got shape {got}")
    weight = at_least_float32(edge_weight.detach()).double()
    bad = int((~torch.isfinite(weight) | (weight < 0)).sum())
    if bad:
        raise ValueError(
            f"edge_weight must be finite and not negative; got {bad} invalid values; clamp or drop them"
        )
    return weight
