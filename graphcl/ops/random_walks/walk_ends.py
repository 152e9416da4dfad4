"""Ends of random walks on a graph, drawn without the powers of its transition matrix."""

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor


@runtime_checkable
class Walk(Protocol):
    """Protocol of a random walk: `MatrixWalk`, or `graphcl.ops.random_walks.neighbor_walk.NeighborWalk`."""

    def step(self, at: Tensor, draw: Tensor) -> Tensor:
        """Where one step leads from some nodes, by as many uniform random numbers."""


class MatrixWalk:
    """The random walk of a transition matrix.

    Args:
        matrix: P, (n, n), CSR, rows sum to 1 (a row of zeros stays where it is).

    Example:
        >>> from graphcl.ops.graph_matrices.sparse import csr
        >>> ring = csr(torch.arange(4), torch.tensor([1, 2, 0]), torch.ones(3), (3, 3))
        >>> MatrixWalk(ring).step(torch.tensor([0, 2]), torch.tensor([0.5, 0.5]))
        tensor([1, 0])
    """

    def __init__(self, matrix: Float[Tensor, "n n"]) -> None:
        self.indptr, self.column = matrix.crow_indices().long(), matrix.col_indices().long()
        self.until = matrix.values().double().cumsum(0)
        self.before = torch.cat([self.until.new_zeros(1), self.until])

    def step(self, at: Tensor, draw: Tensor) -> Tensor:
        """Where one step leads from some nodes, by uniform random numbers in [0, 1)."""
        first, last = self.indptr[at], self.indptr[at + 1] - 1
        low, high = self.before[first], self.before[last + 1]
        share = low + draw * (high - low)
        entry = torch.minimum(torch.maximum(torch.searchsorted(self.until, share, right=True), first), last)
        if not len(self.column):
            return at
        return torch.where(high > low, self.column[entry.clamp(min=0, max=len(self.column) - 1)], at)


def draw_walk_ends(
    walk: Walk,
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
        walk: of the graph.
        start: (b,), node numbers.
        count: walks from each.
        order: steps of the longest, at least 1.
        cumulative: whether shorter walks count as well.
        generator: of the draws; None for torch's global one.

    Example:
        >>> from graphcl.ops.graph_matrices.sparse import csr
        >>> ring = MatrixWalk(csr(torch.arange(4), torch.tensor([1, 2, 0]), torch.ones(3), (3, 3)))
        >>> draw_walk_ends(ring, torch.tensor([0, 1]), count=2, order=2, cumulative=False)
        tensor([[2, 2],
                [0, 0]])
    """
    at = start.repeat_interleave(count)
    device = at.device if generator is None else generator.device
    length = torch.full_like(at, order)
    if cumulative:
        length = torch.randint(1, order + 1, at.shape, generator=generator, device=device).to(at.device)
    for taken in range(order):
        draw = torch.rand(at.shape, dtype=torch.double, generator=generator, device=device).to(at.device)
        at = torch.where(taken < length, walk.step(at, draw), at)
    return at.view(len(start), count)
