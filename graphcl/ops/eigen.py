"""Eigenvectors of symmetric matrices, also of Gram matrices of low rank, on which LAPACK may not converge."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from scipy.linalg import eigh
from torch import Tensor

NEGLIGIBLE = 1e-30
"""Entries below this share of the largest one are set to 0 before the second attempt."""


class Eigen(NamedTuple):
    """Eigenvalues in ascending order, (d,), and eigenvectors in the columns of (d, d)."""

    values: Float[Tensor, " d"]
    vectors: Float[Tensor, "d d"]


def symmetric_eigen(matrix: Float[Tensor, "d d"]) -> Eigen:
    """Eigenvalues and eigenvectors of a symmetric matrix; `torch.linalg.eigh` where that converges.

    In float32 it fails on matrices of which entries or eigenvalues come near the smallest numbers of the type, as
    the Gram matrix of features with unused columns has them. Such a matrix is solved on the CPU in float64, by QR
    iterations, with entries below 1e-30 of its largest set to 0.

    Args:
        matrix: symmetric, (d, d), finite, d at least 1.

    Example:
        >>> symmetric_eigen(torch.diag(torch.tensor([2.0, 1e-42, 1.0]))).values.round(decimals=3)
        tensor([0., 1., 2.])
    """
    try:
        values, vectors = torch.linalg.eigh(matrix)
    except torch.linalg.LinAlgError:  # type: ignore[attr-defined]  # public, and documented
        return _in_float64(matrix)
    if bool(torch.isfinite(vectors).all()):
        return Eigen(values, vectors)
    return _in_float64(matrix)


def _in_float64(matrix: Tensor) -> Eigen:
    wide = matrix.detach().cpu().double()
    largest = wide.abs().max().clamp(min=torch.finfo(wide.dtype).tiny)
    wide = wide / largest
    values, vectors = eigh(torch.where(wide.abs() > NEGLIGIBLE, wide, 0).numpy(), driver="ev")
    return Eigen((torch.from_numpy(values) * largest).to(matrix), torch.from_numpy(vectors).to(matrix))
