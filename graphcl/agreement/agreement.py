"""The criterion as an object of one graph: made once, it scores many clusterings cheaply."""

from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.agreement.criterion import Criterion
from graphcl.agreement.views import TermWeights, two_views
from graphcl.feature_source import is_feature_source
from graphcl.ops.runtime import Runtime
from graphcl.ops.sparse import compress
from graphcl.typing import Integers
from graphcl.validation import check_graph


class Agreement:
    """Judges clusterings of one graph without labels; what does not depend on the clustering is done once.

    J = mean_c R2_c + mean_c r_c. R2_c is how well a ridge regression on the features predicts who is in cluster c,
    on the half of the nodes that it was not fitted on; r_c is the correlation across an edge of being in c. An
    empty cluster counts 0 in both. J compares clusterings of one graph into one number of clusters. It must not be
    maximised hard: unbalanced partitions that mean nothing can score above the truth.

    Args:
        graph: with x and edge_index; `edge_weight` is honoured, directions are not, and labels are not read.
        seed: of the halves and of the projection of wide features.
        components: columns of the features kept where x has more.
        idf: whether rare columns count for more: "auto" where x holds integers alone, "always" or "never".
        device: "auto" (a GPU where there is one), "cpu", "cuda" or "cuda:1".

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
        self.criterion = Criterion(views, runtime)

    def score(self, labels: Integers, n_clusters: int | None = None) -> dict[str, Any]:
        """J of a clustering, and its two parts by cluster.

        Args:
            labels: (n,), any integers, on any device.
            n_clusters: how many clusters there were to be, where some may be empty; by default those that occur.

        Returns:
            J, in float64; R2 and r, lists with one number for each cluster, in ascending order of the labels.

        Raises:
            ValueError: not one integer per node, or more clusters than `n_clusters`.
        """
        labels = _numbered(labels, self.nodes, n_clusters).to(self.device)
        return self.criterion.score(labels, n_clusters or int(labels.max()) + 1)


def _numbered(labels: Integers, n: int, n_clusters: int | None) -> Tensor:
    """Labels in [0, k): as they are where `n_clusters` says so, else by rank."""
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
