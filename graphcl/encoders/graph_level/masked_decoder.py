"""Decoders of masked graph autoencoders: one graph layer, computed for the masked nodes alone."""

from abc import abstractmethod
from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from graphcl.encoders.graph_level.molecule import MoleculeLayer, count_bonds
from graphcl.ops.graph_matrices.row_lists import RowLists, sum_lists
from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Edges, Nodes

Decoded = Float[Tensor, "masked c"]
"""One row per masked node, in the order of the nodes."""


class MaskedEdges(NamedTuple):
    """The edges that bring a row to a masked node: those from nodes that are not masked themselves."""

    kept: Int[Tensor, " kept"]
    """The nodes that are not masked."""
    masked: Int[Tensor, " masked"]
    """The masked nodes."""
    summed: RowLists
    """For each masked node the places among `kept` of its in-neighbours there."""

    @staticmethod
    def of(edge_index: Edges, masked: Bool[Tensor, " n"]) -> "MaskedEdges":
        """Sort the nodes into masked ones and others.

        Example:
            >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
            >>> MaskedEdges.of(path, torch.tensor([True, False, False])).summed.rows  # node 1 is the first kept
            tensor([0])
        """
        source, target = edge_index[:, masked[edge_index[1]] & ~masked[edge_index[0]]]
        place = torch.where(masked, torch.cumsum(masked, 0), torch.cumsum(~masked, 0)) - 1
        kept, chosen = (~masked).nonzero()[:, 0], masked.nonzero()[:, 0]
        return MaskedEdges(kept, chosen, RowLists.of(place[source], place[target], len(kept), len(chosen)))


class MaskedDecoder(nn.Module):
    """Decoder of GraphMAE: PReLU, a linear map without bias, the rows of masked nodes set to 0, one graph layer.

    Only rows of masked nodes are computed. As their own rows are 0, the layer sums over neighbours that are not
    masked; edges from masked nodes bring what belongs to the edge alone. A subclass writes `decode`.

    Args:
        channels: width of the encoder's rows.

    Reference: [Hou et al., "GraphMAE: Self-Supervised Masked Graph Autoencoders", KDD 2022, arXiv 2205.10803];
    parameters have the names of chem/ in github.com/THUDM/GraphMAE at b14f080.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.activation = nn.PReLU()
        self.enc_to_dec = nn.Linear(channels, channels, bias=False)

    def forward(
        self, z: Nodes, edge_index: Edges, edge_attr: Int[Tensor, "e kinds"] | None, masked: Bool[Tensor, " n"]
    ) -> Decoded:
        """Reconstruct the masked nodes.

        Args:
            z: (n, d), rows of the encoder, which saw the masks.
            edge_index: (2, e); messages flow from row 0 to row 1.
            edge_attr: (e, kinds), of graphs with edge features.
            masked: (n,).
        """
        edges = MaskedEdges.of(edge_index, masked)
        code = self.enc_to_dec(self.activation(z.index_select(0, edges.kept)))
        return self.decode(code, edges, edge_index, edge_attr)

    @abstractmethod
    def decode(
        self,
        code: Float[Tensor, "kept d"],
        edges: MaskedEdges,
        edge_index: Edges,
        edge_attr: Int[Tensor, "e kinds"] | None,
    ) -> Decoded:
        """The layer's rows of the masked nodes, from the rows of the others."""


class MoleculeDecoder(MaskedDecoder):
    """Decoder of molecules: its layer is a GIN layer with bond features, `MoleculeLayer`.

    Args:
        channels: width of the encoder's rows.
        categories: of atoms, the width of the output.

    Example:
        >>> edges, bonds = torch.tensor([[0, 1], [1, 0]]), torch.tensor([[1, 0], [1, 0]])
        >>> MoleculeDecoder(8, 119)(torch.ones(2, 8), edges, bonds, torch.tensor([True, False])).shape
        torch.Size([1, 119])
    """

    def __init__(self, channels: int, categories: int) -> None:
        super().__init__(channels)
        self.conv = MoleculeLayer(channels, categories)
        for embedding in (self.conv.edge_embedding1, self.conv.edge_embedding2):
            nn.init.xavier_uniform_(embedding.weight)

    def decode(
        self,
        code: Float[Tensor, "kept d"],
        edges: MaskedEdges,
        edge_index: Edges,
        edge_attr: Int[Tensor, "e 2"] | None,
    ) -> Decoded:
        """GIN over neighbours, with the bonds to all of them."""
        if edge_attr is None:
            raise ValueError("molecules must have edge_attr; got none; give the type and direction of each bond")
        bonds = count_bonds(edge_index, edge_attr, len(edges.kept) + len(edges.masked))
        rows: Tensor = self.conv(code, edges.summed, bonds[edges.masked])
        return rows


class SocialDecoder(MaskedDecoder):
    """Decoder of social graphs: its layer is a GCN layer as in `SocialGCN`, with the linear map after the sum.

    Args:
        channels: width of the encoder's rows.
        categories: of nodes, the width of the output.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> SocialDecoder(8, 4)(torch.ones(3, 8), path, None, torch.tensor([True, False, True])).shape
        torch.Size([2, 4])
    """

    def __init__(self, channels: int, categories: int) -> None:
        super().__init__(channels)
        self.conv = nn.Linear(channels, categories)

    def decode(
        self,
        code: Float[Tensor, "kept d"],
        edges: MaskedEdges,
        edge_index: Edges,
        edge_attr: Int[Tensor, "e kinds"] | None,  # noqa: ARG002
    ) -> Decoded:
        """GCN over neighbours; the bias comes from each of them, masked or not, and from the node itself."""
        n = len(edges.kept) + len(edges.masked)
        degree = torch.bincount(edge_index[0], minlength=n) + 1
        scale = degree.to(at_least_float32(code).dtype).rsqrt()
        share = scale.index_add(0, edge_index[1], scale[edge_index[0]])[edges.masked, None]
        own = scale[edges.masked, None]
        total = sum_lists(code * scale[edges.kept, None], edges.summed) * own
        return F.linear(total, self.conv.weight) + self.conv.bias * (share * own)
