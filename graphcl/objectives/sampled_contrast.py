"""The contrast of SCGC estimated from samples: some walks of each seed, and the other seeds for all nodes."""

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from graphcl.objectives.all_pairs.off_diagonal import off_diagonal_logsumexp
from graphcl.objectives.contrast import EPSILON
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.distributed import RankRows, gather_rows, rows_of_ranks, world
from graphcl.ops.machine.precision import full_precision
from graphcl.typing import Nodes


def sampled_influence_contrast(
    z: Nodes,
    positives: Float[Tensor, "n walks d"],
    is_own: Bool[Tensor, "n walks"],
    *,
    tau: float,
    visits: float,
    num_nodes: int,
    for_both_ends: bool = False,
    across_ranks: bool = False,
) -> Float[Tensor, ""]:
    """`influence_contrast` on seeds: both sums under its log are estimated without bias.

    With w_ij = exp(tau cos(z_i, z_j)) for i != j and w_ii := 1, b seeds, N nodes and p walks from each seed:

        sum_j M_ij w_ij  ~  visits / p  sum_walks w_i,end
        sum_j w_ij       ~  1 + (N - 1) / (b - 1)  sum_{seeds j != i} w_ij
        L = -1/b sum_i log( first / second + 1e-8 )

    The log of an estimate lies below the estimate of the log on average; the more walks and seeds, the less.

    Args:
        z: embeddings of the seeds, a uniform sample of the nodes, (b, d).
        positives: embeddings of the ends of each seed's walks, (b, p, d).
        is_own: whether a walk ended where it began, (b, p).
        tau: the inverse temperature: it multiplies the cosine.
        visits: the sum of a row of M: 1 for P^order, `order` for P + ... + P^order.
        num_nodes: N, of the whole graph.
        for_both_ends: whether a seed also gets the gradient that it is due as a positive of others, for ends that
            carry none: its own counts twice. As d_i M_ij = d_j M_ji with degrees d, a pair i, j draws at z_i as a
            positive of i with M_ij w_ij / sum_i, and as one of j with M_ij w_ij / sum_j d_i / d_j: the same where
            degrees and sums are equal.
        across_ranks: whether the seeds that stand for all nodes are those of all ranks of torch.distributed, not
            this rank's alone; the value is then weighted by `RankRows.weight`, as that of `info_nce` is.

    Returns:
        The mean over seeds, a scalar in float32 at least.

    Example:
        >>> z, ends, own = torch.zeros(3, 2), torch.zeros(3, 5, 2), torch.zeros(3, 5).bool()
        >>> sampled_influence_contrast(z, ends, own, tau=1.0, visits=1.0, num_nodes=3)  # log 3
        tensor(1.0986)

    Reference: [Kulatilleke, Portmann, Chandra, 2022, arXiv 2204.12656] for the loss; the estimate is ours.
    """
    across_ranks = across_ranks and world() > 1
    rows = rows_of_ranks(z) if across_ranks else RankRows((len(z),))
    with full_precision(z):
        u, ends = unit_rows(z), unit_rows(positives.flatten(0, 1)).view(*positives.shape[:2], -1)
        cosine = (u[:, None] * ends).sum(2).masked_fill(is_own, 0.0)
        if for_both_ends:
            cosine = 2 * cosine - cosine.detach()
        log_positives = torch.logsumexp(tau * cosine, dim=1) + math.log(visits / positives.size(1))
        others = max(num_nodes - 1, 1) / max(rows.total - 1, 1)
        seeds = gather_rows(u, rows) if across_ranks else None
        log_others = off_diagonal_logsumexp(u, seeds, scale=tau, start=rows.start) + math.log(others)
        log_all = torch.logaddexp(log_others, torch.zeros_like(log_others))
        ratio = log_positives - log_all
        return -rows.weight * torch.logaddexp(ratio, ratio.new_tensor(math.log(EPSILON))).mean()
