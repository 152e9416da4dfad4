"""Barlow Twins: the cross-correlation of the columns of two views is pulled towards the identity (G-BT)."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.redundancy.columns import check_view_pair, joint_sum, standardise_columns
from graphcl.ops.machine.precision import full_precision
from graphcl.typing import Nodes


class BarlowTwinsTerms(NamedTuple):
    """The terms of the loss of Barlow Twins, scalars: on the diagonal of the cross-correlation, and off it."""

    invariance: Float[Tensor, ""]
    redundancy: Float[Tensor, ""]


def barlow_twins(
    h1: Nodes, h2: Nodes, *, redundancy_weight: float | None = None, across_ranks: bool = False
) -> Float[Tensor, ""]:
    """Loss of Barlow Twins: the distance of the views' cross-correlation matrix from the identity.

    With Z_v the columns of H_v standardised over the nodes and C = Z_1' Z_2 / n, (d, d):

        L = sum_k (1 - C_kk)^2 + lambda sum_{k != l} C_kl^2

    As in the authors' code, columns are standardised with the divisor n - 1 and the correlations divided by n, so
    that C_kk is (n - 1) / n at most. The loss is at least d / n^2, and at most 4 d + lambda d (d - 1).

    Args:
        h1: embeddings of the first view, (n, d), of any scale; see `standardise_columns` for constant columns.
        h2: embeddings of the second view of the same nodes, (n, d).
        redundancy_weight: lambda, at least 0; None for 1 / d, as published.
        across_ranks: whether mean, variance and correlations are those of the rows of all ranks of
            torch.distributed, see `cca_ssg`.

    Returns:
        A scalar in float32 at least; gradients reach both views. A single row gives d.

    Raises:
        ValueError: views of different shapes, no rows, also of a single rank, or a negative weight.

    Example:
        >>> h = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
        >>> barlow_twins(h, 5 * h + 2)  # 2 * (1 / 4)^2
        tensor(0.1250)

    Reference:
        [Bielak, Kajdanowicz, Chawla, "Graph Barlow Twins", Knowledge-Based Systems 2022, arXiv 2106.02466]; the
        authors' `gssl/loss.py`, github.com/pbielak/graph-barlow-twins at ec62580, which adds 1e-15 to standard
        deviations. The loss is of [Zbontar et al., "Barlow Twins", ICML 2021, arXiv 2103.03230].
    """
    terms = barlow_twins_terms(h1, h2, across_ranks=across_ranks)
    weight = 1 / h1.size(1) if redundancy_weight is None else redundancy_weight
    if not weight >= 0:
        raise ValueError(f"redundancy_weight must not be negative; got {weight}")
    return terms.invariance + weight * terms.redundancy


def barlow_twins_terms(h1: Nodes, h2: Nodes, *, across_ranks: bool = False) -> BarlowTwinsTerms:
    """Terms of `barlow_twins` before weighting: sum_k (1 - C_kk)^2 and sum_{k != l} C_kl^2.

    Args:
        h1: embeddings of the first view, (n, d).
        h2: embeddings of the second view of the same nodes, (n, d).
        across_ranks: as for `barlow_twins`.

    Raises:
        ValueError: views of different shapes, or no rows.

    Example:
        >>> h = torch.tensor([[1.0], [-1.0]])
        >>> torch.stack(barlow_twins_terms(h, -h))  # (1 + 1 / 2)^2
        tensor([2.2500, 0.0000])
    """
    n = check_view_pair(h1, h2, across_ranks=across_ranks)
    z1, z2 = (standardise_columns(h, across_ranks=across_ranks) for h in (h1, h2))
    with full_precision(z1):
        correlation = joint_sum(z1.T @ z2, across_ranks) / n
    diagonal = torch.eye(len(correlation), dtype=torch.bool, device=correlation.device)
    return BarlowTwinsTerms(
        (1 - correlation.diagonal()).square().sum(), correlation.masked_fill(diagonal, 0).square().sum()
    )
