"""SSGC: k-means on features averaged over neighbourhoods of growing radius; no training."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch_geometric.data import Data

from graphcl.encoders import normalized_adjacency, power_series, right_singular_vectors, ssgc_weights
from graphcl.methods.bases.untrained import EmbeddingKMeans
from graphcl.ops.graph_matrices.sparse import divide_rows, from_scipy, unit_rows
from graphcl.typing import Count, CountOrZero, Flag, Nodes, Probability


@dataclass(kw_only=True, eq=False, repr=False)
class SSGC(EmbeddingKMeans):
    """Simple spectral graph convolution, then k-means: no training.

    H = alpha X + (1 - alpha) / K sum_{t=1..K} S^t X with S = D^-1/2 (A + I) D^-1/2; its rows at unit length go to
    k-means. Linear in nodes and edges; H is dense, and no column of x is left out unless `components` says so. A
    directed graph is made undirected; `edge_weight` is honoured.

    Args:
        hops: K; 0 leaves the graph out.
        alpha: weight of the features themselves.
        row_normalize: whether rows of x are first divided by their sums, where these are above 1.
        components: singular vectors of x that it is first reduced to, where it has more columns; None keeps all.
        n_init: restarts of k-means.

    Attributes:
        labels_: (n,), int64.
        embedding_: (n, d), rows of unit length.
        cluster_centers_: (n_clusters, d).

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> labels = SSGC(n_clusters=2).fit_predict(karate.graph)
        >>> graphcl.evaluation.clustering_scores(karate.graph.y, labels)["acc"] > 0.9
        True

    Reference: [Zhu, Koniusz, "Simple Spectral Graph Convolution", ICLR 2021]; as a clustering method in the form
    of PyAGC, which row-normalises the features and the embedding. The authors' own code lacks the 1 - alpha.
    """

    name: ClassVar[str] = "ssgc"
    accepts_edge_weight: ClassVar[bool] = True

    hops: CountOrZero = 12
    alpha: Probability = 0.05
    row_normalize: Flag = True
    components: Count | None = None

    def _fit_rows(self, graph: Data) -> Tensor:
        self.basis_: Tensor | None = None
        if self.components is not None and graph.x.size(1) > self.components:
            self.basis_ = right_singular_vectors(self._features(graph), self.components).cpu()
        return self._smoothed(graph)

    def _rows(self, graph: Data) -> Nodes:
        return self._smoothed(graph.to(self._device())).cpu()

    def _features(self, graph: Data) -> Nodes:
        return divide_rows(graph.x) if self.row_normalize else graph.x

    def _smoothed(self, graph: Data) -> Nodes:
        x = self._features(graph)
        if self.basis_ is not None:
            x = x @ self.basis_.to(x.device)
        matrix = normalized_adjacency(graph.edge_index, x.size(0), graph.get("edge_weight"))
        smoother = from_scipy(matrix, x.dtype, narrow=True).to(x.device)
        return unit_rows(power_series(x, smoother, ssgc_weights(self.alpha, self.hops)))
