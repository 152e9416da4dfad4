"""Spectral clustering of rows whose products are the affinities, without the n x n matrix."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from scipy.linalg import eigh
from scipy.sparse.linalg import LinearOperator, eigsh
from torch import Tensor

from graphcl.heads.kmeans import kmeans
from graphcl.typing import Labels, Nodes

DENSE = 256
"""Up to so many rows the matrix is small, and solved as a whole."""


class SpectralRows(NamedTuple):
    """Rows of the spectral embedding, (n, k), and the eigenvalues in descending order, (k,)."""

    rows: Float[Tensor, "n k"]
    values: Float[Tensor, " k"]


def spectral_embedding(z: Nodes, channels: int) -> SpectralRows:
    """Spectral embedding for the affinities Z Z' without their diagonal: time O(n d) a step of Lanczos' algorithm.

    With D_i = z_i . sum_j z_j - |z_i|^2, the degree without self-affinity, the eigenvectors of the largest
    eigenvalues of

        D^-1/2 (Z Z' - diag |z_i|^2) D^-1/2

    and their rows divided by the roots of D, as scikit-learn's `spectral_embedding` computes them of the dense
    matrix of affinities. It is applied as v -> D^-1/2 (Z (Z' D^-1/2 v) - |z|^2 D^-1/2 v), in float64.

    Args:
        z: Z, (n, d), rows with products of at least 0, for instance without negative entries.
        channels: k, number of eigenvectors, from 1 to n.

    Raises:
        ValueError: channels out of range, or a row whose affinities sum to less than 0.

    Example:
        >>> z = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
        >>> spectral_embedding(z, 2).values  # two components
        tensor([1., 1.])
    """
    n = len(z)
    if not 1 <= channels <= n:
        raise ValueError(f"channels must be from 1 to the {n} rows; got {channels}")
    rows = z.detach().cpu().double().numpy()
    squares = np.square(rows).sum(1)
    degree = rows @ rows.sum(0) - squares
    slack = 1e-6 * max(float(squares.max()), np.finfo(float).tiny)
    if degree.min() < -slack * n:
        raise ValueError(
            f"affinities must not be negative; got a row of z whose products sum to {degree.min():.3g}; scale the "
            "rows to [0, 1] first, or cluster them by k-means"
        )
    root = np.sqrt(np.where(degree > slack, degree, 1))
    if n <= max(DENSE, channels + 1):
        matrix = rows @ rows.T
        np.fill_diagonal(matrix, 0)
        values, vectors = eigh(matrix / np.outer(root, root))
    else:
        scaled, kept = rows / root[:, None], 1 - squares / root**2
        plus_one = LinearOperator(  # eigenvalues in [0, 2]: Lanczos' algorithm refuses a matrix of zeros
            (n, n), matvec=lambda v: scaled @ (scaled.T @ v.ravel()) + kept * v.ravel(), dtype=np.float64
        )
        values, vectors = eigsh(plus_one, channels, which="LA", v0=np.random.default_rng(0).uniform(-1, 1, n))
        values -= 1
    order = np.argsort(values)[::-1][:channels]
    found = torch.from_numpy(vectors[:, order] / root[:, None]), torch.from_numpy(values[order].copy())
    return SpectralRows(*(part.to(z.dtype) for part in found))


def spectral_clusters(z: Nodes, n_clusters: int, *, n_init: int = 10, seed: int = 0) -> Labels:
    """Spectral clustering with the affinities Z Z': k-means on the rows of `spectral_embedding`.

    Args:
        z: (n, d), rows with products of at least 0.
        n_clusters: number of clusters, and of eigenvectors.
        n_init: restarts of k-means.
        seed: of its initialisations.

    Returns:
        (n,), int64, on the CPU.

    Raises:
        ValueError: as for `spectral_embedding`.

    Example:
        >>> z = torch.tensor([[1.0, 0.1], [1.0, 0.0], [0.0, 1.0], [0.1, 1.0]])
        >>> labels = spectral_clusters(z, 2)
        >>> bool(labels[0] == labels[1] != labels[2] == labels[3])
        True
    """
    rows = spectral_embedding(z.double(), n_clusters).rows
    return kmeans(rows, n_clusters, n_init=n_init, seed=seed)[0].cpu()
