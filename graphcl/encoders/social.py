"""The encoder of social graphs: graph convolutions on the category of each node, for instance its degree."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphcl.encoders.graph_layers import Jump, NodeNorm, join_layers, neighbour_lists
from graphcl.ops.row_lists import RowLists, sum_lists
from graphcl.typing import Edges


class SocialLayer(nn.Module):
    """The linear map of each row, summed over a node and its neighbours with weights (d_u d_v)^-1/2.

    Args:
        channels: width of nodes.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.linear = nn.Linear(channels, channels)

    def forward(
        self, z: Float[Tensor, "n d"], neighbours: RowLists, scale: Float[Tensor, " n"]
    ) -> Float[Tensor, "n d"]:
        """Rows of nodes, the neighbours and d^-1/2 of every node."""
        z = self.linear(z)
        weight = scale.to(z.dtype)[:, None]
        z = z * weight
        return (z + sum_lists(z, neighbours)) * weight


class SocialGCN(nn.Module):
    """Three graph convolutions, each normalised over the batch, on embedded categories; D-SLA's parameter names.

    A node's degree counts the edges that leave it, and its self loop: it matters where edges have one direction.

    Args:
        categories: of nodes; the row after them is the mask.
        channels: width of all layers.
        num_layers: at least 1.
        dropout: after every layer.
        jump: see `Jump`.

    Example:
        >>> SocialGCN(5, 8)(torch.tensor([[1], [1]]), torch.tensor([[0, 1], [1, 0]])).shape
        torch.Size([2, 8])

    Reference: [Kim, Baek, Hwang, NeurIPS 2022, arXiv 2202.02989]; the sheet's section 4.3.
    """

    def __init__(
        self,
        categories: int,
        channels: int = 300,
        num_layers: int = 3,
        *,
        dropout: float = 0.0,
        jump: Jump = "last",
    ) -> None:
        super().__init__()
        self.x_embedding = nn.Embedding(categories + 1, channels)
        self.gnns = nn.ModuleList(SocialLayer(channels) for _ in range(num_layers))
        self.batch_norms = nn.ModuleList(NodeNorm(channels) for _ in range(num_layers))
        self.dropout, self.jump = dropout, jump
        nn.init.xavier_uniform_(self.x_embedding.weight)

    @property
    def out_channels(self) -> int:
        """Width of the output."""
        width = self.x_embedding.embedding_dim
        return width * (len(self.gnns) + 1) if self.jump == "concat" else width

    def forward(self, x: Int[Tensor, "n 1"], edge_index: Edges, edge_attr: None = None) -> Float[Tensor, "n c"]:  # noqa: ARG002
        """Categories of nodes to their rows; there are no attributes of edges."""
        z = self.x_embedding(x[:, 0])
        degree = torch.bincount(edge_index[0], minlength=len(x)) + 1
        scale = degree.to(z.dtype).rsqrt()
        neighbours = neighbour_lists(edge_index, len(x))
        layers = [z]
        for number, (layer, norm) in enumerate(zip(self.gnns, self.batch_norms, strict=True), start=1):
            z = norm(layer(z, neighbours, scale))
            z = z if number == len(self.gnns) else F.relu(z)
            z = F.dropout(z, self.dropout, self.training)
            layers.append(z)
        return join_layers(layers, self.jump)
