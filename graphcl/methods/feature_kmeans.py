"""k-means on the raw features: the baseline that uses neither a network nor the graph."""

from dataclasses import dataclass
from typing import ClassVar

from torch_geometric.data import Data

from graphcl.graph_collection import Graphs
from graphcl.methods.bases.untrained import EmbeddingKMeans
from graphcl.typing import Count, Nodes


@dataclass(kw_only=True, eq=False, repr=False)
class FeatureKMeans(EmbeddingKMeans):
    """k-means on x; the graph is not used.

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

    def _learn(self, graph: Data) -> Nodes:
        x: Nodes = graph.x
        return x

    def _embed(self, graphs: Graphs) -> Nodes:
        return self._learn(graphs[0]).to_dense().cpu()
