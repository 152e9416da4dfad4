"""Weighted sums over positives, estimated from sampled random walks."""

import torch
from torch import Tensor

from graphcl.objectives.all_pairs.positive_entries import stored_log_positives
from graphcl.ops.graph_matrices.sparse import csr
from graphcl.ops.random_walks.walk_ends import MatrixWalk, draw_walk_ends
from graphcl.ops.random_walks.walk_operator import Walks

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
    n = walks.step.size(0)
    start = torch.arange(n, device=walks.step.device)
    ends = draw_walk_ends(
        MatrixWalk(walks.step),
        start,
        count=count,
        order=walks.order,
        cumulative=walks.cumulative,
        generator=generator,
    ).flatten()
    weight = (walks.order if walks.cumulative else 1) / count
    values = torch.full(ends.shape, weight, dtype=walks.step.dtype, device=ends.device)
    return csr(torch.arange(0, n * count + 1, count, device=ends.device), ends, values, (n, n))
