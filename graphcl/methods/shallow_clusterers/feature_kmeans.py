"""k-means on the raw features: the baseline that uses neither a network nor the graph."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch_geometric.data import Data

from graphcl.methods.bases.untrained import EmbeddingKMeans
from graphcl.typing import Count, Nodes


@dataclass(kw_only=True, eq=False, repr=False)
class FeatureKMeans(EmbeddingKMeans):
    """k-means on the raw features; the graph is not used.

    Args:
        n_init: restarts of k-means, which runs on the CPU.

    Attributes:
        labels_: (n,), int64.
        cluster_centers_: (n_clusters, d).
        embedding_: x itself, dense.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> FeatureKMeans(n_clusters=2).fit_predict(karate.graph).shape
        torch.Size([34])
    """

    name: ClassVar[str] = "k-means"
    accepts_edge_weight: ClassVar[bool] = True  # no edge is read

    n_init: Count = 20

    def _fit_rows(self, graph: Data) -> Tensor:
        x: Tensor = graph.x
        return x

    def _rows(self, graph: Data) -> Nodes:
        return self._fit_rows(graph).to_dense().cpu()
