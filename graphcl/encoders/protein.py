"""The encoder of protein interaction networks: messages carry the evidence for the interaction beside the node."""

from typing import cast

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphcl.encoders.graph_layers import Jump, NodeNorm, join_layers, neighbour_lists
from graphcl.ops.row_lists import RowLists, sum_lists
from graphcl.typing import Edges

MARKS = 9
"""Of an edge: seven kinds of evidence, the self loop, and a mask that nothing uses."""

SELF_LOOP = 7


class ProteinLayer(nn.Module):
    """MLP(sum over a node and its neighbours of [z_u ; W a_uv + b]), with a normalisation inside.

    Args:
        channels: width of nodes.
        first: whether nodes come as categories, which are embedded.
    """

    def __init__(self, channels: int, *, first: bool = False) -> None:
        super().__init__()
        wide = 2 * channels
        self.mlp = nn.Sequential(nn.Linear(wide, wide), NodeNorm(wide), nn.ReLU(), nn.Linear(wide, channels))
        self.edge_encoder = nn.Linear(MARKS, channels)
        if first:
            self.input_node_embeddings = nn.Embedding(2, channels)
            nn.init.xavier_uniform_(self.input_node_embeddings.weight)

    def forward(
        self, z: Float[Tensor, "n d"], neighbours: RowLists, marks: Float[Tensor, "n marks"], degree: Tensor
    ) -> Float[Tensor, "n d"]:
        """Rows of nodes; of every node the neighbours, the sum of marks, and how many edges those came with."""
        evidence = F.linear(marks.to(z.dtype), self.edge_encoder.weight)
        evidence = evidence + degree.to(z.dtype)[:, None] * self.edge_encoder.bias
        rows: Tensor = self.mlp(torch.cat([z + sum_lists(z, neighbours), evidence.to(z.dtype)], dim=1))
        return rows


class ProteinGIN(nn.Module):
    """Five rounds of messages [node ; evidence], as in pretrain-gnns and D-SLA, whose parameter names it has.

    Args:
        channels: width of all layers.
        num_layers: at least 1.
        dropout: after every layer.
        jump: see `Jump`.

    Example:
        >>> edges, marks = torch.tensor([[0, 1], [1, 0]]), torch.eye(9)[:2]
        >>> ProteinGIN(8)(torch.ones(2, 1).long(), edges, marks).shape
        torch.Size([2, 8])

    Reference: [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020]; the sheet's section
    4.2.
    """

    def __init__(
        self, channels: int = 300, num_layers: int = 5, *, dropout: float = 0.0, jump: Jump = "last"
    ) -> None:
        super().__init__()
        self.gnns = nn.ModuleList(ProteinLayer(channels, first=i == 0) for i in range(num_layers))
        self.channels, self.dropout, self.jump = channels, dropout, jump

    @property
    def out_channels(self) -> int:
        """Width of the output."""
        return self.channels * (len(self.gnns) + 1) if self.jump == "concat" else self.channels

    def forward(
        self,
        x: Int[Tensor, "n 1"],
        edge_index: Edges,
        edge_attr: Int[Tensor, "e marks"] | Float[Tensor, "e marks"],
    ) -> Float[Tensor, "n c"]:
        """Categories 0 or 1 of nodes (1 for all in the published data), nine marks of edges, to rows of nodes."""
        embedding = cast("ProteinLayer", self.gnns[0]).input_node_embeddings
        z = embedding(x[:, 0])
        marks = z.new_zeros(len(x), MARKS).index_add(0, edge_index[1], edge_attr.to(z.dtype))
        marks[:, SELF_LOOP] += 1
        degree = torch.bincount(edge_index[1], minlength=len(x)) + 1
        neighbours = neighbour_lists(edge_index, len(x))
        layers = [z]
        for number, layer in enumerate(self.gnns, start=1):
            z = layer(z, neighbours, marks, degree)
            z = z if number == len(self.gnns) else F.relu(z)
            z = F.dropout(z, self.dropout, self.training)
            layers.append(z)
        return join_layers(layers, self.jump)
