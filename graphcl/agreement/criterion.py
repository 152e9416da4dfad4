"""Internal clustering criterion J = mean R2 + mean r, for one or several clusterings at a time."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.agreement.edges import EdgeView
from graphcl.agreement.ridge import CrossFittedRidge
from graphcl.agreement.views import Views
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.runtime import Runtime
from graphcl.typing import Labels


class Criterion:
    """Criterion J = mean_c R2_c + mean_c r_c of clusterings of one graph; an empty cluster has 0 for both.

    Args:
        ridge: the regression of clusters on the features.
        edges: the edges of the graph.

    Example:
        >>> import graphcl
        >>> from graphcl.agreement import two_views
        >>> karate, runtime = graphcl.datasets.load("karate").graph, Runtime.launch("cpu")
        >>> score = Criterion.of(two_views(karate, runtime), runtime).score(karate.y, 2)
        >>> score["J"] == (sum(score["R2"]) + sum(score["r"])) / 2
        True
    """

    def __init__(self, ridge: CrossFittedRidge, edges: EdgeView) -> None:
        self.ridge, self.edges = ridge, edges

    @classmethod
    def of(cls, views: Views, runtime: Runtime) -> "Criterion":
        """The criterion of a graph.

        Args:
            views: features and edges of the graph, from `two_views`.
            runtime: device, and seed of the two folds of the cross-validated regression.
        """
        halves = runtime.generator("halves", device=torch.device("cpu"))
        unit = views.features if views.basis is None else unit_rows(views.features)
        return cls(CrossFittedRidge(unit, halves), EdgeView(views.adjacency, unit.device))

    def parts(
        self, labels: Int[Tensor, "m n"], n_clusters: int
    ) -> tuple[Float[Tensor, "m k"], Float[Tensor, "m k"]]:
        """R2 and r of each clustering (row) and cluster (column), in float64; labels lie in [0, n_clusters)."""
        return self.ridge.r2(*self.ridge.sums(labels, n_clusters)), self.edges.correlations(labels, n_clusters)

    def score(self, labels: Labels, n_clusters: int) -> dict[str, Any]:
        """J, and the lists R2 and r with one value per cluster."""
        r2, r = self.parts(labels[None], n_clusters)
        return {"J": float(r2.mean() + r.mean()), "R2": r2[0].tolist(), "r": r[0].tolist()}
