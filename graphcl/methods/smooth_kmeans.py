"""SmoothKMeans: features smoothed over the graph, their leading axes, k-means. The mark to beat, in seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from torch import Tensor
from torch_geometric.data import Data

from graphcl.encoders import (
    normalized_adjacency,
    principal_axes,
    reduce_features,
    right_singular_vectors,
    simple_spectral_convolution,
)
from graphcl.heads import kmeans, nearest_centre
from graphcl.sparse import from_scipy, unit_rows
from graphcl.training import GraphClusterer
from graphcl.training.checkpoint import Checkpoint
from graphcl.training.loop import Callback
from graphcl.training.meter import measured
from graphcl.training.runtime import Runtime
from graphcl.training.validation import check_parameters
from graphcl.typing import Count, CountOrZero, Labels, Nodes, NonNegative


@dataclass(kw_only=True, eq=False, repr=False)
class SmoothKMeans(GraphClusterer):
    """Smooth the features over the graph, take their leading axes, run k-means: no training.

    Rows of x go to unit length and, where they are wider than `components`, to that many singular vectors: Z. With
    S = D^-1/2 (A + I) D^-1/2, F = alpha Z + 1/K sum_{k=1..K} S^k Z; its leading axes, rows to unit length again,
    go to k-means. Linear in nodes and edges. A directed graph is made undirected; `edge_weight` is honoured.

    Args:
        hops: K; 0 leaves the graph out.
        alpha: weight of the features themselves.
        components: columns of Z where x has more.
        axes: columns that k-means sees.
        n_init: restarts of k-means.

    Attributes:
        labels_: (n,), int64.
        embedding_: (n, axes), rows of unit length.
        cluster_centers_: (n_clusters, axes).

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> labels = SmoothKMeans(n_clusters=2).fit_predict(karate.graph)
        >>> graphcl.evaluation.clustering_scores(karate.graph.y, labels)["acc"] > 0.9
        True

    Reference: the smoothing is SSGC [Zhu and Koniusz, ICLR 2021].
    """

    name: ClassVar[str] = "smooth-k-means"
    accepts_edge_weight: ClassVar[bool] = True

    hops: CountOrZero = 5
    alpha: NonNegative = 0.05
    components: Count = 256
    axes: Count = 64
    n_init: Count = 10

    def fit(
        self,
        data: Data | Sequence[Data],
        y: object = None,  # noqa: ARG002
        *,
        callbacks: Sequence[Callback] = (),  # noqa: ARG002  (there are no epochs to report)
        cache: Path | None = None,  # noqa: ARG002  (and no pre-training to keep)
        checkpoint: Checkpoint | None = None,  # noqa: ARG002  (or to interrupt)
    ) -> Self:
        """Smooth and cluster."""
        check_parameters(self)
        [graph] = self._check(data)
        self._check_size(graph)
        runtime = Runtime.launch(self.device, self.precision, self.seed)
        self.stages_: list[dict[str, Any]] = []
        self.history_: list[dict[str, Any]] = []
        with runtime.seeded(), measured(self.stages_, "smooth"):
            graph = graph.to(runtime.device)
            self.basis_: Tensor | None = None
            if graph.x.size(1) > self.components:
                self.basis_ = right_singular_vectors(unit_rows(graph.x), self.components).cpu()
            smooth = self._smooth(graph)
            self.axes_: Tensor = principal_axes(smooth, self.axes).vectors.cpu()
            self.embedding_: Nodes = unit_rows(smooth.cpu() @ self.axes_)
        with measured(self.stages_, "assign"):
            self.labels_, self.cluster_centers_ = kmeans(
                self.embedding_, self.n_clusters, n_init=self.n_init, seed=self.seed
            )
        self.n_features_in_ = graph.x.size(1)
        return self

    def predict(self, data: Data) -> Labels:
        """The nearest centre of each node, also in a graph that `fit` did not see."""
        return nearest_centre(self.transform(data), self.cluster_centers_)

    def _embed(self, graphs: list[Data]) -> Nodes:
        device = Runtime.launch(self.device, self.precision, self.seed).device
        return unit_rows(self._smooth(graphs[0].to(device)).cpu() @ self.axes_)

    def _smooth(self, graph: Data) -> Nodes:
        basis = None if self.basis_ is None else self.basis_.to(graph.x.device)
        z = reduce_features(graph.x, basis)
        smoother = from_scipy(normalized_adjacency(graph.edge_index, len(z), graph.get("edge_weight")))
        return simple_spectral_convolution(z, smoother.to(z.device), hops=self.hops, alpha=self.alpha)
