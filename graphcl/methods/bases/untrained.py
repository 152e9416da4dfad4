"""Base classes of methods without training: there is no module and no stage."""

from copy import copy
from dataclasses import dataclass
from pathlib import Path

import torch
from sklearn.base import ClusterMixin
from torch import Tensor
from torch_geometric.data import Data

from graphcl.feature_source import whole_tensor
from graphcl.graph_collection import Graphs
from graphcl.heads import kmeans, nearest_centre
from graphcl.ops.machine.meter import measured
from graphcl.training import GraphEstimator, Runtime
from graphcl.training.batching.rank_seeds import check_stages
from graphcl.training.estimators.fitting import Fitting
from graphcl.training.row_store import RowStore
from graphcl.typing import Count, Labels, Nodes

_WIDTHS = (
    *(("basis_", 0), ("axes_", 0), ("embedding_", 1)),
    *(("landmarks_", 1), ("slope_", 1), ("cluster_centers_", 1)),
)
"""Learned matrices, and which of their axes is as long as x is wide; the first that is there counts."""


@dataclass(kw_only=True, eq=False, repr=False)
class UntrainedClusterer(ClusterMixin, GraphEstimator):
    """Base class of clusterers without training. A method writes `_solve` and `_rows`.

    Args:
        n_clusters: number of clusters, at most the number of nodes.

    Attributes:
        labels_: (n,), int64.
        embedding_: (n, d).
        device_: where it was computed.
    """

    n_clusters: Count

    def _learn(self, graphs: Graphs, fitting: Fitting) -> None:
        """Embed and cluster; callbacks are called for each candidate, where the method has candidates.

        There are no checkpoints, so a state on disk is another method's, and refused.
        """
        check_stages(self.name, (), len(graphs))
        if fitting.checkpoint:
            fitting.checkpoint.identity = {"method": self.name}
            fitting.checkpoint.load()
        self.history_ = []
        self._solve(graphs[0].to(fitting.runtime.device), fitting)
        if fitting.out is not None:
            self.embedding_ = _mapped(self.embedding_, fitting.out)
        self.device_ = str(fitting.runtime.device)

    def _solve(self, graph: Data, fitting: Fitting) -> None:  # noqa: ARG002
        """Set `labels_`, `embedding_`, and what `_rows` needs for another graph, measuring each stage."""
        raise TypeError(f"{type(self).__name__} must define _solve(graph, fitting)")

    def _rows(self, graph: Data) -> Nodes:  # noqa: ARG002
        """The embedding of a graph, on the CPU."""
        raise TypeError(f"{type(self).__name__} must define _rows(graph) -> embedding")

    def _embed(self, graphs: Graphs, out: Path | None = None) -> Nodes:
        rows = self._rows(graphs[0])
        return rows if out is None else _mapped(rows, out)

    def _check_to_fit(self, graphs: Graphs) -> None:
        super()._check_to_fit(graphs)
        self._check_size(graphs, self.n_clusters)

    def _fitted_names(self) -> tuple[str, ...]:
        return (*super()._fitted_names(), "labels_", "device_")

    def _try_prediction(self) -> None:
        """Have two joined nodes predicted on the CPU, so that all that was learned is there, in shapes that fit.

        Raises:
            ValueError: another width of x than the learned matrices have.
        """
        width = next(
            (matrix.size(axis) for name, axis in _WIDTHS if isinstance(matrix := vars(self).get(name), Tensor)),
            self.n_features_in_,
        )
        if width != self.n_features_in_:
            raise ValueError(f"n_features_in_ must be {width}, as what was learned; got {self.n_features_in_}")
        trial = copy(self)
        trial.device = "cpu"
        trial.predict(Data(x=torch.ones(2, width), edge_index=torch.tensor([[0, 1], [1, 0]])))

    def _device(self) -> torch.device:
        return Runtime.launch(self.device, self.precision, self.seed).device


@dataclass(kw_only=True, eq=False, repr=False)
class EmbeddingKMeans(UntrainedClusterer):
    """Base class of k-means on an embedding without training. A method writes `_fit_rows` and `_rows`.

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

    def _fitted_names(self) -> tuple[str, ...]:
        return (*super()._fitted_names(), "cluster_centers_")

    def _check_restored(self) -> None:
        self._try_prediction()

    def _solve(self, graph: Data, fitting: Fitting) -> None:
        with measured(fitting.costs, "embed"):
            z = self._fit_rows(graph).cpu()
        with measured(fitting.costs, "assign"):
            labels, self.cluster_centers_ = kmeans(z, self.n_clusters, n_init=self.n_init, seed=self.seed)
            self.labels_: Labels = labels
        self.embedding_: Nodes = z.to_dense()

    def _checked(self, data: Data | Graphs) -> Graphs:
        graphs = super()._checked(data)
        whole_tensor(graphs[0].x, self.name)
        return graphs

    def _fit_rows(self, graph: Data) -> Tensor:  # noqa: ARG002
        """The embedding, dense or CSR, after keeping what `_rows` needs to make it of another graph."""
        raise TypeError(f"{type(self).__name__} must define _fit_rows(graph) -> embedding")


def _mapped(rows: Nodes, out: Path) -> Nodes:
    """Write rows to an npy file and map them from it."""
    with RowStore(out, len(rows)) as store:
        store.append(rows)
        return store.rows()
