"""A GNN on a matrix that is given, such as a diffusion's, in place of one that is made of the graph's degrees."""

from functools import partial
from typing import Any

import torch
from torch import Tensor

from graphcl.encoders.convolution import aggregator
from graphcl.encoders.gnn import GNN


class WeightedGNN(GNN):
    """Layers h <- activation(S h W + b), with S_ij the weight of the edge j -> i as it is: nothing is normalised.

    On a sample, where `degree` has the sum of the weights of each node's in-edges in the whole graph, the weights
    of its sampled in-edges are multiplied so that they add up to it.

    Args:
        in_channels: width of the features.
        hidden_channels: width between layers.
        out_channels: width of the embeddings.
        num_layers: at least 1.
        settings: further keyword arguments of `GNN`, but for `kind`.

    Example:
        >>> edges, weight = torch.tensor([[0, 1], [1, 1]]), torch.tensor([0.5, 2.0])
        >>> WeightedGNN(3, 4, 2, 1)(torch.ones(2, 3), edges, weight).shape
        torch.Size([2, 2])
    """

    def __init__(
        self, in_channels: int, hidden_channels: int, out_channels: int, num_layers: int, **settings: Any
    ) -> None:
        super().__init__(in_channels, hidden_channels, out_channels, num_layers, kind="gcn", **settings)

    def _messages(
        self,
        x: Tensor,
        edge_index: Tensor,
        edge_weight: Tensor | None,
        degree: Tensor | None,
        added_loop: Tensor | None,  # noqa: ARG002
    ) -> Tensor:
        """The matrix S, kept as long as the edges are the same tensor: weights and sums belong to them."""
        dtype = torch.promote_types(x.dtype, torch.float32)
        make = partial(aggregator, "gin", edge_index, x.size(0), edge_weight, degree=degree, dtype=dtype)
        return self.matrix.of(edge_index, (x.size(0), dtype), make)
