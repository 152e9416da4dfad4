"""Base class of clusterers: methods whose training needs the number of clusters."""

from dataclasses import dataclass

from sklearn.base import ClusterMixin

from graphcl.graph_collection import Graphs
from graphcl.ops.machine.runtime import Runtime
from graphcl.training.batching.batches import Batches
from graphcl.training.estimators.estimator import GraphEstimator
from graphcl.typing import Count, Labels, Nodes


@dataclass(kw_only=True, eq=False, repr=False)
class GraphClusterer(ClusterMixin, GraphEstimator):
    """Base class of methods whose training needs the number of clusters; they give hard clusters, `labels_`.

    A method writes `_cluster`.

    Args:
        n_clusters: number of clusters, at most the number of nodes.
    """

    n_clusters: Count

    def _read_out(self, batches: Batches, runtime: Runtime) -> None:  # noqa: ARG002
        self.labels_: Labels = self._cluster(self.embedding_)

    def _fitted_names(self) -> tuple[str, ...]:
        return (*super()._fitted_names(), "labels_")

    def _cluster(self, z: Nodes) -> Labels:  # noqa: ARG002
        """Hard clusters of the final embeddings, called once after training."""
        raise TypeError(f"{type(self).__name__} must define _cluster(z) -> labels")

    def _check_to_fit(self, graphs: Graphs) -> None:
        super()._check_to_fit(graphs)
        self._check_size(graphs, self.n_clusters)
