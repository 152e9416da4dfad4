"""Weighted sums over positives, estimated from sampled random walks."""

import torch
from torch import Tensor

from graphcl.objectives.all_pairs.positive_entries import stored_log_positives
from graphcl.ops.sparse import csr
from graphcl.ops.walks import Walks

COUNT = 16
"""Random walks per node."""


def sampled_log_positives(u: Tensor, walks: Walks, tau: float, generator: torch.Generator) -> Tensor:
    """The log of an unbiased estimate of each row's sum_j M_ij w_ij, from 16 walks."""
    return stored_log_positives(u, sample_walks(walks, COUNT, generator), tau)


def sample_walks(walks: Walks, count: int, generator: torch.Generator) -> Tensor:
    """An unbiased estimate of M from the end nodes of `count` random walks per node, (n, n), CSR.

    Cumulative walks are of a length drawn uniformly from 1, ..., order, and weigh `order` times as much.

    Example:
        >>> alone = csr(torch.arange(2), torch.zeros(1, dtype=torch.long), torch.ones(1), (1, 1))
        >>> walks = Walks(alone, torch.ones(1), torch.ones(1), order=2, cumulative=True)
        >>> sample_walks(walks, 4, torch.Generator().manual_seed(0)).to_dense()
        tensor([[2.]])
    """
    indptr, column = walks.step.crow_indices(), walks.step.col_indices()
    n, device = len(indptr) - 1, column.device
    until = walks.step.values().double().cumsum(0)  # row i ends near i + 1
    at = torch.arange(n, device=device).repeat_interleave(count)
    length = torch.full_like(at, walks.order)
    if walks.cumulative:
        length = torch.randint(1, walks.order + 1, at.shape, generator=generator, device=generator.device).to(
            device
        )
    for taken in range(walks.order):
        draw = torch.rand(at.shape, dtype=torch.double, generator=generator, device=generator.device).to(device)
        entry = torch.searchsorted(until, at + draw, right=True)
        entry = torch.minimum(torch.maximum(entry, indptr[at]), indptr[at + 1] - 1)
        at = torch.where(taken < length, column[entry], at)
    weight = (walks.order if walks.cumulative else 1) / count
    values = torch.full(at.shape, weight, dtype=walks.step.dtype, device=device)
    return csr(torch.arange(0, n * count + 1, count, device=device), at, values, (n, n))
