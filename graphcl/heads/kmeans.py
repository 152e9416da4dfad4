"""k-means by scikit-learn, from tensors to tensors."""

from typing import Any

import torch
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

from graphcl.typing import Labels, Nodes


def kmeans(z: Nodes, n_clusters: int, *, n_init: int = 10, seed: int = 0) -> tuple[Labels, Float[Tensor, "k d"]]:
    """Lloyd's k-means from k-means++ starts; the best of `n_init` by inertia.

    Args:
        z: (n, d), dense or CSR, on any device; n >= n_clusters.
        n_clusters: at least 1.
        n_init: restarts, at least 1.
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
    fitted = KMeans(n_clusters, n_init=n_init, random_state=seed).fit(_table(z))
    labels = torch.as_tensor(fitted.labels_, dtype=torch.long, device=z.device)
    return labels, torch.as_tensor(fitted.cluster_centers_, dtype=z.dtype, device=z.device)


def nearest_centre(z: Nodes, centres: Float[Tensor, "k d"]) -> Labels:
    """The closest centre of each row by Euclidean distance; the first among equals.

    Example:
        >>> nearest_centre(torch.tensor([[1.0], [9.0]]), torch.tensor([[0.0], [10.0]]))
        tensor([0, 1])
    """
    return torch.cdist(z, centres).argmin(1)


def _table(z: Tensor) -> NDArray[Any] | csr_array:
    """The rows in the form that scikit-learn takes: sparse ones with 32-bit indices."""
    z = z.detach().cpu()
    if z.layout != torch.sparse_csr:
        return z.numpy()
    parts = (z.values().numpy(), z.col_indices().int().numpy(), z.crow_indices().int().numpy())
    return csr_array(parts, shape=(z.size(0), z.size(1)))
