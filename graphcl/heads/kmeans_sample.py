"""k-means fitted on a sample of rows, with a few iterations on all of them."""

import torch
from torch import Tensor

from graphcl.heads.kmeans import kmeans
from graphcl.heads.nearest import nearest_centre
from graphcl.ops.graph_matrices.cluster_sums import cluster_sums
from graphcl.typing import Labels, Nodes

FIT_ROWS = 5000
"""Size of the random sample that `kmeans_on_sample` fits on."""


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
