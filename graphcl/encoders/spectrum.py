"""Few columns in place of many: truncated singular vectors of features, leading axes of embeddings."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.sparse import unit_rows
from graphcl.typing import Nodes

OVERSAMPLING = 10
"""Columns beyond those asked for, in the random projection; scikit-learn's number."""


class Axes(NamedTuple):
    """Leading axes of an uncentred cloud of rows, and the sums of squares along them, largest first."""

    vectors: Float[Tensor, "d k"]
    weights: Float[Tensor, " k"]


def right_singular_vectors(x: Nodes, channels: int) -> Float[Tensor, "d k"]:
    """The leading right singular vectors of the features, by random projection and three power iterations.

    Draws come from torch's global generator.

    Args:
        x: (n, d), dense or CSR.
        channels: how many, at least 1; capped by n and d.

    Returns:
        V, (d, k), orthonormal columns; `x @ V` are the reduced features.

    Example:
        >>> x = torch.diag(torch.tensor([1.0, 5.0, 3.0]))
        >>> right_singular_vectors(x, 1).abs().round(decimals=3).T
        tensor([[0., 1., 0.]])

    Reference: [Halko, Martinsson, Tropp, SIAM Review 2011], as in `torch.svd_lowrank`.
    """
    size = min(x.shape)
    vectors: Tensor = torch.svd_lowrank(x, q=min(channels + OVERSAMPLING, size), niter=3)[2]
    return vectors[:, : min(channels, size)]


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


def reduce_features(x: Nodes, basis: Float[Tensor, "d k"] | None) -> Float[Tensor, "n k"]:
    """Rows of unit length, then their coordinates in a basis; dense, and unreduced where there is no basis.

    Example:
        >>> reduce_features(torch.tensor([[3.0, 4.0]]), torch.eye(2)[:, :1])
        tensor([[0.6000]])
    """
    rows = unit_rows(x)
    return rows.to_dense() if basis is None else rows @ basis
