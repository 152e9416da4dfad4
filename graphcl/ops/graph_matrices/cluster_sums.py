"""Per-cluster sums of rows (a segment sum), for several labelings at once."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.typing import Nodes

ENTRIES = 2**24
"""Most entries of a dense indicator or distance block held in memory at a time."""


def cluster_sums(z: Nodes, labels: Int[Tensor, "m n"], n_clusters: int) -> Float[Tensor, "m k d"]:
    """Sum the rows of each cluster, for m labelings at once: blockwise one-hot products accumulated in float64.

    Args:
        z: (n, d), dense.
        labels: (m, n), in [0, n_clusters), on the device of z.
        n_clusters: number of clusters, k.

    Example:
        >>> cluster_sums(torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([[0, 1, 1]]), 2)
        tensor([[[1.],
                 [6.]]], dtype=torch.float64)
    """
    m, n = labels.shape
    column = labels + n_clusters * torch.arange(m, device=z.device)[:, None]
    total = torch.zeros(m * n_clusters, z.size(1), dtype=torch.float64, device=z.device)
    rows = max(ENTRIES // (m * n_clusters), 1)
    for start in range(0, n, rows):
        part = column[:, start : start + rows].T
        indicator = z.new_zeros(len(part), m * n_clusters).scatter_(1, part, 1.0)
        total += indicator.T @ z[start : start + rows]
    return total.view(m, n_clusters, -1)
