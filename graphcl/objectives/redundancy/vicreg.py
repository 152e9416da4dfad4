"""VICReg: variance, invariance and covariance of the columns of two views."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.redundancy.columns import centre_columns, check_view_pair, joint_sum
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Nodes

FLOOR = 1e-4
"""Added to variances before the square root, whose derivative is then finite."""


class VICRegTerms(NamedTuple):
    """The terms of VICReg, scalars: invariance, and the mean over both views of variance and sum of covariance."""

    invariance: Float[Tensor, ""]
    variance: Float[Tensor, ""]
    covariance: Float[Tensor, ""]


def vicreg(
    h1: Nodes,
    h2: Nodes,
    *,
    invariance_weight: float = 25.0,
    variance_weight: float = 25.0,
    covariance_weight: float = 1.0,
    across_ranks: bool = False,
) -> Float[Tensor, ""]:
    """Loss of VICReg: equal rows in both views, columns with a standard deviation of 1 at least, no covariances.

    With S_v the covariance matrix of the columns of H_v over the nodes, of divisor n - 1:

        L = a |H_1 - H_2|_F^2 / (n d)
            + b / (2 d) sum_v sum_k max(0, 1 - sqrt((S_v)_kk + 1e-4)) + c / d sum_v sum_{k != l} (S_v)_kl^2

    With unit variances enforced in place of the hinge, the first and the last term are CCA-SSG's up to constants.
    PyGCL adds up the variances of both views where the original has their mean: that is b = 50.

    Args:
        h1: embeddings of the first view, (n, d), not normalised: their scale counts.
        h2: embeddings of the second view of the same nodes, (n, d).
        invariance_weight: a, at least 0.
        variance_weight: b, at least 0.
        covariance_weight: c, at least 0.
        across_ranks: whether mean and covariances are those of the rows of all ranks of torch.distributed, see
            `cca_ssg`.

    Returns:
        A scalar of at least 0, in float32 at least; gradients reach both views. Entries beyond 1e9 overflow
        float32. Equal rows, or a single one, have the variance term 0.99.

    Raises:
        ValueError: views of different shapes, no rows, also of a single rank, or a negative weight.

    Example:
        >>> h = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
        >>> vicreg(h, h), vicreg(torch.zeros(4, 2), torch.zeros(4, 2))
        (tensor(0.), tensor(24.7500))

    Reference:
        [Bardes, Ponce, LeCun, "VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised
        Learning", ICLR 2022, arXiv 2105.04906]; on graphs: PyGCL/PyGCL at 0e1bacb, and graphssl 0.2.0.
    """
    weights = {
        "invariance_weight": invariance_weight,
        "variance_weight": variance_weight,
        "covariance_weight": covariance_weight,
    }
    for name, weight in weights.items():
        if not weight >= 0:
            raise ValueError(f"{name} must not be negative; got {weight}")
    terms = vicreg_terms(h1, h2, across_ranks=across_ranks)
    return invariance_weight * terms.invariance + (
        variance_weight * terms.variance + covariance_weight * terms.covariance
    )


def vicreg_terms(h1: Nodes, h2: Nodes, *, across_ranks: bool = False) -> VICRegTerms:
    """Terms of `vicreg` before weighting; that of the covariances is the sum of both views', as in the original.

    Args:
        h1: embeddings of the first view, (n, d).
        h2: embeddings of the second view of the same nodes, (n, d).
        across_ranks: as for `vicreg`.

    Raises:
        ValueError: views of different shapes, or no rows.

    Example:
        >>> h = torch.tensor([[2.0, 2.0], [-2.0, -2.0]])
        >>> torch.stack(vicreg_terms(h, 0 * h))  # variances 8 and 0, covariances 8
        tensor([ 4.0000,  0.4950, 64.0000])
    """
    n = check_view_pair(h1, h2, across_ranks=across_ranks)
    h1, h2 = at_least_float32(h1), at_least_float32(h2)
    with full_precision(h1):
        invariance = joint_sum((h1 - h2).square().sum(), across_ranks) / (n * h1.size(1))
        centred = [centre_columns(h, across_ranks=across_ranks) for h in (h1, h2)]
        covariances = [joint_sum(c.T @ c, across_ranks) / max(n - 1, 1) for c in centred]
    variance, covariance = (
        torch.stack([term(matrix) for matrix in covariances]) for term in (_variance, _covariance)
    )
    return VICRegTerms(invariance, variance.mean(), covariance.sum())


def _variance(covariances: Float[Tensor, "d d"]) -> Float[Tensor, ""]:
    """How far standard deviations are below 1, the mean over columns."""
    return F.relu(1 - (covariances.diagonal() + FLOOR).sqrt()).mean()


def _covariance(covariances: Float[Tensor, "d d"]) -> Float[Tensor, ""]:
    """The squares off the diagonal, added up, over the number of columns."""
    diagonal = torch.eye(len(covariances), dtype=torch.bool, device=covariances.device)
    return covariances.masked_fill(diagonal, 0).square().sum() / len(covariances)
