"""Base class of embedders: methods that learn an embedding, with k-means as an optional read-out."""

from dataclasses import dataclass
from typing import Any, ClassVar

from sklearn.base import ClusterMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted
from torch import Tensor
from torch_geometric.data import Data

from graphcl.graph_collection import Graphs
from graphcl.heads import KMeans, choose_kmeans
from graphcl.ops.machine.runtime import Runtime
from graphcl.training.batching.batches import Batches
from graphcl.training.estimators.estimator import GraphEstimator
from graphcl.training.estimators.left_out import left_out
from graphcl.typing import Count, Labels

CLUSTERS = ("labels_", "cluster_centers_")
"""What there is only where a number of clusters was given."""


@dataclass(kw_only=True, eq=False, repr=False)
class GraphEmbedder(ClusterMixin, GraphEstimator):
    """Base class of methods that learn an embedding; with `n_clusters` they end in k-means on it.

    Any other head can be used afterwards, for instance `graphcl.heads.KMeans(7).fit_predict(model.embedding_)`.

    Args:
        n_clusters: number of clusters of k-means on the embedding; None learns the embedding alone.
        n_init: restarts of that k-means. How it is computed follows from the size of the embedding, see
            `graphcl.heads.choose_kmeans`, and stands in `stages_`.
    """

    unit_rows: ClassVar[bool] = False
    """Whether k-means sees the embeddings' rows at unit length."""

    n_clusters: Count | None = None
    n_init: Count = 10

    def predict(self, data: Data | Graphs) -> Labels:
        """The nearest cluster centre of each node (or graph), also in graphs that `fit` did not see.

        Raises:
            NotFittedError: before `fit`.
            ValueError: a model that was fitted without `n_clusters`, or an input as for `transform`.
        """
        check_is_fitted(self, "n_features_in_")
        if "cluster_centers_" not in vars(self):
            raise ValueError(self._without_clusters())
        head = self._head()
        head.cluster_centers_ = self.cluster_centers_
        return head.predict(self.transform(data))

    def fit_predict(self, data: Data | Graphs, y: object = None, **fit_options: Any) -> Labels:
        """`fit(data).labels_`; options are those of `fit`.

        Raises:
            ValueError: `n_clusters` is None, or as for `fit`.
        """
        if self.n_clusters is None:
            raise ValueError(self._without_clusters())
        return super().fit_predict(data, y, **fit_options)

    def _read_out(self, batches: Batches, runtime: Runtime) -> None:  # noqa: ARG002
        if self.n_clusters is None:
            for name in CLUSTERS:
                self.__dict__.pop(name, None)  # of an earlier fit
            return
        head = self._head().fit(self.embedding_)
        self.labels_: Labels = head.labels_
        self.cluster_centers_: Tensor = head.cluster_centers_

    def _read_out_choices(self) -> dict[str, str]:
        n, width = self.embedding_.shape
        return {} if self.n_clusters is None else {"k_means": choose_kmeans(n, width, self.n_clusters)}

    def _fitted_names(self) -> tuple[str, ...]:
        return (*super()._fitted_names(), *(CLUSTERS if self.n_clusters is not None else ()))

    def _head(self) -> KMeans:
        k = len(self.cluster_centers_) if self.n_clusters is None else self.n_clusters
        return KMeans(k, n_init=self.n_init, normalize=self.unit_rows, seed=self.seed)

    def _check_to_fit(self, graphs: Graphs) -> None:
        super()._check_to_fit(graphs)
        if self.n_clusters is not None:
            self._check_size(graphs, self.n_clusters)

    def _without_clusters(self) -> str:
        name = type(self).__name__
        return (
            f"{name} has no clusters, because n_clusters is None; set {name}(n_clusters=...), "
            "or cluster its rows: graphcl.heads.KMeans(7).fit_predict(model.embedding_)"
        )

    def __getattr__(self, name: str) -> Any:
        """Say why there are no clusters; anything else is missing as usual."""
        if name in CLUSTERS:
            if "n_features_in_" not in vars(self):
                message = f"This {type(self).__name__} instance is not fitted yet; call fit before {name}"
                raise NotFittedError(message)
            if name not in left_out(self):
                raise AttributeError(self._without_clusters())
        return super().__getattr__(name)
