"""k-means++ initialisation."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.precision import at_least_float32
from graphcl.typing import Nodes

CANDIDATE_ROWS = 10_000
"""Size of the random sample of rows from which the centres of an initialisation are chosen."""


def kmeans_starts(z: Nodes, n_clusters: int, *, n_init: int, seed: int) -> Float[Tensor, "r k d"]:
    """Initial centres by scikit-learn's greedy k-means++ [Arthur and Vassilvitskii, SODA 2007].

    Up to 10,000 rows, or 10 rows per cluster if that is more, they are those that scikit-learn's `KMeans` draws
    from the same seed; beyond, each initialisation draws from a random sample of that size. Only the sample is
    copied to the CPU.

    Args:
        z: (n, d), dense, on any device; n >= n_clusters.
        n_clusters: number of clusters, k, at least 1.
        n_init: number of initialisations, r, at least 1.
        seed: random seed of the samples and of k-means++; 0 is a seed.

    Returns:
        (n_init, n_clusters, d): rows of z in float32 or wider, on its device.

    Example:
        >>> kmeans_starts(torch.tensor([[0.0], [5.0]]), 2, n_init=1, seed=0).sort(1).values
        tensor([[[0.],
                 [5.]]])
    """
    from sklearn.cluster import kmeans_plusplus
    from sklearn.utils.random import sample_without_replacement

    random, size = np.random.RandomState(seed), max(CANDIDATE_ROWS, 10 * n_clusters)
    starts = []
    for _ in range(n_init):
        rows = z.detach()
        if len(z) > size:
            drawn = sample_without_replacement(len(z), size, random_state=random)
            rows = rows[torch.from_numpy(drawn).to(z.device)]
        centres, _ = kmeans_plusplus(at_least_float32(rows).cpu().numpy(), n_clusters, random_state=random)
        starts.append(torch.from_numpy(centres))
    return torch.stack(starts).to(z.device)
