"""Criterion J for one graph: the graph is preprocessed once, to score many clusterings."""

from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.agreement.criterion import Criterion
from graphcl.agreement.views import TermWeights, two_views
from graphcl.feature_source import is_feature_source
from graphcl.ops.graph_matrices.sparse import compress
from graphcl.ops.machine.runtime import Runtime
from graphcl.typing import Integers
from graphcl.validation import check_graph


class Agreement:
    """Internal clustering criterion J of clusterings of one graph, without labels; the graph is preprocessed once.

    J = mean_c R2_c + mean_c r_c. R2_c is the two-fold cross-validated coefficient of determination of a ridge
    regression of cluster c's indicator on the features; r_c is the correlation of the indicator across an edge
    (assortativity). An empty cluster has 0 for both. J compares clusterings of one graph with the same number of
    clusters. It is not an objective to maximise without constraints: unbalanced, meaningless partitions can score
    above the ground truth.

    Args:
        graph: with x and edge_index; `edge_weight` is used, edge directions and labels are ignored.
        seed: of the two folds, and of the random projection of wide features.
        components: number of columns to which wider features are reduced.
        idf: inverse document frequency weights of the columns of x: "auto" (if x holds integers only), "always" or
            "never".
        device: "auto" (a GPU if available), "cpu", "cuda" or "cuda:1".

    Raises:
        TypeError: features that are a feature source.
        ValueError: a graph that `check_graph` refuses, as one without features.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate").graph
        >>> judge = Agreement(karate, seed=0)
        >>> judge.score(karate.y)["J"] > judge.score(karate.y.roll(9))["J"]
        True
    """

    def __init__(
        self,
        graph: Data,
        *,
        seed: int = 0,
        components: int = 256,
        idf: TermWeights = "auto",
        device: str = "auto",
    ) -> None:
        runtime = Runtime.launch(device, seed=seed)
        graph = check_graph(graph, accepts_edge_weight=True)
        if is_feature_source(graph.x):
            raise TypeError("x must be a tensor to score clusterings; got a feature source; gather its rows first")
        graph.x = compress(graph.x)
        self.nodes = graph.x.size(0)
        self.device = runtime.device
        views = two_views(graph.to(runtime.device), runtime, components=components, idf=idf)
        self.criterion = Criterion.of(views, runtime)

    def score(self, labels: Integers, n_clusters: int | None = None) -> dict[str, Any]:
        """J of a clustering, and R2 and r of each cluster.

        Args:
            labels: (n,), any integers, on any device.
            n_clusters: number of clusters, some of which may be empty; by default the number of distinct labels.

        Returns:
            J, in float64; R2 and r, lists with one value per cluster, in ascending order of the labels.

        Raises:
            ValueError: not one integer per node, or more clusters than `n_clusters`.
        """
        labels = _numbered(labels, self.nodes, n_clusters).to(self.device)
        return self.criterion.score(labels, n_clusters or int(labels.max()) + 1)


def _numbered(labels: Integers, n: int, n_clusters: int | None) -> Tensor:
    """Labels in [0, k): unchanged if `n_clusters` is given, else their ranks."""
    labels = torch.as_tensor(labels)
    if labels.dim() != 1 or labels.is_floating_point() or labels.dtype == torch.bool or len(labels) != n:
        got = f"shape {tuple(labels.shape)} of {labels.dtype}"
        raise ValueError(f"labels must be one integer for each of the {n} nodes; got {got}")
    if n_clusters is None:
        number: Tensor = torch.unique(labels, return_inverse=True)[1]
        return number
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= n_clusters:
        raise ValueError(f"labels must lie in [0, n_clusters), [0, {n_clusters}); got values from {low} to {high}")
    return labels.long()
