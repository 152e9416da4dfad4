"""GCN encoder of social graphs on a category of each node, for instance its degree."""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphcl.encoders.graph_level.graph_layers import Jump, NodeNorm, join_layers, neighbour_lists
from graphcl.ops.graph_matrices.row_lists import RowLists, sum_lists
from graphcl.typing import Edges


class SocialLayer(nn.Module):
    """GCN layer: sum over u in N(v) and v itself of (d_u d_v)^-1/2 (W z_u + b).

    Args:
        channels: width of input and output.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.linear = nn.Linear(channels, channels)

    def forward(
        self, z: Float[Tensor, "n d"], neighbours: RowLists, scale: Float[Tensor, " n"]
    ) -> Float[Tensor, "n d"]:
        """Compute one layer.

        Args:
            z: (n, d), the rows of the nodes.
            neighbours: in-neighbours of each node.
            scale: (n,), d^-1/2 of each node.
        """
        z = self.linear(z)
        weight = scale.to(z.dtype)[:, None]
        z = z * weight
        return (z + sum_lists(z, neighbours)) * weight


class SocialGCN(nn.Module):
    """GCN encoder with batch normalisation on embedded node categories, with the parameter names of D-SLA.

    A node's degree is the number of its outgoing edges, plus 1 for its self loop.

    Args:
        categories: number of node categories; one more embedding is the mask token.
        channels: width of all layers.
        num_layers: number of GCN layers, at least 1.
        dropout: dropout probability after each layer.
        jump: see `Jump`.

    Example:
        >>> SocialGCN(5, 8)(torch.tensor([[1], [1]]), torch.tensor([[0, 1], [1, 0]])).shape
        torch.Size([2, 8])

    Reference: [Kim, Baek, Hwang, NeurIPS 2022, arXiv 2202.02989], as in the authors' code for social graphs.
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
        """Embed the nodes of a batch of graphs.

        Args:
            x: (n, 1), the category of each node.
            edge_index: (2, e); messages flow from row 0 to row 1.
            edge_attr: None; social graphs have no edge features.

        Returns:
            (n, out_channels).
        """
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
