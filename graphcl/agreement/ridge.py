"""Feature term R2 of criterion J: cross-validated ridge regression of cluster indicators on features."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.ops.graph_matrices.cluster_sums import ENTRIES, cluster_sums
from graphcl.typing import Nodes

RIDGE = 0.1
"""Ridge penalty, relative to the mean eigenvalue of the centred Gram matrix of the fitted rows."""


class CrossFittedRidge:
    """Two-fold cross-validated ridge regression of cluster indicators on features.

    The Gram matrices of the two random folds are inverted once. A clustering enters through the sums of the
    features over each cluster and fold; its errors follow from them in closed form, without predictions for single
    nodes.

    Args:
        z: features, (n, d), dense, not necessarily centred.
        generator: of the two folds, on the CPU.
    """

    def __init__(self, z: Nodes, generator: torch.Generator | None = None) -> None:
        n = len(z)
        self.z = z
        self.half = (torch.randperm(n, generator=generator) % 2).to(z.device)
        self.count = torch.bincount(self.half, minlength=2).double()
        self.sum = cluster_sums(z, self.half[None], 2)[0]
        self.gram = torch.stack([_gram(z, self.half == half) for half in (0, 1)])
        self.inverse = torch.stack([_ridge_inverse(self.gram[h], self.sum[h], self.count[h]) for h in (0, 1)])
        self.inverse_of_all = _ridge_inverse(self.gram.sum(0), self.sum.sum(0), self.count.sum())

    def sums(
        self, labels: Int[Tensor, "m n"], n_clusters: int
    ) -> tuple[Float[Tensor, "m 2 k d"], Float[Tensor, "m 2 k"]]:
        """Sums of the features, and numbers of nodes, by clustering, fold and cluster."""
        m, k = len(labels), n_clusters
        group = labels + k * self.half
        offset = 2 * k * torch.arange(m, device=labels.device)[:, None]
        size = torch.bincount((group + offset).flatten(), minlength=2 * k * m).double()
        return cluster_sums(self.z, group, 2 * k).view(m, 2, k, -1), size.view(m, 2, k)

    def r2(self, sums: Float[Tensor, "m 2 k d"], sizes: Float[Tensor, "m 2 k"]) -> Float[Tensor, "m k"]:
        """Cross-validated coefficient of determination R2_c = 1 - SSE_c / SST_c of each cluster's indicator.

        SSE_c is the sum of squared errors on both held-out folds, SST_c the total sum of squares around the mean
        over all nodes. An empty cluster, or one with all nodes, has R2_c = 0.

        Args:
            sums: from `sums`.
            sizes: from `sums`.
        """
        error = torch.zeros_like(sizes[:, 0])
        for fit, read in ((0, 1), (1, 0)):
            slope, offset = _solve(sums[:, fit], sizes[:, fit], self.inverse[fit], self.sum[fit], self.count[fit])
            along = slope @ self.sum[read]
            square = (slope @ self.gram[read] * slope).sum(-1)
            square += self.count[read] * offset.square() + 2 * offset * along
            product = offset * sizes[:, read] + (slope * sums[:, read]).sum(-1)
            error += sizes[:, read] - 2 * product + square
        size = sizes.sum(1)
        spread = size * (1 - size / self.count.sum())
        return torch.where(spread > 0, 1 - error / torch.where(spread > 0, spread, 1), 0)

    def solve(
        self, sums: Float[Tensor, "m 2 k d"], sizes: Float[Tensor, "m 2 k"]
    ) -> tuple[Float[Tensor, "m k d"], Float[Tensor, "m k"]]:
        """Coefficients and intercepts of the ridge regression of the indicators on the features of all nodes."""
        return _solve(sums.sum(1), sizes.sum(1), self.inverse_of_all, self.sum.sum(0), self.count.sum())


def _gram(z: Tensor, chosen: Tensor) -> Tensor:
    """Gram matrix of the chosen rows, accumulated in float64 from products in the precision of z."""
    total = torch.zeros(z.size(1), z.size(1), dtype=torch.float64, device=z.device)
    rows = max(ENTRIES // z.size(1), 1)
    for start in range(0, len(z), rows):
        part = z[start : start + rows][chosen[start : start + rows]]
        total += part.T @ part
    return total


def _ridge_inverse(gram: Tensor, total: Tensor, count: Tensor) -> Tensor:
    """(C + RIDGE tr(C)/d I)^-1 of the centred Gram matrix C; zero if the features are constant."""
    centred = gram - torch.outer(total, total) / count.clamp(min=1)
    mean = centred.diagonal().mean()
    eye = torch.eye(len(gram), dtype=gram.dtype, device=gram.device)
    if mean <= 1e-6 * gram.diagonal().mean():
        return torch.zeros_like(eye)
    inverse: Tensor = torch.linalg.inv(centred + RIDGE * mean * eye)
    return inverse


def _solve(sums: Tensor, sizes: Tensor, inverse: Tensor, total: Tensor, count: Tensor) -> tuple[Tensor, Tensor]:
    """Coefficients and intercepts, for uncentred features, of a regression on centred features."""
    share = sizes / count.clamp(min=1)
    slope = (sums - share[..., None] * total) @ inverse
    return slope, share - slope @ total / count.clamp(min=1)
