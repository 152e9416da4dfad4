"""Contrast over the nodes of one graph, with positives weighted by random walks."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.all_pairs.logsumexp import Summation, all_pairs_logsumexp
from graphcl.objectives.all_pairs.positive_entries import stored_log_positives
from graphcl.objectives.all_pairs.positive_products import product_log_positives
from graphcl.objectives.all_pairs.positive_walks import sampled_log_positives
from graphcl.ops.precision import full_precision
from graphcl.ops.sparse import unit_rows
from graphcl.ops.walks import Walks
from graphcl.typing import Nodes

EPSILON = 1e-8
"""The floor that the published code puts under each ratio; it matters only once order / n comes near it."""


def influence_contrast(
    z: Nodes,
    positives: Float[Tensor, "n n"] | Walks,
    *,
    tau: float,
    volume: Float[Tensor, " n"] | None = None,
    summation: Summation = "auto",
    generator: torch.Generator | None = None,
) -> Float[Tensor, ""]:
    """Pull every node towards those that its walks visit, against all nodes of the graph.

    With the cosine c_ij of z_i and z_j for i != j, c_ii := 0 and w_ij = exp(tau c_ij):

        L = -1/n sum_i log( sum_j M_ij w_ij / sum_j w_ij + 1e-8 )

    The sums run over all nodes, the node itself included at weight 1, as in the published code. Scaling M only
    shifts the value.

    Args:
        z: embeddings, (n, d), not normalised; a row of zeros has cosine 0 to all.
        positives: M, (n, n), CSR with a positive diagonal, see `cumulative_influence` and `walk_power`; or, where
            that has too many entries, the walks that it is made of.
        tau: the inverse temperature: it multiplies the cosine. The published settings lie in [0.25, 2.25].
        volume: (n,), volume_i M_ij = volume_j M_ji, as a matrix of walks has; saves most of the gradient's time.
        summation: how the sum over all pairs is computed, see `all_pairs_logsumexp`. Of `Walks`, "sampled" also
            samples the positives, and the other ways take the polynomial of the series.
        generator: of a "sampled" summation.

    Returns:
        The mean over nodes, a scalar in float32 at least.

    Example:
        >>> from graphcl.ops.sparse import csr
        >>> M = csr(torch.arange(4), torch.arange(3), torch.ones(3), (3, 3))
        >>> influence_contrast(torch.zeros(3, 2), M, tau=1.0)   # -log(1 / 3)
        tensor(1.0986)

    Reference:
        [Kulatilleke, Portmann, Chandra, "SCGC: Self-Supervised Contrastive Graph Clustering", 2022,
        arXiv 2204.12656]; the sheet's section 4.2.
    """
    with full_precision(z):
        u = unit_rows(z)
        log_all = all_pairs_logsumexp(u, scale=tau, method=summation, generator=generator)
        own = torch.exp(tau * u.square().sum(1))  # is in the sum; to be replaced by exp(tau * 0) = 1
        log_all = log_all + torch.log1p((1 - own) * torch.exp(-log_all))
        if isinstance(positives, Tensor):
            log_positives = stored_log_positives(u, positives, tau, volume)
        elif summation == "sampled" and generator:
            log_positives = sampled_log_positives(u, positives, tau, generator)
        else:
            log_positives = product_log_positives(u, positives, tau)
        ratio = log_positives - log_all
        return -torch.logaddexp(ratio, ratio.new_tensor(math.log(EPSILON))).mean()
