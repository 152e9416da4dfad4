"""CCA-SSG's loss, a soft canonical correlation analysis of two views."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.redundancy.columns import check_view_pair, joint_sum, standardise_columns
from graphcl.ops.machine.precision import full_precision
from graphcl.typing import Nodes


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
    n = check_view_pair(h1, h2, across_ranks=across_ranks)
    z1, z2 = (standardise_columns(h, across_ranks=across_ranks) for h in (h1, h2))
    with full_precision(z1):
        products = [(z1 * z2).sum(), z1.T @ z1, z2.T @ z2]
        invariance, gram1, gram2 = (joint_sum(sums, across_ranks) / n for sums in products)
    identity = torch.eye(h1.size(1), dtype=gram1.dtype, device=gram1.device)
    return CCATerms(-invariance, (identity - gram1).square().sum(), (identity - gram2).square().sum())
