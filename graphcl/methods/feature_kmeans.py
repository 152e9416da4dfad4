"""k-means on the raw features: the baseline that uses neither a network nor the graph."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from torch_geometric.data import Data

from graphcl.heads import kmeans, nearest_centre
from graphcl.training import GraphClusterer
from graphcl.training.checkpoint import Checkpoint
from graphcl.training.loop import Callback
from graphcl.training.meter import measured
from graphcl.training.runtime import Runtime
from graphcl.training.validation import check_parameters
from graphcl.typing import Count, Labels, Nodes


@dataclass(kw_only=True, eq=False, repr=False)
class FeatureKMeans(GraphClusterer):
    """k-means on x, on the CPU; the graph is not used.

    Args:
        n_init: restarts of k-means.

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

    def fit(
        self,
        data: Data | Sequence[Data],
        y: object = None,  # noqa: ARG002
        *,
        callbacks: Sequence[Callback] = (),  # noqa: ARG002  (there are no epochs to report)
        cache: Path | None = None,  # noqa: ARG002  (and no pre-training to keep)
        checkpoint: Checkpoint | None = None,  # noqa: ARG002  (or to interrupt)
    ) -> Self:
        """Cluster the rows of x."""
        check_parameters(self)
        Runtime.launch(self.device, self.precision, self.seed)
        [graph] = self._check(data)
        self._check_size(graph)
        self.stages_: list[dict[str, Any]] = []
        self.history_: list[dict[str, Any]] = []
        with measured(self.stages_, "fit"):
            self.embedding_: Nodes = graph.x.to_dense().cpu()
            self.labels_, self.cluster_centers_ = kmeans(
                graph.x, self.n_clusters, n_init=self.n_init, seed=self.seed
            )
        self.n_features_in_ = graph.x.size(1)
        return self

    def predict(self, data: Data) -> Labels:
        """The nearest centre of each row, also for nodes that `fit` did not see."""
        return nearest_centre(self.transform(data), self.cluster_centers_)

    def _embed(self, graphs: list[Data]) -> Nodes:
        z: Nodes = graphs[0].x.to_dense().cpu()
        return z
