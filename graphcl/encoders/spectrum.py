"""Few columns in place of many: truncated singular vectors of features, leading axes of embeddings."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.sparse import scale_columns, unit_rows
from graphcl.typing import Nodes

OVERSAMPLING = 10
"""Columns beyond those asked for, in the random projection; scikit-learn's number."""

POWER_ITERATIONS = 3


class Axes(NamedTuple):
    """Leading axes of an uncentred cloud of rows, and the sums of squares along them, largest first."""

    vectors: Float[Tensor, "d k"]
    weights: Float[Tensor, " k"]


def right_singular_vectors(
    x: Nodes, channels: int, *, generator: torch.Generator | None = None
) -> Float[Tensor, "d k"]:
    """The leading right singular vectors of the features, by random projection and three power iterations.

    A random basis of d x (k + 10) goes through X'X four times, orthonormal again after each, as three power
    iterations of the reference do; the vectors are the axes of X within it.

    Args:
        x: (n, d), dense or CSR.
        channels: how many, at least 1; capped by n and d.
        generator: of the projection, on the device of x.

    Returns:
        V, (d, k), orthonormal columns; `x @ V` are the reduced features.

    Example:
        >>> x = torch.diag(torch.tensor([1.0, 5.0, 3.0]))
        >>> right_singular_vectors(x, 1).abs().round(decimals=3).T
        tensor([[0., 1., 0.]])

    Reference: [Halko, Martinsson, Tropp, SIAM Review 2011], algorithms 4.4 and 5.1.
    """
    n, d = x.shape
    size = min(n, d)
    transposed = x.mT.to_sparse_csr() if x.layout == torch.sparse_csr else x.mT
    shape = (d, min(channels + OVERSAMPLING, size))
    basis = torch.randn(shape, generator=generator, dtype=x.dtype, device=x.device)
    for _ in range(1 + POWER_ITERATIONS):
        basis = torch.linalg.qr(transposed @ (x @ basis)).Q
    return basis @ principal_axes(x @ basis, min(channels, size)).vectors


def principal_axes(z: Nodes, channels: int) -> Axes:
    """The leading eigenvectors and eigenvalues of Z'Z, uncentred.

    Args:
        z: (n, d), dense.
        channels: how many, at least 1; capped by d.

    Example:
        >>> principal_axes(torch.tensor([[3.0, 0.0], [0.0, 2.0]]), 1).weights
        tensor([9.])
    """
    weights, vectors = torch.linalg.eigh(z.T @ z)
    return Axes(vectors.flip(1)[:, :channels], weights.flip(0)[:channels].clamp(min=0))


def reduce_features(
    x: Nodes, basis: Float[Tensor, "d k"] | None, weights: Float[Tensor, " d"] | None = None
) -> Float[Tensor, "n k"]:
    """Columns weighted, rows to unit length, then their coordinates in a basis; dense.

    Args:
        x: (n, d), dense or CSR.
        basis: (d, k); None leaves the columns as they are.
        weights: (d,), one for each column; None counts all alike.

    Example:
        >>> reduce_features(torch.tensor([[3.0, 4.0]]), torch.eye(2)[:, :1])
        tensor([[0.6000]])
    """
    rows = unit_rows(x if weights is None else scale_columns(x, weights))
    return rows.to_dense() if basis is None else rows @ basis
