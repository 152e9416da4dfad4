"""GIN encoder of molecules with bond features in its messages (pretrain-gnns)."""

from typing import cast

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphcl.encoders.graph_level.graph_layers import Jump, NodeNorm, join_layers
from graphcl.ops.colour_refinement import DistinctRows, refine_colours
from graphcl.ops.graph_matrices.row_lists import RowLists, sum_lists
from graphcl.ops.linear_maps import linear, relu_linear
from graphcl.typing import Edges

ATOMS = 120
"""Rows of the atom embedding: 118 elements, one unused, and the mask token."""

CHIRALITY_TYPES = 3
BOND_TYPES = 6
"""Rows of the bond-type embedding: four types, the self loop, and an unused mask token."""

BOND_DIRECTIONS = 3
MASKED_ATOM = (119, 0)
SELF_LOOP = (4, 0)

LINEAR_FIRST = 1.3
"""If outputs outnumber input rows by this factor, the linear map is applied before the sum, which is faster."""


class MoleculeLayer(nn.Module):
    """GIN layer with bond features: MLP(sum over u in N(v) and v itself of z_u + type_uv + direction_uv).

    Args:
        channels: width of the input.
        out_channels: width of the output; None is that of the input.
    """

    def __init__(self, channels: int, out_channels: int | None = None) -> None:
        super().__init__()
        width = out_channels or channels
        self.mlp = nn.Sequential(nn.Linear(channels, 2 * channels), nn.ReLU(), nn.Linear(2 * channels, width))
        self.edge_embedding1 = nn.Embedding(BOND_TYPES, channels)
        self.edge_embedding2 = nn.Embedding(BOND_DIRECTIONS, channels)

    def forward(
        self, z: Float[Tensor, "m d"], summed: RowLists, bonds: Int[Tensor, "n kinds"]
    ) -> Float[Tensor, "n c"]:
        """Compute the distinct rows of this layer, or those of some nodes.

        Args:
            z: (m, d), the distinct rows of the previous layer.
            summed: the rows of z that each row of this layer sums, see `refine_colours`.
            bonds: (n, kinds), the number of bonds of each type and direction, see `count_bonds`.
        """
        kinds = torch.cat([self.edge_embedding1.weight, self.edge_embedding2.weight])
        first, second = cast("nn.Linear", self.mlp[0]), cast("nn.Linear", self.mlp[2])
        marks = bonds.to(z.dtype)
        if LINEAR_FIRST * len(z) <= len(bonds):
            inner = F.linear(marks, first.weight @ kinds.T, first.bias)
            inner = inner.add_(sum_lists(linear(z, first.weight), summed))
        else:
            inner = linear(torch.addmm(sum_lists(z, summed), marks, kinds), first.weight, first.bias)
        return relu_linear(inner, second.weight, second.bias)


class MoleculeGIN(nn.Module):
    """GIN encoder of molecules with bond features and batch normalisation, as in pretrain-gnns and D-SLA.

    Parameters have the names and shapes of pretrain-gnns: published weights load with `load_state_dict`.

    Args:
        channels: width of all layers.
        num_layers: number of GIN layers, at least 1.
        dropout: dropout probability after each layer.
        jump: see `Jump`.

    Example:
        >>> x, bond = torch.tensor([[5, 0], [7, 0]]), torch.tensor([[1, 0], [1, 0]])
        >>> MoleculeGIN(8)(x, torch.tensor([[0, 1], [1, 0]]), bond).shape
        torch.Size([2, 8])
        >>> sum(parameter.numel() for parameter in MoleculeGIN().parameters())
        1857900

    Reference: [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020,
    arXiv 1905.12265], as in the authors' chem/model.py.
    """

    def __init__(
        self, channels: int = 300, num_layers: int = 5, *, dropout: float = 0.0, jump: Jump = "last"
    ) -> None:
        super().__init__()
        self.x_embedding1 = nn.Embedding(ATOMS, channels)
        self.x_embedding2 = nn.Embedding(CHIRALITY_TYPES, channels)
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
        """Embed the atoms of a batch of molecules.

        Args:
            x: (n, 2), atom type and chirality, see `graphcl.datasets.featurise`.
            edge_index: (2, e), each bond in both directions.
            edge_attr: (e, 2), bond type and direction.

        Returns:
            (n, out_channels).
        """
        bonds = count_bonds(edge_index, edge_attr, len(x))
        first, layers = self._distinct(x, edge_index, bonds)
        z = self.x_embedding1(x[first.node, 0]) + self.x_embedding2(x[first.node, 1])
        outputs = [(first, z)]
        for rows, layer, norm in zip(layers, self.gnns, self.batch_norms, strict=True):
            z = cast("MoleculeLayer", layer)(z, rows.summed, bonds[rows.node])
            z = cast("NodeNorm", norm)(z, rows.times, len(x))
            z = F.relu(z, inplace=True) if len(outputs) < len(layers) else z
            z = F.dropout(z, self.dropout, self.training)
            outputs.append((rows, z))
        kept = outputs[-1:] if self.jump == "last" else outputs
        return join_layers([z.index_select(0, rows.label) for rows, z in kept], self.jump)

    def _distinct(self, x: Tensor, edge_index: Tensor, bonds: Tensor) -> tuple[DistinctRows, list[DistinctRows]]:
        """Choose the rows to compute: the distinct ones by colour refinement, or those of all nodes.

        Colour refinement would synchronise a GPU, on which matrix products are fast; dropout makes equal rows
        differ.
        """
        depth = len(self.gnns)
        if x.device.type != "cpu" or (self.training and self.dropout > 0):
            every = DistinctRows.all_nodes(edge_index, len(x))
            return every, [every] * depth
        return refine_colours(x, edge_index, bonds, depth)


def count_bonds(edge_index: Edges, edge_attr: Int[Tensor, "e 2"], n: int) -> Int[Tensor, "n kinds"]:
    """Count the incoming bonds of each type and of each direction per atom, including its self loop.

    The sum of bond embeddings over neighbours is this matrix times the embedding tables, without a row per edge.

    Args:
        edge_index: (2, e).
        edge_attr: (e, 2), bond type and direction.
        n: number of atoms.

    Returns:
        (n, 9): six bond types, then three directions.

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
