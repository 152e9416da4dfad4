"""What methods without a network share: one pass to an embedding, then k-means."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from torch_geometric.data import Data

from graphcl.heads import kmeans, nearest_centre
from graphcl.training import Checkpoint, GraphClusterer, Runtime
from graphcl.training.loop import Callback
from graphcl.training.meter import measured
from graphcl.training.validation import check_parameters
from graphcl.typing import Count, Labels, Nodes


@dataclass(kw_only=True, eq=False, repr=False)
class UntrainedClusterer(GraphClusterer):
    """k-means on an embedding that nothing is trained for.

    A method writes `_learn` and `_embed`.

    Args:
        n_init: restarts of k-means, which runs on the CPU.

    Attributes:
        labels_: (n,), int64.
        embedding_: (n, d).
        cluster_centers_: (n_clusters, d).
    """

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
        """Embed and cluster."""
        check_parameters(self)
        [graph] = self._check(data)
        self._check_size(graph)
        runtime = Runtime.launch(self.device, self.precision, self.seed)
        self.stages_: list[dict[str, Any]] = []
        self.history_: list[dict[str, Any]] = []
        with runtime.seeded(), measured(self.stages_, "embed"):
            z = self._learn(graph.to(runtime.device)).cpu()
        with measured(self.stages_, "assign"):
            self.labels_, self.cluster_centers_ = kmeans(z, self.n_clusters, n_init=self.n_init, seed=self.seed)
        self.embedding_: Nodes = z.to_dense()
        self.n_features_in_ = graph.x.size(1)
        return self

    def predict(self, data: Data) -> Labels:
        """The nearest centre of each node, also in a graph that `fit` did not see."""
        return nearest_centre(self.transform(data), self.cluster_centers_)

    def _learn(self, graph: Data) -> Nodes:  # noqa: ARG002
        """The embedding, dense or CSR, after keeping what `_embed` needs to make it of another graph."""
        raise TypeError(f"{type(self).__name__} must define _learn(graph) -> embedding")
