"""SmoothKMeans: k-means on principal components of features smoothed over the graph; a strong baseline."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch_geometric.data import Data

from graphcl.encoders import (
    normalized_adjacency,
    principal_axes,
    reduce_features,
    right_singular_vectors,
    simple_spectral_convolution,
)
from graphcl.methods.bases.untrained import EmbeddingKMeans
from graphcl.ops.graph_matrices.sparse import from_scipy, unit_rows
from graphcl.typing import Count, CountOrZero, Nodes, NonNegative


@dataclass(kw_only=True, eq=False, repr=False)
class SmoothKMeans(EmbeddingKMeans):
    """k-means on the principal components of graph-smoothed features (SSGC): no training.

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
    revision: ClassVar[int] = 2
    accepts_edge_weight: ClassVar[bool] = True

    hops: CountOrZero = 5
    alpha: NonNegative = 0.05
    components: Count = 256
    axes: Count = 64

    def _fit_rows(self, graph: Data) -> Tensor:
        self.basis_: Tensor | None = None
        if graph.x.size(1) > self.components:
            self.basis_ = right_singular_vectors(unit_rows(graph.x), self.components).cpu()
        smooth = self._smooth(graph)
        self.axes_: Tensor = principal_axes(smooth, self.axes).vectors.cpu()
        return self._along_axes(smooth)

    def _rows(self, graph: Data) -> Nodes:
        return self._along_axes(self._smooth(graph.to(self._device())))

    def _smooth(self, graph: Data) -> Nodes:
        device = graph.x.device
        z = reduce_features(graph.x, None if self.basis_ is None else self.basis_.to(device))
        smoother = from_scipy(normalized_adjacency(graph.edge_index, len(z), graph.get("edge_weight")), z.dtype)
        return simple_spectral_convolution(z, smoother.to(device), hops=self.hops, alpha=self.alpha)

    def _along_axes(self, smooth: Nodes) -> Nodes:
        return unit_rows(smooth.cpu() @ self.axes_)
