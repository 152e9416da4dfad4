"""J: how well the features of a graph predict a clustering, and how well its edges respect it."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.agreement.edges import EdgeView
from graphcl.agreement.ridge import CrossFittedRidge
from graphcl.agreement.views import Views
from graphcl.ops.runtime import Runtime
from graphcl.ops.sparse import unit_rows
from graphcl.typing import Labels


class Criterion:
    """J = mean_c R2_c + mean_c r_c of labelings of one graph; an empty cluster counts 0 in both.

    Args:
        views: of the graph.
        runtime: its seed is that of the halves on which predictions are fitted and read.

    Example:
        >>> import graphcl
        >>> from graphcl.agreement import two_views
        >>> karate, runtime = graphcl.datasets.load("karate").graph, Runtime.launch("cpu")
        >>> score = Criterion(two_views(karate, runtime), runtime).score(karate.y, 2)
        >>> score["J"] == (sum(score["R2"]) + sum(score["r"])) / 2
        True
    """

    def __init__(self, views: Views, runtime: Runtime) -> None:
        halves = runtime.generator("halves", device=torch.device("cpu"))
        unit = views.features if views.basis is None else unit_rows(views.features)
        self.ridge = CrossFittedRidge(unit, halves)
        self.edges = EdgeView(views.adjacency, unit.device)

    def parts(
        self, labels: Int[Tensor, "m n"], n_clusters: int
    ) -> tuple[Float[Tensor, "m k"], Float[Tensor, "m k"]]:
        """R2 and r by labeling and cluster, in float64; labels lie in [0, n_clusters)."""
        return self.ridge.r2(*self.ridge.sums(labels, n_clusters)), self.edges.correlations(labels, n_clusters)

    def score(self, labels: Labels, n_clusters: int) -> dict[str, Any]:
        """J, and the lists R2 and r with one number for each cluster."""
        r2, r = self.parts(labels[None], n_clusters)
        return {"J": float(r2.mean() + r.mean()), "R2": r2[0].tolist(), "r": r[0].tolist()}
