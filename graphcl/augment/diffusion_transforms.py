"""Diffusion as PyG transforms. They draw nothing, so that they are no `Augmenter`, and compose with those."""

from torch_geometric.data import Data
from torch_geometric.transforms import BaseTransform

from graphcl.augment.attributes import require
from graphcl.augment.changed_graph import with_weighted_edges
from graphcl.augment.diffusion import Normalization, heat_diffusion, pagerank_diffusion


class PageRankDiffusion(BaseTransform):
    """Replace the edges by those of personalised PageRank, with weights: `pagerank_diffusion`.

    Args:
        alpha: the probability of going back to the start.
        top_k: number of in-edges kept of each node, those of the greatest weight.
        threshold: edges of smaller weight are left out.
        normalization: "symmetric" or "walk".

    Example:
        >>> import torch
        >>> path = Data(edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), num_nodes=3)
        >>> PageRankDiffusion(top_k=2)(path)
        Data(edge_index=[2, 6], num_nodes=3, edge_weight=[6])
    """

    def __init__(
        self,
        alpha: float = 0.15,
        *,
        top_k: int | None = None,
        threshold: float | None = None,
        normalization: Normalization = "symmetric",
    ) -> None:
        self.alpha, self.top_k, self.threshold, self.normalization = alpha, top_k, threshold, normalization

    def forward(self, data: Data) -> Data:
        """The graph with the edges of the diffusion."""
        edges, weight = pagerank_diffusion(
            require(data, "edge_index").edge_index,
            data.num_nodes,
            alpha=self.alpha,
            top_k=self.top_k,
            threshold=self.threshold,
            edge_weight=data.get("edge_weight"),
            normalization=self.normalization,
        )
        return with_weighted_edges(data, edges, weight)


class HeatDiffusion(BaseTransform):
    """Replace the edges by those of the heat kernel, with weights: `heat_diffusion`.

    Args:
        time: t, the mean number of steps of the walks.
        top_k: number of in-edges kept of each node, those of the greatest weight.
        threshold: edges of smaller weight are left out.
        normalization: "symmetric" or "walk".

    Example:
        >>> import torch
        >>> path = Data(edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), num_nodes=3)
        >>> HeatDiffusion(1.0, threshold=0.2)(path)
        Data(edge_index=[2, 7], num_nodes=3, edge_weight=[7])
    """

    def __init__(
        self,
        time: float = 5.0,
        *,
        top_k: int | None = None,
        threshold: float | None = None,
        normalization: Normalization = "symmetric",
    ) -> None:
        self.time, self.top_k, self.threshold, self.normalization = time, top_k, threshold, normalization

    def forward(self, data: Data) -> Data:
        """The graph with the edges of the diffusion."""
        edges, weight = heat_diffusion(
            require(data, "edge_index").edge_index,
            data.num_nodes,
            time=self.time,
            top_k=self.top_k,
            threshold=self.threshold,
            edge_weight=data.get("edge_weight"),
            normalization=self.normalization,
        )
        return with_weighted_edges(data, edges, weight)
