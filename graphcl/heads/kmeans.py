"""k-means, by scikit-learn on the CPU and in PyTorch on other devices; and its approximation on a sample."""

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
from graphcl.ops.scale import scale_of
from graphcl.ops.sparse import to_scipy
from graphcl.typing import Labels, Nodes

FIT_ROWS = 5000
"""Size of the random sample that `kmeans_on_sample` fits on."""


def kmeans(
    z: Nodes, n_clusters: int, *, n_init: int = 10, max_iter: int = 300, seed: int = 0
) -> tuple[Labels, Float[Tensor, "k d"]]:
    """k-means clustering: Lloyd's algorithm with k-means++ initialisation; the best of `n_init` runs by inertia.

    Rows on the CPU and sparse rows are clustered by scikit-learn's `KMeans`, dense rows on another device on that
    device, see `lloyd` and `kmeans_starts`. The results agree up to rounding and, beyond 10,000 rows, the initial
    centres.

    Args:
        z: (n, d), dense or CSR, on any device, of any scale (see `graphcl.ops.scale`); n >= n_clusters.
        n_clusters: number of clusters, at least 1.
        n_init: number of initialisations, at least 1.
        max_iter: most iterations of each run, at least 1.
        seed: random seed of the initialisations; 0 is a seed.

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
        raise ValueError(
            f"n_clusters must be at most the number of rows; got {n_clusters} for {len(z)} rows; ask for fewer"
        )
    rows = at_least_float32(z.detach())
    scale = scale_of(rows)
    if z.device.type != "cpu" or scale != 1:
        rows = rows * scale
    if z.device.type != "cpu" and z.layout == torch.strided:
        labels, centres = lloyd(rows, kmeans_starts(rows, n_clusters, n_init=n_init, seed=seed), max_iter=max_iter)
        return labels, (centres / scale).to(z.dtype)
    fitted = KMeans(n_clusters, n_init=n_init, max_iter=max_iter, random_state=seed).fit(_table(rows))
    labels = torch.as_tensor(fitted.labels_, dtype=torch.long, device=z.device)
    centres = torch.as_tensor(fitted.cluster_centers_, device=z.device) / scale
    return labels, centres.to(z.dtype)


def kmeans_on_sample(z: Nodes, n_clusters: int, *, n_init: int = 3, rounds: int = 5, seed: int = 0) -> Labels:
    """Approximate k-means for large n: fit on a sample of 5000 rows, then a few Lloyd iterations on all rows.

    Up to 5000 rows it is `kmeans` with at most 100 iterations; beyond, with 50 on the sample. The centre of an
    empty cluster is kept.

    Args:
        z: (n, d), dense, on any device; n >= n_clusters.
        n_clusters: number of clusters, at least 1.
        n_init: number of initialisations on the sample, at least 1.
        rounds: most Lloyd iterations on all rows, at least 0; they stop early when no label changes.
        seed: random seed of the sample and the initialisations; 0 is a seed.

    Returns:
        Labels (n,) in [0, n_clusters), on the device of z.

    Raises:
        ValueError: fewer rows than clusters.

    Example:
        >>> z = torch.cat([torch.zeros(4000, 1), torch.ones(4000, 1)])
        >>> kmeans_on_sample(z, 2).bincount()
        tensor([4000, 4000])
    """
    if len(z) <= FIT_ROWS:
        return kmeans(z, n_clusters, n_init=n_init, max_iter=100, seed=seed)[0]
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randperm(len(z), generator=generator)[: max(FIT_ROWS, 10 * n_clusters)].to(z.device)
    centres = kmeans(z[rows], n_clusters, n_init=n_init, max_iter=50, seed=seed)[1]
    labels = nearest_centre(z, centres)
    for _ in range(rounds):
        centres = _means(z, labels, centres)
        before, labels = labels, nearest_centre(z, centres)
        if torch.equal(before, labels):
            break
    return labels


def _means(z: Tensor, labels: Tensor, centres: Tensor) -> Tensor:
    """Mean of the rows of each cluster; the previous centre of an empty cluster."""
    size = torch.bincount(labels, minlength=len(centres))[:, None]
    sums = cluster_sums(z, labels[None], len(centres))[0].to(z.dtype)
    return torch.where(size > 0, sums / size.clamp(min=1), centres)


def _table(z: Tensor) -> NDArray[Any] | csr_array:
    """Convert rows to what scikit-learn accepts: a NumPy array, or a SciPy CSR array with 32-bit indices."""
    z = z.cpu()
    return to_scipy(z, narrow=True) if z.layout == torch.sparse_csr else z.numpy()
