"""GIN encoder of protein interaction networks, with edge features concatenated in its messages (pretrain-gnns)."""

from typing import cast

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphcl.encoders.graph_level.graph_layers import Jump, NodeNorm, join_layers, neighbour_lists
from graphcl.ops.graph_matrices.row_lists import RowLists, sum_lists
from graphcl.typing import Edges

EDGE_FEATURES = 9
"""Binary features of an edge: seven kinds of evidence, the self loop, and an unused mask token."""

SELF_LOOP_FEATURE = 7


class ProteinLayer(nn.Module):
    """GIN layer with edge features: MLP(sum over u in N(v) and v itself of [z_u ; W a_uv + b]).

    Args:
        channels: width of input and output.
        first: whether this layer holds the embedding table of the input categories.
    """

    def __init__(self, channels: int, *, first: bool = False) -> None:
        super().__init__()
        wide = 2 * channels
        self.mlp = nn.Sequential(nn.Linear(wide, wide), NodeNorm(wide), nn.ReLU(), nn.Linear(wide, channels))
        self.edge_encoder = nn.Linear(EDGE_FEATURES, channels)
        if first:
            self.input_node_embeddings = nn.Embedding(2, channels)
            nn.init.xavier_uniform_(self.input_node_embeddings.weight)

    def forward(
        self, z: Float[Tensor, "n d"], neighbours: RowLists, marks: Float[Tensor, "n marks"], degree: Tensor
    ) -> Float[Tensor, "n d"]:
        """Compute one layer.

        Args:
            z: (n, d), the rows of the nodes.
            neighbours: in-neighbours of each node.
            marks: (n, 9), the edge features of each node summed, with its self loop.
            degree: (n,), the number of edges in those sums.
        """
        evidence = F.linear(marks.to(z.dtype), self.edge_encoder.weight)
        evidence = evidence + degree.to(z.dtype)[:, None] * self.edge_encoder.bias
        rows: Tensor = self.mlp(torch.cat([z + sum_lists(z, neighbours), evidence.to(z.dtype)], dim=1))
        return rows


class ProteinGIN(nn.Module):
    """GIN encoder of protein interaction networks with edge features, as in pretrain-gnns and D-SLA.

    Parameters have the names and shapes of pretrain-gnns: published weights load with `load_state_dict`.

    Args:
        channels: width of all layers.
        num_layers: number of GIN layers, at least 1.
        dropout: dropout probability after each layer.
        jump: see `Jump`.

    Example:
        >>> edges, marks = torch.tensor([[0, 1], [1, 0]]), torch.eye(9)[:2]
        >>> ProteinGIN(8)(torch.ones(2, 1).long(), edges, marks).shape
        torch.Size([2, 8])

    Reference: [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020,
    arXiv 1905.12265], as in the authors' bio/model.py.
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
        """Embed the proteins of a batch of networks.

        Args:
            x: (n, 1), category 0 or 1; 1 for all nodes of the published data.
            edge_index: (2, e); messages flow from row 0 to row 1.
            edge_attr: (e, 9), binary edge features.

        Returns:
            (n, out_channels).
        """
        embedding = cast("ProteinLayer", self.gnns[0]).input_node_embeddings
        z = embedding(x[:, 0])
        marks = z.new_zeros(len(x), EDGE_FEATURES).index_add(0, edge_index[1], edge_attr.to(z.dtype))
        marks[:, SELF_LOOP_FEATURE] += 1
        degree = torch.bincount(edge_index[1], minlength=len(x)) + 1
        neighbours = neighbour_lists(edge_index, len(x))
        layers = [z]
        for number, layer in enumerate(self.gnns, start=1):
            z = layer(z, neighbours, marks, degree)
            z = z if number == len(self.gnns) else F.relu(z)
            z = F.dropout(z, self.dropout, self.training)
            layers.append(z)
        return join_layers(layers, self.jump)
