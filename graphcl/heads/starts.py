"""k-means++ initialisation."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.feature_source import FeatureSource, TensorFeatures
from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Nodes

CANDIDATE_ROWS = 10_000
"""Size of the random sample of rows from which the centres of an initialisation are chosen."""


def kmeans_starts(z: Nodes | FeatureSource, n_clusters: int, *, n_init: int, seed: int) -> Float[Tensor, "r k d"]:
    """Initial centres by scikit-learn's greedy k-means++ [Arthur and Vassilvitskii, SODA 2007].

    Up to 10,000 rows, or 10 rows per cluster if that is more, they are those that scikit-learn's `KMeans` draws
    from the same seed; beyond, each initialisation draws from a random sample of that size. Only the sample is
    copied to the CPU.

    Args:
        z: (n, d), dense, on any device, or a feature source of dense rows; n >= n_clusters.
        n_clusters: number of clusters, k, at least 1.
        n_init: number of initialisations, r, at least 1.
        seed: random seed of the samples and of k-means++; 0 is a seed.

    Returns:
        Rows of z, (n_init, n_clusters, d), in float32 or wider, on its device; those of a source on the CPU.

    Example:
        >>> kmeans_starts(torch.tensor([[0.0], [5.0]]), 2, n_init=1, seed=0).sort(1).values
        tensor([[[0.],
                 [5.]]])
    """
    from sklearn.cluster import kmeans_plusplus
    from sklearn.utils.random import sample_without_replacement

    random, most = np.random.RandomState(seed), max(CANDIDATE_ROWS, 10 * n_clusters)
    source: FeatureSource = TensorFeatures(z) if isinstance(z, Tensor) else z
    n, device = source.size(0), z.device if isinstance(z, Tensor) else torch.device("cpu")
    index, starts = torch.arange(min(n, most), device=device), []
    for _ in range(n_init):
        if n > most:
            index = torch.from_numpy(sample_without_replacement(n, most, random_state=random)).to(device)
        rows = at_least_float32(source.gather(index)).cpu().numpy()
        starts.append(torch.from_numpy(kmeans_plusplus(rows, n_clusters, random_state=random)[0]))
    return torch.stack(starts).to(device)
