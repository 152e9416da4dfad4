"""Dimensionality reduction: randomised truncated SVD of features, uncentred principal axes of embeddings."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.eigen import symmetric_eigen
from graphcl.ops.graph_matrices.sparse import scale_columns, unit_rows
from graphcl.typing import Nodes

OVERSAMPLING = 10
"""Additional columns of the random projection, as in scikit-learn's `randomized_svd`."""

POWER_ITERATIONS = 3


class Axes(NamedTuple):
    """Principal axes without centring, and the sums of squares along them, in descending order.

    Args:
        vectors: (d, k), orthonormal columns.
        weights: (k,), the eigenvalues of Z^T Z.
    """

    vectors: Float[Tensor, "d k"]
    weights: Float[Tensor, " k"]


def right_singular_vectors(
    x: Nodes, channels: int, *, generator: torch.Generator | None = None
) -> Float[Tensor, "d k"]:
    """Leading right singular vectors by randomised SVD with three power iterations.

    A random d x (k + 10) matrix is multiplied by X^T X four times and orthonormalised after each; the vectors are
    the principal axes of X in its column space.

    Args:
        x: X, (n, d), dense or CSR.
        channels: number of vectors, k, at least 1; at most min(n, d) are returned.
        generator: of the random projection, on the device of x.

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


def principal_components(
    x: Nodes, channels: int, *, generator: torch.Generator | None = None
) -> tuple[Float[Tensor, " d"], Float[Tensor, "d k"]]:
    """Mean and leading principal components (PCA), by randomised SVD of the centred features.

    As `right_singular_vectors`, with every product centred, so that sparse features stay sparse.

    Args:
        x: X, (n, d), dense or CSR.
        channels: number of components, k, at least 1; at most min(n, d) are returned.
        generator: of the random projection, on the device of x.

    Returns:
        The mean, (d,), and V, (d, k), orthonormal columns; `x @ V - mean @ V` are the reduced features.

    Example:
        >>> mean, axes = principal_components(torch.tensor([[1.0, 0.0], [1.0, 4.0], [1.0, 8.0]]), 1)
        >>> mean, axes.abs().round(decimals=3).T
        (tensor([1., 4.]), tensor([[0., 1.]]))

    Reference: [Halko, Martinsson, Tropp, SIAM Review 2011], algorithms 4.4 and 5.1.
    """
    n, d = x.shape
    size = min(n, d)
    transposed = x.mT.to_sparse_csr() if x.layout == torch.sparse_csr else x.mT
    mean = (transposed @ x.new_ones(n, 1, layout=torch.strided))[:, 0] / n
    shape = (d, min(channels + OVERSAMPLING, size))
    basis = torch.randn(shape, generator=generator, dtype=x.dtype, device=x.device)
    for _ in range(1 + POWER_ITERATIONS):
        centred = x @ basis - mean @ basis
        basis = torch.linalg.qr(transposed @ centred - mean[:, None] * centred.sum(0)).Q
    return mean, basis @ principal_axes(x @ basis - mean @ basis, min(channels, size)).vectors


def principal_axes(z: Nodes, channels: int) -> Axes:
    """Uncentred PCA: the leading eigenvectors and eigenvalues of Z^T Z.

    Args:
        z: Z, (n, d), dense.
        channels: number of axes, at least 1; at most d are returned.

    Example:
        >>> principal_axes(torch.tensor([[3.0, 0.0], [0.0, 2.0]]), 1).weights
        tensor([9.])
    """
    weights, vectors = symmetric_eigen(z.T @ z)
    return Axes(vectors.flip(1)[:, :channels], weights.flip(0)[:channels].clamp(min=0))


def reduce_features(
    x: Nodes, basis: Float[Tensor, "d k"] | None, weights: Float[Tensor, " d"] | None = None
) -> Float[Tensor, "n k"]:
    """Weight the columns, L2-normalise the rows, and project them onto a basis.

    Args:
        x: (n, d), dense or CSR.
        basis: (d, k); None keeps the columns.
        weights: (d,), column weights, for instance of `inverse_document_frequency`; None for 1.

    Returns:
        (n, k), dense.

    Example:
        >>> reduce_features(torch.tensor([[3.0, 4.0]]), torch.eye(2)[:, :1])
        tensor([[0.6000]])
    """
    rows = unit_rows(x if weights is None else scale_columns(x, weights))
    return rows.to_dense() if basis is None else rows @ basis
