"""k-means by mini-batches, for more rows and clusters than Lloyd's algorithm can go over often."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.feature_source import FeatureSource
from graphcl.heads.row_blocks import RowBlocks
from graphcl.heads.starts import CANDIDATE_ROWS
from graphcl.typing import Nodes

BATCH_ROWS = 8192
"""Rows of a mini-batch, or 4 rows per cluster if that is more."""

PASSES = 3
"""How often every row is seen."""


def mini_batch_kmeans(
    z: Nodes | FeatureSource, n_clusters: int, *, n_init: int = 10, seed: int = 0
) -> Float[Tensor, "k d"]:
    """Centres by mini-batch k-means [Sculley, WWW 2010], by scikit-learn's `MiniBatchKMeans.partial_fit`.

    It starts from the best of `n_init` runs of k-means on a random sample of 10,000 rows, or 10 rows per cluster
    if that is more, and then sees all rows three times, in random order, 8,192 at a time, or 4 per cluster if that
    is more. No empty cluster is moved. Beside the order of the rows, one mini-batch is in memory.

    Args:
        z: (n, d), dense, in memory or mapped from a file, or a feature source of dense rows; n >= n_clusters.
        n_clusters: number of clusters, k, at least 1.
        n_init: initialisations on the sample, at least 1.
        seed: random seed of the sample, the initialisations and the order; 0 is a seed.

    Returns:
        (k, d), on the CPU, in float32 or wider.

    Example:
        >>> z = torch.cat([torch.zeros(10, 1), torch.ones(10, 1)])
        >>> mini_batch_kmeans(z, 2).sort(0).values
        tensor([[0.],
                [1.]])
    """
    from sklearn.cluster import KMeans, MiniBatchKMeans

    blocks, generator = RowBlocks(z), torch.Generator().manual_seed(seed)
    sample = torch.randperm(len(blocks), generator=generator)[: max(CANDIDATE_ROWS, 10 * n_clusters)]
    start = KMeans(n_clusters, n_init=n_init, random_state=seed).fit(blocks.gather(sample).numpy())
    size = max(BATCH_ROWS, 4 * n_clusters)
    random = np.random.RandomState(seed)
    model = MiniBatchKMeans(
        n_clusters,
        init=start.cluster_centers_,
        n_init=1,
        batch_size=size,
        reassignment_ratio=0,
        random_state=random,
    )
    for _ in range(PASSES):
        for rows in torch.randperm(len(blocks), generator=generator).split(size):
            model.partial_fit(blocks.gather(rows.sort().values).numpy())
    return torch.from_numpy(model.cluster_centers_)
