"""Contrast over the nodes of one graph, with positives weighted by random walks."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.all_pairs.logsumexp import Summation, all_pairs_logsumexp
from graphcl.objectives.all_pairs.positive_entries import stored_log_positives, stored_log_positives_among
from graphcl.objectives.all_pairs.positive_products import product_log_positives
from graphcl.objectives.all_pairs.positive_walks import sampled_log_positives
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.distributed import RankRows, gather_rows, rows_of_ranks, world
from graphcl.ops.machine.precision import full_precision
from graphcl.ops.random_walks.walk_operator import Walks
from graphcl.typing import Nodes

EPSILON = 1e-8
"""Added to each ratio, as in the authors' code; it matters only if order / n is of this size."""


def influence_contrast(
    z: Nodes,
    positives: Float[Tensor, "n m"] | Walks,
    *,
    tau: float,
    volume: Float[Tensor, " m"] | None = None,
    summation: Summation = "auto",
    generator: torch.Generator | None = None,
    across_ranks: bool = False,
) -> Float[Tensor, ""]:
    """SCGC's influence contrast: random-walk-weighted positives against all nodes of the graph.

    With the cosine c_ij of z_i and z_j for i != j, c_ii := 0 and w_ij = exp(tau c_ij):

        L = -1/n sum_i log( sum_j M_ij w_ij / sum_j w_ij + 1e-8 )

    The sums run over all nodes, the node itself included at weight 1, as in the authors' code. Scaling M only
    shifts the value.

    Args:
        z: embeddings, (n, d), not normalised; a row of zeros has cosine 0 to all.
        positives: M, (n, n), CSR with a positive diagonal, see `cumulative_influence` and `walk_power`; or, if it
            has too many entries to store, the `Walks` whose powers it is.
        tau: the inverse temperature: it multiplies the cosine. The published settings lie in [0.25, 2.25].
        volume: (n,), volume_i M_ij = volume_j M_ji, as M of random walks has; saves most of the backward's time.
            Not used across ranks, where M is not square.
        summation: how the sum over all pairs is computed, see `all_pairs_logsumexp`. With `Walks`, "sampled" also
            samples the positives, and the other methods use the polynomial of "series".
        generator: of a "sampled" summation.
        across_ranks: whether z are this rank's nodes of a graph whose nodes are distributed over the ranks of
            torch.distributed, in rank order. M then has this rank's rows and a column for each node of all ranks,
            (n, m); `Walks` are those of all m nodes, and every rank multiplies by them for all nodes. The value is
            weighted by `RankRows.weight`: DDP's mean over ranks, of value and gradient, is that of the whole
            graph.

    Returns:
        The mean over nodes, a scalar in float32 at least.

    Raises:
        ValueError: positives of another size, or what `all_pairs_logsumexp` refuses.

    Example:
        >>> from graphcl.ops.graph_matrices.sparse import csr
        >>> M = csr(torch.arange(4), torch.arange(3), torch.ones(3), (3, 3))
        >>> influence_contrast(torch.zeros(3, 2), M, tau=1.0)   # -log(1 / 3)
        tensor(1.0986)

    Reference:
        [Kulatilleke, Portmann, Chandra, "SCGC: Self-Supervised Contrastive Graph Clustering", 2022,
        arXiv 2204.12656], as in the authors' code.
    """
    rows = rows_of_ranks(z) if across_ranks else RankRows((len(z),))
    size = (rows.total, rows.total) if isinstance(positives, Walks) else (len(z), rows.total)
    given = tuple((positives if isinstance(positives, Tensor) else positives.step).shape)
    if given != size:
        raise ValueError(f"positives must be of size {size}, a column for each node of all ranks; got {given}")
    with full_precision(z):
        u = unit_rows(z)
        log_all = all_pairs_logsumexp(
            u, scale=tau, method=summation, generator=generator, across_ranks=across_ranks
        )
        own = torch.exp(tau * u.square().sum(1))  # is in the sum; to be replaced by exp(tau * 0) = 1
        log_all = log_all + torch.log1p((1 - own) * torch.exp(-log_all))
        if across_ranks and world() > 1:
            log_positives = _log_positives_across_ranks(u, positives, tau, rows)
        elif isinstance(positives, Tensor):
            log_positives = stored_log_positives(u, positives, tau, volume)
        elif summation == "sampled" and generator:
            log_positives = sampled_log_positives(u, positives, tau, generator)
        else:
            log_positives = product_log_positives(u, positives, tau)
        ratio = log_positives - log_all
        return -rows.weight * torch.logaddexp(ratio, ratio.new_tensor(math.log(EPSILON))).mean()


def _log_positives_across_ranks(u: Tensor, positives: Tensor | Walks, tau: float, rows: RankRows) -> Tensor:
    """The log of each own row's sum over positives among the rows of all ranks."""
    everyone = gather_rows(u, rows)
    if isinstance(positives, Tensor):
        return stored_log_positives_among(u, everyone, positives, tau, rows.start)
    return product_log_positives(everyone, positives, tau)[rows.start : rows.start + len(u)]
