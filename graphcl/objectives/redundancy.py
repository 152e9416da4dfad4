"""Redundancy reduction between two views: losses on the covariances of standardised columns.

They need no negatives; time is O(n d^2) and memory O(n d + d^2) for n rows of width d.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.machine.distributed import RankRows, max_over_ranks, rows_of_ranks, sum_over_ranks
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Nodes

CONSTANT = 16
"""A column counts as constant if its standard deviation is below 16 machine epsilons of its largest entry."""


class CCATerms(NamedTuple):
    """The terms of CCA-SSG's loss, scalars: invariance, and the decorrelation of either view."""

    invariance: Float[Tensor, ""]
    decorrelation1: Float[Tensor, ""]
    decorrelation2: Float[Tensor, ""]


def cca_ssg(h1: Nodes, h2: Nodes, *, decorrelation_weight: float, across_ranks: bool = False) -> Float[Tensor, ""]:
    """CCA-SSG's loss, a soft canonical correlation analysis: invariance + lambda (decorrelation of both views).

    With Z_v the columns of H_v standardised over the nodes, C = Z_1' Z_2 / n and G_v = Z_v' Z_v / n:

        L = -tr C + lambda ( |I - G_1|_F^2 + |I - G_2|_F^2 )

    Up to a constant -tr C is |Z_1 - Z_2|_F^2 / (2n), the paper's form of the first term. As in the authors' code,
    columns are standardised with the divisor n - 1 and the covariances divided by n: the diagonal of G_v is
    (n - 1) / n. The least value is about -d.

    Args:
        h1: embeddings of the first view, (n, d), of any scale; see `standardise_columns` for constant columns.
        h2: embeddings of the second view of the same nodes, (n, d).
        decorrelation_weight: lambda, at least 0; 5e-4 or 1e-3 in the authors' settings.
        across_ranks: whether mean, variance and covariances are those of the rows of all ranks of
            torch.distributed: their sums are added up over ranks. The value is equal on all ranks, and DDP's mean
            over ranks is the gradient of the joint batch, also for unequal numbers of rows.

    Returns:
        A scalar in float32 at least; gradients reach both views. A single row gives 2 lambda d.

    Raises:
        ValueError: views of different shapes, no rows, also of a single rank, or a negative weight.

    Example:
        >>> h = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
        >>> cca_ssg(h, 5 * h + 2, decorrelation_weight=1.0)  # -2 * 3 / 4 + 2 * 2 * (1 / 4)^2
        tensor(-1.2500)

    Reference:
        [Zhang, Wu, Yan, Wipf, Yu, "From Canonical Correlation Analysis to Self-supervised Graph Neural Networks",
        NeurIPS 2021, arXiv 2106.12484]; the authors' `main.py`, github.com/hengruizhang98/CCA-SSG at ce5b2c0.
    """
    if not decorrelation_weight >= 0:
        raise ValueError(f"decorrelation_weight must not be negative; got {decorrelation_weight}")
    terms = cca_ssg_terms(h1, h2, across_ranks=across_ranks)
    return terms.invariance + decorrelation_weight * (terms.decorrelation1 + terms.decorrelation2)


def cca_ssg_terms(h1: Nodes, h2: Nodes, *, across_ranks: bool = False) -> CCATerms:
    """Terms of `cca_ssg` before weighting: -tr C, |I - G_1|_F^2 and |I - G_2|_F^2.

    Args:
        h1: embeddings of the first view, (n, d).
        h2: embeddings of the second view of the same nodes, (n, d).
        across_ranks: as for `cca_ssg`.

    Raises:
        ValueError: views of different shapes, or no rows.

    Example:
        >>> h = torch.tensor([[1.0], [-1.0]])
        >>> torch.stack(cca_ssg_terms(h, -h))
        tensor([0.5000, 0.2500, 0.2500])
    """
    if h1.shape != h2.shape:
        raise ValueError(f"h1 and h2 must be views of the same nodes; got {tuple(h1.shape)} and {tuple(h2.shape)}")
    n = _rows(h1, across_ranks).total
    z1, z2 = (standardise_columns(h, across_ranks=across_ranks) for h in (h1, h2))
    with full_precision(z1):
        products = [(z1 * z2).sum(), z1.T @ z1, z2.T @ z2]
        invariance, gram1, gram2 = (_total(sums, across_ranks) / n for sums in products)
    identity = torch.eye(h1.size(1), dtype=gram1.dtype, device=gram1.device)
    return CCATerms(-invariance, (identity - gram1).square().sum(), (identity - gram2).square().sum())


def standardise_columns(h: Nodes, *, across_ranks: bool = False) -> Nodes:
    """Columns with mean 0 and standard deviation 1, with the divisor n - 1: (h - mean) / std.

    A constant column, up to rounding, becomes 0 and receives no gradient, where the authors' code has 0 / 0 = NaN.
    So does every column of a single row. Columns may have any scale: each is divided by its largest entry first.

    Args:
        h: (n, d).
        across_ranks: whether mean and standard deviation are those of the rows of all ranks.

    Raises:
        ValueError: no rows, also of a single rank.

    Example:
        >>> standardise_columns(torch.tensor([[1.0, 7.0], [2.0, 7.0], [3.0, 7.0]]))
        tensor([[-1.0000,  0.0000],
                [ 0.0000,  0.0000],
                [ 1.0000,  0.0000]])
    """
    h = at_least_float32(h)
    n = _rows(h, across_ranks).total
    limits = torch.finfo(h.dtype)
    largest = h.detach().abs().amax(0)
    if across_ranks:
        largest = max_over_ranks(largest)
    h = h / torch.where(largest >= limits.tiny, largest, 1)
    centred = h - _total(h.sum(0), across_ranks) / n
    variance = _total(centred.square().sum(0), across_ranks) / max(n - 1, 1)
    varies = variance > (CONSTANT * limits.eps) ** 2
    return centred * (torch.where(varies, variance, 1).rsqrt() * varies)


def _rows(h: Tensor, across_ranks: bool) -> RankRows:
    if not across_ranks and len(h) == 0:
        raise ValueError("there must be a row to standardise; got none; leave empty batches out")
    return rows_of_ranks(h) if across_ranks else RankRows((len(h),))


def _total(sums: Tensor, across_ranks: bool) -> Tensor:
    """Sums over the rows of this rank, or of all ranks."""
    return sum_over_ranks(sums) if across_ranks else sums
