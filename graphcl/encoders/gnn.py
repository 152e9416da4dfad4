"""A graph neural network of equal layers: GCN, GraphSAGE, GAT or GIN, with norms, residuals and an activation."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from itertools import pairwise
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders.convolution import Degrees, Kind, aggregator, layer, project
from graphcl.encoders.graph_level.graph_layers import SingleRowNorm
from graphcl.encoders.last_matrix import LastMatrix
from graphcl.typing import Edges, Nodes

ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky-relu": nn.LeakyReLU,
    "prelu": nn.PReLU,
    "rrelu": nn.RReLU,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
}
"""One module for all layers: PReLU has one slope, RReLU draws slopes in training and takes their mean after it."""

Activation = Literal["relu", "leaky-relu", "prelu", "rrelu", "elu", "selu", "gelu", "tanh"]
"""A name of `ACTIVATIONS`."""

NORMS = {
    "batch": SingleRowNorm,
    "layer": nn.LayerNorm,
}

Norm = Literal["batch", "layer"]
"""Normalisation of each column over the nodes, or of each row."""


class GNN(nn.Module):
    """Layers h <- dropout(activation(norm(conv(h) + residual))); the last is conv(h) + residual unless asked.

    Two layers, `activation="prelu"` and `activate_last=True` make the encoder of GRACE, GCA and gCooL.

    Args:
        in_channels: width of the features.
        hidden_channels: width between layers.
        out_channels: width of the embeddings.
        num_layers: at least 1; the embedding of a node depends on nodes up to that many edges away.
        kind: "gcn" [Kipf and Welling, ICLR 2017], "sage" with the mean [Hamilton et al., NeurIPS 2017], "gat"
            [Velickovic et al., ICLR 2018] or "gin" with two linear layers [Xu et al., ICLR 2019].
        heads: attention heads of "gat"; side by side in `hidden_channels`, and averaged in the last layer.
        norm: "batch", "layer" or None.
        norm_momentum: of "batch": the weight of a batch's mean and variance in the running ones, in [0, 1].
        residual: whether each layer adds its input, through a matrix where the widths differ.
        activation: a name of `ACTIVATIONS`, or a module, the same for all layers.
        activate_last: whether norm and activation follow the last layer too.
        separate_activations: whether each layer has an activation of its own, as PReLU with its own slope.
        dropout: share of the entries set to 0 between layers in training, in [0, 1); torch's global generator.
        degrees: of "gcn": whether both sides of a directed graph's matrix are divided by in-degrees or by
            out-degrees, see `aggregator`.

    Raises:
        ValueError: an unknown name, a width or number below 1, a dropout or a momentum out of range.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> GNN(4, 8, 2, 2, kind="gcn", activation="prelu", activate_last=True)(torch.ones(3, 4), path).shape
        torch.Size([3, 2])
    """

    reads_csr = True
    """Features may be sparse, see `graphcl.encoders.calling.encode`."""

    def __init__(
        self,
        in_channels: int,
        hidden_channels: int,
        out_channels: int,
        num_layers: int = 2,
        *,
        kind: Kind = "gcn",
        heads: int = 1,
        norm: Norm | None = None,
        norm_momentum: float = 0.1,
        residual: bool = False,
        activation: Activation | nn.Module = "relu",
        activate_last: bool = False,
        separate_activations: bool = False,
        dropout: float = 0.0,
        degrees: Degrees = "in",
    ) -> None:
        super().__init__()
        if min(in_channels, hidden_channels, out_channels, num_layers) < 1:
            got = (in_channels, hidden_channels, out_channels, num_layers)
            raise ValueError(f"widths and the number of layers must be at least 1; got {got}")
        if isinstance(activation, str) and activation not in ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}; got {activation!r}")
        if norm is not None and norm not in NORMS:
            raise ValueError(f"norm must be None or one of {', '.join(NORMS)}; got {norm!r}")
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must lie in [0, 1); got {dropout}")
        if not 0 <= norm_momentum <= 1:
            raise ValueError(f"norm_momentum must lie in [0, 1]; got {norm_momentum}")
        widths = [in_channels, *[hidden_channels] * (num_layers - 1), out_channels]
        activated = widths[1:] if activate_last else widths[1:-1]
        self.kind, self.in_channels, self.dropout, self.degrees = kind, in_channels, dropout, degrees
        self.matrix = LastMatrix()
        self.conv = nn.ModuleList(
            layer(kind, a, b, heads=heads, concat=i < num_layers - 1) for i, (a, b) in enumerate(pairwise(widths))
        )
        self.norm = nn.ModuleList(_norm(norm, width, norm_momentum) for width in activated)
        shared = ACTIVATIONS[activation]() if isinstance(activation, str) else activation
        self.activation = nn.ModuleList(deepcopy(shared) for _ in activated) if separate_activations else shared
        self.shortcut = nn.ModuleList(
            nn.Identity() if a == b else nn.Linear(a, b, bias=False) for a, b in pairwise(widths) if residual
        )

    def forward(
        self,
        x: Nodes,
        edge_index: Edges,
        edge_weight: Float[Tensor, " e"] | None = None,
        *,
        degree: Float[Tensor, " n"] | None = None,
        added_loop: Float[Tensor, " n"] | None = None,
    ) -> Float[Tensor, "n c"]:
        """One embedding per node.

        Args:
            x: features, (n, in_channels), dense or CSR.
            edge_index: (2, e), node numbers in [0, n); messages flow from row 0 to row 1. Give both directions of
                an undirected edge. Self loops are added by "gcn" and "gat".
            edge_weight: (e,), non-negative, or None; "gat" takes none.
            degree: (n,), in-degrees in the whole graph where this is a sample of it, see `aggregator`; "gat"
                attends to the neighbours that are there.
            added_loop: (n,), 1 for nodes without a self loop in the whole graph, see `aggregator`.

        Returns:
            (n, out_channels).

        Raises:
            ValueError: features of another width, or weights for "gat".
        """
        if x.size(1) != self.in_channels:
            raise ValueError(f"x must have {self.in_channels} columns, as the encoder was built; got {x.size(1)}")
        messages = self._messages(x, edge_index, edge_weight, degree, added_loop)
        for depth in range(len(self.conv)):
            x = self._layer(depth, x, messages)
        return x

    @property
    def layers(self) -> list[Callable[[Data], Tensor]]:
        """The layers one by one: from a graph or sample, whose x are rows of the layer below, to a row per node.

        Example:
            >>> path = Data(x=torch.ones(3, 4), edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]))
            >>> [layer(path).shape for layer in GNN(4, 4, 2, 2).layers]
            [torch.Size([3, 4]), torch.Size([3, 2])]
        """
        return [partial(self._layer_on, depth) for depth in range(len(self.conv))]

    def _layer_on(self, depth: int, data: Data) -> Tensor:
        degrees = data.get("degree"), data.get("added_loop")
        return self._layer(
            depth, data.x, self._messages(data.x, data.edge_index, data.get("edge_weight"), *degrees)
        )

    def _layer(self, depth: int, x: Tensor, messages: Tensor) -> Tensor:
        h: Tensor = self.conv[depth](x, messages)
        if len(self.shortcut):
            h = h + self._shortcut(depth, x)
        if depth < len(self.norm):
            activation = self.activation
            if isinstance(activation, nn.ModuleList):
                activation = activation[depth]
            h = activation(self.norm[depth](h))
        return F.dropout(h, self.dropout, self.training) if depth < len(self.conv) - 1 else h

    def _messages(
        self,
        x: Tensor,
        edge_index: Tensor,
        edge_weight: Tensor | None,
        degree: Tensor | None,
        added_loop: Tensor | None,
    ) -> Tensor:
        """What the layers gather by: a matrix, the same for all of them; attention takes the edges."""
        if self.kind == "gat":
            if edge_weight is not None:
                raise ValueError("edge_weight is not used by kind 'gat'; leave it out or take another kind")
            return edge_index
        dtype = torch.promote_types(x.dtype, torch.float32)
        make = partial(
            aggregator,
            self.kind,
            edge_index,
            x.size(0),
            edge_weight,
            degree=degree,
            added_loop=added_loop,
            degrees=self.degrees,
            dtype=dtype,
        )
        return self.matrix.of(edge_index, (x.size(0), dtype), make, edge_weight, degree)

    def _shortcut(self, i: int, x: Tensor) -> Tensor:
        module = self.shortcut[i]
        if isinstance(module, nn.Linear):
            return project(x, module.weight)
        return x.to_dense() if x.layout == torch.sparse_csr else x


def _norm(norm: Norm | None, width: int, momentum: float) -> nn.Module:
    if norm is None:
        return nn.Identity()
    return SingleRowNorm(width, momentum=momentum) if norm == "batch" else NORMS[norm](width)
