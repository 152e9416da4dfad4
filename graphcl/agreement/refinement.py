"""Refinement of clusterings: ridge regression on the features, then personalised PageRank over the edges."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.agreement.ridge import CrossFittedRidge
from graphcl.encoders import personalized_pagerank
from graphcl.ops.graph_matrices.cluster_sums import ENTRIES

RESTART = 0.15
"""Restart probability of personalised PageRank."""

STEPS = 10
"""Number of steps of personalised PageRank."""

SIZE_POWER = -0.25
"""Exponent of the relative cluster sizes that scale the scores, so that large clusters grow more slowly."""


class Solution(NamedTuple):
    """Linear cluster scores: coefficients and intercepts for features that are not centred."""

    slope: Float[Tensor, "m k d"]
    offset: Float[Tensor, "m k"]


class Refinement:
    """Ridge regression of cluster indicators, smoothed over the edges, for several clusterings at a time.

    The smoothing P (personalised PageRank) is linear: P (Z W + 1 b') = (P Z) W + (P 1) b'. P Z and P 1 are
    computed once, so that an iteration costs one dense product.

    Args:
        ridge: the regression on the features.
        smoother: normalised adjacency matrix, (n, n), CSR, on the device of the features.
    """

    def __init__(self, ridge: CrossFittedRidge, smoother: Float[Tensor, "n n"]) -> None:
        ones = torch.ones_like(ridge.z[:, :1])
        self.features = personalized_pagerank(ridge.z, smoother, restarts=[RESTART], steps=STEPS)[0]
        self.one = personalized_pagerank(ones, smoother, restarts=[RESTART], steps=STEPS)[0, :, 0]
        self.ridge = ridge

    def solve(self, sums: Float[Tensor, "m 2 k d"], sizes: Float[Tensor, "m 2 k"]) -> Solution:
        """Ridge regression of the cluster indicators, scaled by cluster sizes; an empty cluster has score 0."""
        slope, offset = self.ridge.solve(sums, sizes)
        size = sizes.sum(1)
        scale = (size.clamp(min=1) / size.mean(1, keepdim=True)) ** SIZE_POWER
        return Solution(scale[..., None] * slope, scale * offset)

    def scores(self, solution: Solution, rows: slice = slice(None)) -> Float[Tensor, "m k b"]:
        """Smoothed cluster scores of all nodes, or of a slice of them."""
        m, k, d = solution.slope.shape
        dtype = self.features.dtype
        spread = solution.slope.to(dtype).view(m * k, d) @ self.features[rows].T
        spread += torch.outer(solution.offset.to(dtype).flatten(), self.one[rows])
        return spread.view(m, k, -1)

    def labels(self, solution: Solution) -> Int[Tensor, "m n"]:
        """Cluster with the highest score for each node; a cluster that is left empty is filled anew.

        It gets the nodes whose highest score is lowest, a tenth of a mean cluster, at least one.
        """
        rows = max(ENTRIES // solution.offset.numel(), 1)
        starts = range(0, len(self.features), rows)
        parts = [self.scores(solution, slice(start, start + rows)).max(1) for start in starts]
        labels = torch.cat([part.indices for part in parts], dim=1)
        fit = torch.cat([part.values for part in parts], dim=1)
        m, k = solution.offset.shape
        sizes = torch.zeros(m, k, dtype=torch.long, device=labels.device)
        sizes.scatter_add_(1, labels, torch.ones_like(labels))
        for i in (sizes == 0).any(1).nonzero()[:, 0].tolist():
            _fill_empty(labels[i], fit[i], sizes[i])
        return labels


def _fill_empty(labels: Tensor, fit: Tensor, sizes: Tensor) -> None:
    """Give each empty cluster the worst-fitted nodes of clusters that do not become empty by it; in place."""
    share = max(len(labels) // (10 * len(sizes)), 1)
    for cluster in (sizes == 0).nonzero()[:, 0].tolist():
        kept = sizes[labels] <= share
        worst = fit.masked_fill(kept, torch.inf).topk(share, largest=False).indices
        labels[worst], fit[worst] = cluster, torch.inf
        sizes.copy_(labels.bincount(minlength=len(sizes)))
