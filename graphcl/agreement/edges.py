"""Edge term r of criterion J: assortativity, the correlation of each cluster's indicator across an edge."""

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import csr_array, triu
from torch import Tensor

from graphcl.typing import Labels


class EdgeView:
    """Edges of a graph, preprocessed to compute the assortativity of many clusterings.

    Args:
        adjacency: symmetric and non-negative, (n, n).
        device: the device of the labels.
    """

    def __init__(self, adjacency: csr_array, device: torch.device | None = None) -> None:
        upper = triu(adjacency, format="coo")
        ends = (
            np.where(upper.row == upper.col, 1.0, 2.0) * upper.data
        )  # a self-loop of weight w adds w to the degree
        self.row = torch.from_numpy(upper.row).long().to(device)
        self.column = torch.from_numpy(upper.col).long().to(device)
        self.ends = torch.from_numpy(ends).to(device)
        self.degree = torch.from_numpy(np.asarray(adjacency.sum(axis=1), dtype=np.float64)).to(device)

    def correlation(self, labels: Labels, n_clusters: int) -> Float[Tensor, " k"]:
        """Assortativity r_c = (h_c - v_c) / (1 - v_c) of each cluster c, in float64.

        h_c is the fraction of the edge ends in c whose other end is also in c, v_c the fraction of all edge ends
        that are in c. A cluster without edge ends, or with all of them, has r_c = 0.

        Args:
            labels: (n,), in [0, n_clusters), on the device of the view.
            n_clusters: k.

        Example:
            >>> pair = csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
            >>> EdgeView(pair).correlation(torch.tensor([0, 1]), 2)
            tensor([-1., -1.], dtype=torch.float64)
        """
        cluster = labels[self.row]
        same = cluster == labels[self.column]
        inside = torch.bincount(cluster[same], self.ends[same], minlength=n_clusters)
        volume = torch.bincount(labels, self.degree, minlength=n_clusters)
        share = volume / self.degree.sum().clamp(min=torch.finfo(volume.dtype).tiny)
        held = inside / torch.where(volume > 0, volume, 1)
        defined = (volume > 0) & (share < 1)
        return torch.where(defined, (held - share) / torch.where(defined, 1 - share, 1), 0)

    def correlations(self, labels: Int[Tensor, "m n"], n_clusters: int) -> Float[Tensor, "m k"]:
        """Assortativity of the clusters of several clusterings, one per row."""
        return torch.stack([self.correlation(row, n_clusters) for row in labels])
