"""k-means: by scikit-learn on the CPU, in torch on any other device."""

from typing import Any

import torch
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

from graphcl.heads.lloyd import lloyd
from graphcl.heads.nearest import nearest_centre
from graphcl.heads.starts import kmeans_starts
from graphcl.ops.cluster_sums import cluster_sums
from graphcl.ops.precision import at_least_float32
from graphcl.ops.sparse import to_scipy
from graphcl.typing import Labels, Nodes

SAMPLE = 5000
"""Rows that `kmeans_on_sample` fits on, where there are more."""


def kmeans(
    z: Nodes, n_clusters: int, *, n_init: int = 10, max_iter: int = 300, seed: int = 0
) -> tuple[Labels, Float[Tensor, "k d"]]:
    """Lloyd's k-means from k-means++ starts; the best of `n_init` by inertia.

    Rows on the CPU, and sparse ones, go to scikit-learn's `KMeans`; dense rows on another device stay there, see
    `lloyd` and `kmeans_starts`. Both do the same: they differ by rounding and, beyond 10,000 rows, in starts.

    Args:
        z: (n, d), dense or CSR, on any device; n >= n_clusters.
        n_clusters: at least 1.
        n_init: restarts, at least 1.
        max_iter: rounds of each restart, at least 1.
        seed: of the starts; 0 is a seed.

    Returns:
        Labels (n,) in [0, n_clusters) and centres (n_clusters, d), on the device and in the dtype of z.

    Raises:
        ValueError: fewer rows than clusters.

    Example:
        >>> labels, centres = kmeans(torch.tensor([[0.0], [0.1], [5.0]]), 2)
        >>> bool(labels[0] == labels[1] != labels[2])
        True
    """
    from sklearn.cluster import KMeans

    if len(z) < n_clusters:
        raise ValueError(f"n_clusters must be at most the number of nodes; got {n_clusters} for {len(z)} nodes")
    if z.device.type != "cpu" and z.layout == torch.strided:
        labels, centres = lloyd(z, kmeans_starts(z, n_clusters, n_init=n_init, seed=seed), max_iter=max_iter)
        return labels, centres.to(z.dtype)
    fitted = KMeans(n_clusters, n_init=n_init, max_iter=max_iter, random_state=seed).fit(_table(z))
    labels = torch.as_tensor(fitted.labels_, dtype=torch.long, device=z.device)
    return labels, torch.as_tensor(fitted.cluster_centers_, dtype=z.dtype, device=z.device)


def kmeans_on_sample(z: Nodes, n_clusters: int, *, n_init: int = 3, rounds: int = 5, seed: int = 0) -> Labels:
    """k-means whose cost hardly grows with n: fitted on 5000 random rows, then a few rounds of Lloyd's on all.

    Up to 5000 rows it is `kmeans` with at most 100 rounds; beyond, 50 rounds on the sample. A centre that loses
    all its rows stays where it is.

    Args:
        z: (n, d), dense, on any device; n >= n_clusters.
        n_clusters: at least 1.
        n_init: restarts on the sample, at least 1.
        rounds: on all rows, at least 0; they end early where nothing changes.
        seed: of the sample and the starts; 0 is a seed.

    Returns:
        Labels (n,) in [0, n_clusters), on the device of z.

    Raises:
        ValueError: fewer rows than clusters.

    Example:
        >>> z = torch.cat([torch.zeros(4000, 1), torch.ones(4000, 1)])
        >>> kmeans_on_sample(z, 2).bincount()
        tensor([4000, 4000])
    """
    if len(z) <= SAMPLE:
        return kmeans(z, n_clusters, n_init=n_init, max_iter=100, seed=seed)[0]
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randperm(len(z), generator=generator)[: max(SAMPLE, 10 * n_clusters)].to(z.device)
    centres = kmeans(z[rows], n_clusters, n_init=n_init, max_iter=50, seed=seed)[1]
    labels = nearest_centre(z, centres)
    for _ in range(rounds):
        centres = _means(z, labels, centres)
        before, labels = labels, nearest_centre(z, centres)
        if torch.equal(before, labels):
            break
    return labels


def _means(z: Tensor, labels: Tensor, centres: Tensor) -> Tensor:
    """The mean of each cluster's rows; the old centre where there are none."""
    size = torch.bincount(labels, minlength=len(centres))[:, None]
    sums = cluster_sums(z, labels[None], len(centres))[0].to(z.dtype)
    return torch.where(size > 0, sums / size.clamp(min=1), centres)


def _table(z: Tensor) -> NDArray[Any] | csr_array:
    """The rows in the form that scikit-learn takes: sparse ones with 32-bit indices."""
    z = at_least_float32(z.detach()).cpu()
    return to_scipy(z, narrow=True) if z.layout == torch.sparse_csr else z.numpy()
