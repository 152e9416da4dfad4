"""What methods without a network share: checks, device and seed, and, for most, k-means on an embedding."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from torch_geometric.data import Data

from graphcl.graph_collection import Graphs
from graphcl.heads import kmeans, nearest_centre
from graphcl.ops.meter import measured
from graphcl.training import Checkpoint, GraphClusterer, Runtime
from graphcl.training.loop import Callback
from graphcl.typing import Count, Labels, Nodes
from graphcl.validation import check_callbacks, check_parameters


@dataclass(kw_only=True, eq=False, repr=False)
class UntrainedClusterer(GraphClusterer):
    """A clusterer that trains nothing. A method writes `_solve` and `_embed`.

    Attributes:
        labels_: (n,), int64.
        embedding_: (n, d).
        device_: where it was computed.
    """

    def fit(
        self,
        data: Data | Graphs,
        y: object = None,  # noqa: ARG002
        *,
        callbacks: Sequence[Callback] = (),
        cache: Path | None = None,  # noqa: ARG002  (there is no pre-training to keep)
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """Embed and cluster; callbacks hear of it where the method goes through candidates.

        Nothing here can be interrupted, so a state on disk is another method's, and refused.
        """
        if checkpoint:
            checkpoint.identity = {"method": self.name}
            checkpoint.load()
        check_callbacks(callbacks)
        params = check_parameters(self)
        [graph] = self._check(data)
        self._check_size(graph)
        runtime = Runtime.launch(self.device, self.precision, int(self.seed))
        self.stages_: list[dict[str, Any]] = []
        self.history_: list[dict[str, Any]] = []
        with runtime.seeded():
            self._solve(graph.to(runtime.device), runtime, callbacks)
        self.device_ = str(runtime.device)
        self.n_features_in_ = graph.x.size(1)
        self.params_ = params
        return self

    def _solve(self, graph: Data, runtime: Runtime, callbacks: Sequence[Callback]) -> None:  # noqa: ARG002
        """Set `labels_`, `embedding_`, and what `_embed` needs for another graph, measuring each stage."""
        raise TypeError(f"{type(self).__name__} must define _solve(graph, runtime, callbacks)")


@dataclass(kw_only=True, eq=False, repr=False)
class EmbeddingKMeans(UntrainedClusterer):
    """k-means on an embedding that nothing is trained for. A method writes `_learn` and `_embed`.

    Args:
        n_init: restarts of k-means, which runs on the CPU.

    Attributes:
        labels_: (n,), int64.
        embedding_: (n, d).
        cluster_centers_: (n_clusters, d).
    """

    n_init: Count = 10

    def predict(self, data: Data) -> Labels:
        """The nearest centre of each node, also in a graph that `fit` did not see."""
        return nearest_centre(self.transform(data), self.cluster_centers_)

    def _solve(self, graph: Data, runtime: Runtime, callbacks: Sequence[Callback]) -> None:  # noqa: ARG002
        with measured(self.stages_, "embed"):
            z = self._learn(graph).cpu()
        with measured(self.stages_, "assign"):
            self.labels_, self.cluster_centers_ = kmeans(z, self.n_clusters, n_init=self.n_init, seed=self.seed)
        self.embedding_: Nodes = z.to_dense()

    def _learn(self, graph: Data) -> Nodes:  # noqa: ARG002
        """The embedding, dense or CSR, after keeping what `_embed` needs to make it of another graph."""
        raise TypeError(f"{type(self).__name__} must define _learn(graph) -> embedding")
