"""Graph attention network with dropout on rows and on attention, and the decoder of one layer for some nodes."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders.convolution import project
from graphcl.encoders.entry_dropout import entry_dropout
from graphcl.encoders.gnn import ACTIVATIONS, NORMS, Activation, Norm
from graphcl.encoders.last_matrix import LastMade
from graphcl.ops.graph_matrices.attention import AttentionEdges, attended_sums, attention_weights
from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Edges, Nodes

SLOPE = 0.2
"""Of the LeakyReLU of attention scores."""

GAIN = 2**0.5
"""Of the Xavier-normal initial weights."""


class AttentionLayer(nn.Module):
    """GAT layer whose heads stand side by side: out_i = concat_h sum_j a_ijh W_h x_j + b.

    The sum is over the neighbours of i and itself. Weights are Xavier-normal with the gain sqrt 2, biases 0.

    Args:
        in_channels: width of the input.
        channels: width of each head.
        heads: how many.
        dropout: share of the attention weights set to 0 in training.

    Example:
        >>> edges = AttentionEdges.of(torch.tensor([[0], [1]]), 2)
        >>> AttentionLayer(3, 4, heads=2)(torch.ones(2, 3), edges).shape
        torch.Size([2, 8])

    Reference: [Velickovic et al., "Graph Attention Networks", ICLR 2018, arXiv 1710.10903].
    """

    def __init__(self, in_channels: int, channels: int, *, heads: int = 1, dropout: float = 0.0) -> None:
        super().__init__()
        self.channels, self.heads, self.dropout = channels, heads, dropout
        self.weight = nn.Parameter(torch.empty(heads * channels, in_channels))
        self.own = nn.Parameter(torch.empty(1, heads, channels))
        self.other = nn.Parameter(torch.empty(1, heads, channels))
        self.bias = nn.Parameter(torch.zeros(heads * channels))
        for parameter in (self.weight, self.own, self.other):
            nn.init.xavier_normal_(parameter, gain=GAIN)

    def forward(self, x: Nodes, edges: AttentionEdges) -> Float[Tensor, "n c"]:
        """Attend to neighbours, in memory linear in nodes and edges.

        Args:
            x: (n, in_channels), dense or CSR.
            edges: of n targets and n sources.
        """
        h = at_least_float32(project(x, self.weight)).view(-1, self.heads, self.channels)
        weight = attention_weights(edges, (h * self.own).sum(2), (h * self.other).sum(2), slope=SLOPE)
        return attended_sums(edges, self._dropped(weight), h).flatten(1) + self.bias

    def rows_of(self, x: Nodes, edges: AttentionEdges, targets: Bool[Tensor, " n"]) -> Float[Tensor, "m c"]:
        """The rows of some nodes, of a layer with one head: neighbours are summed before the product with W.

        The m rows alone have the width of the output, and the values are those of `forward`.

        Args:
            x: (n, in_channels), dense.
            edges: of n targets and n sources.
            targets: (n,), True for m nodes.

        Raises:
            ValueError: a layer with several heads.

        Example:
            >>> layer, x = AttentionLayer(3, 5), torch.rand(2, 3)
            >>> edges, second = AttentionEdges.of(torch.tensor([[0], [1]]), 2), torch.tensor([False, True])
            >>> torch.allclose(layer.rows_of(x, edges, second), layer(x, edges)[1:], atol=1e-6)
            True
        """
        if self.heads != 1:
            raise ValueError(f"rows_of needs a layer with one head; got {self.heads}; take its forward")
        x, into = at_least_float32(x), edges.into(targets)
        own = x.index_select(0, targets.nonzero()[:, 0]) @ (self.own[0] @ self.weight).T
        weight = attention_weights(into, own, x @ (self.other[0] @ self.weight).T, slope=SLOPE)
        sums = attended_sums(into, self._dropped(weight), x[:, None])[:, 0]
        return F.linear(sums, self.weight, self.bias)

    def _dropped(self, weight: Tensor) -> Tensor:
        return F.dropout(weight, self.dropout, self.training)


class AttentionGNN(nn.Module):
    """GAT encoder: layers h <- activation(norm(attention(dropout(h)) + residual)), the last one included.

    The heads of every layer stand side by side, and every layer has an activation of its own. Each node attends to
    its neighbours and, once, to itself.

    Args:
        in_channels: width of the features.
        hidden_channels: width between layers, a multiple of `heads`.
        out_channels: width of the embeddings, a multiple of `heads`.
        num_layers: at least 1.
        heads: attention heads of each layer.
        norm: "batch", "layer" or None.
        residual: whether each layer adds its input, through a matrix where the widths differ.
        activation: a name of `ACTIVATIONS`.
        dropout: share of the entries of each layer's input set to 0 in training; torch's global generator.
        attention_dropout: share of the attention weights set to 0 in training.

    Raises:
        ValueError: heads that do not divide both widths.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> AttentionGNN(4, 8, 8, 2, heads=2)(torch.ones(3, 4), path).shape
        torch.Size([3, 8])

    Reference: the encoder of [Hou et al., "GraphMAE", KDD 2022, arXiv 2205.10803].
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
        heads: int = 4,
        norm: Norm | None = None,
        residual: bool = False,
        activation: Activation = "prelu",
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if hidden_channels % heads or out_channels % heads:
            raise ValueError(
                f"heads must divide the widths {hidden_channels} and {out_channels}; got {heads}; "
                "take heads=1 or other widths"
            )
        widths = [in_channels, *[hidden_channels] * (num_layers - 1), out_channels]
        pairs = list(pairwise(widths))
        self.dropout = dropout
        self.edges: LastMade[AttentionEdges] = LastMade()
        self.attention = nn.ModuleList(
            AttentionLayer(a, b // heads, heads=heads, dropout=attention_dropout) for a, b in pairs
        )
        self.norm = nn.ModuleList(NORMS[norm](width) if norm else nn.Identity() for width in widths[1:])
        self.activation = nn.ModuleList(ACTIVATIONS[activation]() for _ in pairs)
        self.shortcut = nn.ModuleList(
            nn.Identity() if a == b else nn.Linear(a, b, bias=False) for a, b in pairs if residual
        )

    def forward(self, x: Nodes, edge_index: Edges) -> Float[Tensor, "n c"]:
        """One row per node.

        Args:
            x: (n, in_channels), dense or CSR.
            edge_index: (2, e), messages flow from row 0 to row 1; self loops are replaced by one for each node.
        """
        for depth in range(len(self.attention)):
            x = self._layer(depth, x, edge_index)
        return x

    @property
    def layers(self) -> list[Callable[[Data], Tensor]]:
        """The layers one by one, as `GNN.layers`."""
        return [partial(self._layer_on, depth) for depth in range(len(self.attention))]

    def _layer_on(self, depth: int, data: Data) -> Tensor:
        return self._layer(depth, data.x, data.edge_index)

    def _layer(self, depth: int, x: Tensor, edge_index: Tensor) -> Tensor:
        edges = self.edges.of(edge_index, x.size(0), partial(AttentionEdges.of, edge_index, x.size(0)))
        x = entry_dropout(x, self.dropout if self.training else 0.0)
        h: Tensor = self.attention[depth](x, edges)
        if len(self.shortcut):
            shortcut = self.shortcut[depth]
            own = project(x, shortcut.weight) if isinstance(shortcut, nn.Linear) else x.to_dense()
            h = h + own
        activated: Tensor = self.activation[depth](self.norm[depth](h))
        return activated


class AttentionDecoder(nn.Module):
    """Decoder of masked graph autoencoders on nodes: one GAT layer with one head, computed for some nodes alone.

    Args:
        channels: width of the code.
        out_channels: width of the features.
        dropout: share of the entries of the code set to 0 in training.
        attention_dropout: share of the attention weights set to 0 in training.

    Example:
        >>> path, ends = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), torch.tensor([True, False, True])
        >>> AttentionDecoder(8, 4)(torch.ones(3, 8), path, ends).shape
        torch.Size([2, 4])

    Reference: [Hou et al., "GraphMAE", KDD 2022, arXiv 2205.10803].
    """

    def __init__(
        self, channels: int, out_channels: int, *, dropout: float = 0.0, attention_dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.dropout = dropout
        self.attention = AttentionLayer(channels, out_channels, dropout=attention_dropout)
        self.edges: LastMade[AttentionEdges] = LastMade()

    def forward(self, code: Nodes, edge_index: Edges, targets: Bool[Tensor, " n"]) -> Float[Tensor, "m c"]:
        """The features of some nodes from the code of their neighbours and their own.

        Args:
            code: (n, channels).
            edge_index: (2, e), messages flow from row 0 to row 1.
            targets: (n,), True for m nodes.

        Returns:
            (m, out_channels), in the order of the nodes.
        """
        edges = self.edges.of(edge_index, len(code), partial(AttentionEdges.of, edge_index, len(code)))
        code = F.dropout(code, self.dropout, self.training)
        return self.attention.rows_of(code, edges, targets)
