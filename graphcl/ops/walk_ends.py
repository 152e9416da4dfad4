"""Ends of random walks, drawn for some nodes of a graph at once."""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def draw_walk_ends(
    step: Float[Tensor, "n n"],
    start: Int[Tensor, " b"],
    *,
    count: int,
    order: int,
    cumulative: bool,
    generator: torch.Generator | None = None,
) -> Int[Tensor, "b count"]:
    """Where `count` walks from each node end: after `order` steps, or after a number drawn uniformly from 1 to it.

    A node's row of P^order, or of (P + ... + P^order) / order if `cumulative`, is the distribution of its ends.

    Args:
        step: P, (n, n), CSR, rows sum to 1 (a row of zeros stays where it is).
        start: (b,), node numbers.
        count: walks from each.
        order: steps of the longest, at least 1.
        cumulative: whether shorter walks count as well.
        generator: of the draws; None for torch's global one.

    Example:
        >>> from graphcl.ops.sparse import csr
        >>> ring = csr(torch.arange(4), torch.tensor([1, 2, 0]), torch.ones(3), (3, 3))
        >>> draw_walk_ends(ring, torch.tensor([0, 1]), count=2, order=2, cumulative=False)
        tensor([[2, 2],
                [0, 0]])
    """
    indptr, column = step.crow_indices().long(), step.col_indices().long()
    until = step.values().double().cumsum(0)
    before = torch.cat([until.new_zeros(1), until])
    at = start.repeat_interleave(count)
    device = at.device if generator is None else generator.device
    length = torch.full_like(at, order)
    if cumulative:
        length = torch.randint(1, order + 1, at.shape, generator=generator, device=device).to(at.device)
    for taken in range(order):
        draw = torch.rand(at.shape, dtype=torch.double, generator=generator, device=device).to(at.device)
        first, last = indptr[at], indptr[at + 1] - 1
        share = before[first] + draw * (before[last + 1] - before[first])
        entry = torch.minimum(torch.maximum(torch.searchsorted(until, share, right=True), first), last)
        moved = column[entry.clamp(min=0, max=max(len(column) - 1, 0))] if len(column) else at
        at = torch.where((taken < length) & (last >= first), moved, at)
    return at.view(len(start), count)
