"""The encoder of molecules: a graph isomorphism network whose messages carry the bond."""

from typing import cast

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphcl.encoders.graph_layers import Jump, NodeNorm, join_layers
from graphcl.ops.colour_refinement import DistinctRows, refine_colours
from graphcl.ops.linear_maps import linear, relu_linear
from graphcl.ops.row_lists import sum_lists
from graphcl.typing import Edges

ATOMS = 120
"""Rows for atoms: 118 elements, one unused, and the mask."""

CHIRALITIES = 3
BOND_TYPES = 6
"""Rows for bonds: four types, the self loop, and a mask that nothing uses."""

BOND_DIRECTIONS = 3
MASKED_ATOM = (119, 0)
SELF_LOOP = (4, 0)

LINEAR_FIRST = 1.3
"""With so many times more sums than rows it is cheaper to map the rows and sum then; the result is the same."""


class MoleculeLayer(nn.Module):
    """MLP(sum over a node and its neighbours of z_u + type_uv + direction_uv); the node itself by a self loop.

    Args:
        channels: width of nodes.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(channels, 2 * channels), nn.ReLU(), nn.Linear(2 * channels, channels))
        self.edge_embedding1 = nn.Embedding(BOND_TYPES, channels)
        self.edge_embedding2 = nn.Embedding(BOND_DIRECTIONS, channels)

    def forward(
        self, z: Float[Tensor, "m d"], rows: DistinctRows, bonds: Int[Tensor, "n kinds"]
    ) -> Float[Tensor, "n d"]:
        """The layer's distinct rows from those before it, and how many bonds of each kind they have."""
        kinds = torch.cat([self.edge_embedding1.weight, self.edge_embedding2.weight])
        first, second = cast("nn.Linear", self.mlp[0]), cast("nn.Linear", self.mlp[2])
        marks = bonds.to(z.dtype)
        if LINEAR_FIRST * len(z) <= len(bonds):
            inner = F.linear(marks, first.weight @ kinds.T, first.bias)
            inner = inner.add_(sum_lists(linear(z, first.weight), rows.summed))
        else:
            inner = linear(torch.addmm(sum_lists(z, rows.summed), marks, kinds), first.weight, first.bias)
        return relu_linear(inner, second.weight, second.bias)


class MoleculeGIN(nn.Module):
    """Five rounds of messages that carry the bond, each normalised over the batch; [Hu et al. 2020] and D-SLA.

    Parameters have the names and shapes of pretrain-gnns: published weights load with `load_state_dict`.

    Args:
        channels: width of all layers.
        num_layers: at least 1.
        dropout: after every layer.
        jump: see `Jump`.

    Example:
        >>> x, bond = torch.tensor([[5, 0], [7, 0]]), torch.tensor([[1, 0], [1, 0]])
        >>> MoleculeGIN(8)(x, torch.tensor([[0, 1], [1, 0]]), bond).shape
        torch.Size([2, 8])
        >>> sum(parameter.numel() for parameter in MoleculeGIN().parameters())
        1857900

    Reference: [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020]; the sheet's section
    4.1.
    """

    def __init__(
        self, channels: int = 300, num_layers: int = 5, *, dropout: float = 0.0, jump: Jump = "last"
    ) -> None:
        super().__init__()
        self.x_embedding1 = nn.Embedding(ATOMS, channels)
        self.x_embedding2 = nn.Embedding(CHIRALITIES, channels)
        self.gnns = nn.ModuleList(MoleculeLayer(channels) for _ in range(num_layers))
        self.batch_norms = nn.ModuleList(NodeNorm(channels) for _ in range(num_layers))
        self.dropout, self.jump = dropout, jump
        for module in self.modules():
            if isinstance(module, nn.Embedding):
                nn.init.xavier_uniform_(module.weight)

    @property
    def out_channels(self) -> int:
        """Width of the output."""
        width = self.x_embedding1.embedding_dim
        return width * (len(self.gnns) + 1) if self.jump == "concat" else width

    def forward(
        self, x: Int[Tensor, "n 2"], edge_index: Edges, edge_attr: Int[Tensor, "e 2"]
    ) -> Float[Tensor, "n c"]:
        """From categories of atoms and bonds, see `graphcl.datasets.featurise`, to one row per node."""
        bonds = count_bonds(edge_index, edge_attr, len(x))
        first, layers = self._distinct(x, edge_index, bonds)
        z = self.x_embedding1(x[first.node, 0]) + self.x_embedding2(x[first.node, 1])
        outputs = [(first, z)]
        for rows, layer, norm in zip(layers, self.gnns, self.batch_norms, strict=True):
            z = cast("MoleculeLayer", layer)(z, rows, bonds[rows.node])
            z = cast("NodeNorm", norm)(z, rows.times, len(x))
            z = F.relu(z, inplace=True) if len(outputs) < len(layers) else z
            z = F.dropout(z, self.dropout, self.training)
            outputs.append((rows, z))
        kept = outputs[-1:] if self.jump == "last" else outputs
        return join_layers([z.index_select(0, rows.label) for rows, z in kept], self.jump)

    def _distinct(self, x: Tensor, edge_index: Tensor, bonds: Tensor) -> tuple[DistinctRows, list[DistinctRows]]:
        """Which rows to compute: each distinct one where that pays, else those of all nodes.

        On a GPU the products are quick, and looking would stall it; dropout makes equal rows differ.
        """
        depth = len(self.gnns)
        if x.device.type != "cpu" or (self.training and self.dropout > 0):
            every = DistinctRows.all_nodes(edge_index, len(x))
            return every, [every] * depth
        return refine_colours(x, edge_index, bonds, depth)


def count_bonds(edge_index: Edges, edge_attr: Int[Tensor, "e 2"], n: int) -> Int[Tensor, "n kinds"]:
    """How many incoming bonds of each type, then of each direction, every node has, its self loop among them.

    The sum over neighbours of the bonds' embeddings is this times the embeddings: no row per edge is made.

    Example:
        >>> count_bonds(torch.tensor([[0], [1]]), torch.tensor([[3, 1]]), 2).tolist()
        [[0, 0, 0, 0, 1, 0, 1, 0, 0], [0, 0, 0, 1, 1, 0, 1, 1, 0]]
    """
    kinds = BOND_TYPES + BOND_DIRECTIONS
    target = edge_index[1] * kinds
    cells = torch.cat([target + edge_attr[:, 0], target + BOND_TYPES + edge_attr[:, 1]])
    count = torch.bincount(cells, minlength=n * kinds).view(n, kinds)
    count[:, SELF_LOOP[0]] += 1
    count[:, BOND_TYPES + SELF_LOOP[1]] += 1
    return count
