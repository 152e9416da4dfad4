"""Negatives by cluster: nodes of one cluster of a label-free clustering are weaker negatives of one another."""

from typing import Any

from torch_geometric.data import Data

from graphcl.methods.bases.contrast_groups import ContrastGroups
from graphcl.typing import Edges, Labels

LEAST = 0.1
"""The least weight that is chosen from the edges."""


class ClusterNegatives:
    """Groups of nodes that a label-free clusterer finds before the training, and the weight of negatives in them.

    Args:
        n_clusters: number of clusters, at least 2.
        weight: of a negative of the own cluster, at least 0: 1 is that of any other, 0 leaves it out; None takes
            the share of edges that leave their cluster, see `leaving_share`.
        prior: the clusterer, by its registered name; it has to take `n_clusters` and `seed`.
        seed: of the clusterer.

    Raises:
        ValueError: when called, a clustering with fewer than two clusters, whose nodes would have no negatives.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate").graph
        >>> found = ClusterNegatives(2, weight=None)(karate)
        >>> found.groups.unique().tolist(), round(found.weight, 2)
        ([0, 1], 0.13)

    Reference: the weight 0 is the idea of [Chakraborty, Gosthipaty, Paul, "G-SimCLR", 2020, arXiv 2009.12007],
    whose batches have one sample of each cluster; the weight between is ours.
    """

    def __init__(
        self,
        n_clusters: int,
        *,
        weight: float | None = 0.0,
        prior: str = "smooth-k-means",
        seed: int = 0,
    ) -> None:
        self.n_clusters, self.weight, self.prior, self.seed = n_clusters, weight, prior, seed

    def __call__(self, data: Data) -> ContrastGroups:
        """The cluster of each node of a graph, of which x and edge_index alone are read."""
        from graphcl.methods.lookup.registry import get

        graph = Data(x=data.x, edge_index=data.edge_index)
        settings: dict[str, Any] = {"n_clusters": self.n_clusters, "seed": self.seed, "device": str(data.x.device)}
        labels = get(self.prior).from_recipe("default", **settings).fit_predict(graph).to(data.x.device)
        if len(labels.unique()) < 2:
            raise ValueError(
                f"{self.prior} must find two clusters at least, or no node has a negative; got 1 of "
                f"n_clusters={self.n_clusters}; raise it, or leave negatives out"
            )
        weight = leaving_share(data.edge_index, labels) if self.weight is None else self.weight
        return ContrastGroups(labels, weight)


def leaving_share(edge_index: Edges, labels: Labels) -> float:
    """The share of edges between different clusters, at least 0.1; 1 without edges. Self loops do not count.

    Example:
        >>> import torch
        >>> leaving_share(torch.tensor([[0, 1, 2, 2], [1, 2, 1, 2]]), torch.tensor([0, 0, 0]))
        0.1
    """
    source, target = edge_index[:, edge_index[0] != edge_index[1]]
    if not len(source):
        return 1.0
    return max(LEAST, float((labels[source] != labels[target]).double().mean()))
