"""Contrast over the nodes of one graph, with positives weighted by random walks."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.partition import Partition, log_partition
from graphcl.sparse import unit_rows
from graphcl.typing import Nodes

EPSILON = 1e-8
"""The floor that the published code puts under each ratio; it matters only once order / n comes near it."""


def influence_contrast(
    z: Nodes,
    positives: Float[Tensor, "n n"],
    *,
    tau: float,
    partition: Partition = "auto",
    generator: torch.Generator | None = None,
) -> Float[Tensor, ""]:
    """Pull every node towards those that its walks visit, against all nodes of the graph.

    With the cosine c_ij of z_i and z_j for i != j, c_ii := 0 and w_ij = exp(tau c_ij):

        L = -1/n sum_i log( sum_j M_ij w_ij / sum_j w_ij + 1e-8 )

    The sums run over all nodes, the node itself included at weight 1, as in the published code. Scaling M only
    shifts the value.

    Args:
        z: embeddings, (n, d), not normalised; a row of zeros has cosine 0 to all.
        positives: M, (n, n), CSR with a positive diagonal; see `cumulative_influence` and `walk_power`.
        tau: the inverse temperature: it multiplies the cosine. The published settings lie in [0.25, 2.25].
        partition: how the sum over all pairs is computed, see `log_partition`.
        generator: of a "sampled" partition.

    Returns:
        The mean over nodes, a scalar in float32 at least.

    Example:
        >>> from graphcl.sparse import csr
        >>> M = csr(torch.arange(4), torch.arange(3), torch.ones(3), (3, 3))
        >>> influence_contrast(torch.zeros(3, 2), M, tau=1.0)   # -log(1 / 3)
        tensor(1.0986)

    Reference:
        [Kulatilleke, Portmann, Chandra, "SCGC: Self-Supervised Contrastive Graph Clustering", 2022,
        arXiv 2204.12656]; the sheet's section 4.2.
    """
    u = unit_rows(z)
    log_all = log_partition(u, scale=tau, method=partition, generator=generator)
    own = torch.exp(tau * u.square().sum(1))  # counted by log_partition, to be replaced by exp(tau * 0) = 1
    log_all = log_all + torch.log1p((1 - own) * torch.exp(-log_all))
    ratio = _log_positives(u, positives, tau) - log_all
    return -torch.logaddexp(ratio, ratio.new_tensor(math.log(EPSILON))).mean()


def _log_positives(u: Tensor, positives: Tensor, tau: float) -> Tensor:
    """The log of each row's sum of M_ij w_ij; cosines are at most 1, so exp(tau (c - 1)) cannot overflow."""
    indptr, column = positives.crow_indices(), positives.col_indices()
    row = torch.repeat_interleave(torch.arange(len(u), device=u.device), indptr.diff(), output_size=len(column))
    ends = u.index_select(0, row), u.index_select(0, column)  # not u[row]: its gradient is summed in any order
    cosine = (ends[0] * ends[1]).sum(1).masked_fill(row == column, 0.0)
    weight = positives.values().to(u.dtype) * torch.exp(tau * (cosine - 1))
    return tau + torch.log(torch.zeros_like(u[:, 0]).index_add(0, row, weight))
