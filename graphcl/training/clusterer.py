"""A graph estimator that ends in hard clusters."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from sklearn.base import ClusterMixin
from torch_geometric.data import Data

from graphcl.graph_collection import Graphs
from graphcl.ops.meter import measured
from graphcl.training.checkpoint import Checkpoint
from graphcl.training.estimator import GraphEstimator
from graphcl.training.loop import Callback
from graphcl.typing import Count, Labels, Nodes
from graphcl.validation import check_parameters


@dataclass(kw_only=True, eq=False, repr=False)
class GraphClusterer(ClusterMixin, GraphEstimator):
    """A graph estimator that ends in hard clusters, `labels_`.

    A method writes `_cluster`, or overrides `fit`.

    Args:
        n_clusters: number of clusters, at most the number of nodes.
    """

    read_outs: ClassVar[tuple[str, ...]] = ()
    """Attributes with hard clusters besides `labels_`, which a record scores too."""

    n_clusters: Count

    def fit(
        self,
        data: Data | Graphs,
        y: object = None,  # noqa: ARG002
        *,
        callbacks: Sequence[Callback] = (),
        cache: Path | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """Train as `GraphEstimator.fit` does, then cluster: sets labels_, (n,), int64 on the CPU."""
        check_parameters(self)
        self._check_size(self._check(data)[0])
        super().fit(data, callbacks=callbacks, cache=cache, checkpoint=checkpoint)
        with measured(self.stages_, "assign"):
            self.labels_: Labels = self._cluster(self.embedding_)
        return self

    def fit_predict(self, data: Data, y: object = None, **fit_options: Any) -> Labels:  # noqa: ARG002
        """`fit(data).labels_`; options are those of `fit`."""
        return self.fit(data, **fit_options).labels_

    def _cluster(self, z: Nodes) -> Labels:  # noqa: ARG002
        """Hard clusters of the final embeddings, called once after training."""
        raise TypeError(f"{type(self).__name__} must define _cluster(z) -> labels")

    def _check_size(self, graph: Data) -> None:
        if self.n_clusters > graph.x.size(0):
            got = f"{self.n_clusters} for {graph.x.size(0)} nodes"
            raise ValueError(f"n_clusters must be at most the number of nodes; got {got}")
