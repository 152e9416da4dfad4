"""GraphMAE on whole graphs: a masked graph autoencoder of molecules and social graphs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders.graph_level.masked_decoder import MoleculeDecoder, SocialDecoder
from graphcl.methods.bases.graph_encoder import GraphEncoderModule, GraphPretrainer, draw_masked
from graphcl.objectives import scaled_cosine_error
from graphcl.ops.machine.precision import at_least_float32
from graphcl.training import Step
from graphcl.typing import AtLeastOne, Probability


class GraphMAEGraphsModule(GraphEncoderModule):
    """Masked autoencoder: a graph layer reconstructs the categories of masked nodes from rows of the others.

    Args:
        encoder: (x, edge_index, edge_attr) -> one row per node.
        decoder: (rows, edge_index, edge_attr, masked) -> one row per masked node, as wide as there are categories
            in the first column of x.
        token: the row of x that masks a node.
        mask: floor(mask n) + 1 of each graph's n nodes are masked, at most all of them.
        alpha: exponent of the loss.
    """

    figures: ClassVar[tuple[str, ...]] = ("accuracy",)

    def __init__(
        self, encoder: nn.Module, decoder: nn.Module, token: Sequence[int], *, mask: float, alpha: float
    ) -> None:
        super().__init__(encoder)
        self.decoder = decoder
        self.token, self.mask, self.alpha = tuple(token), mask, alpha

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The scaled cosine error of the masked categories, and the share of them whose entry is the largest."""
        masked = torch.zeros(len(batch.x), dtype=torch.bool, device=batch.x.device)
        masked[draw_masked(batch, self.mask, step.generator)] = True
        return self.reconstruct(batch, masked)

    def reconstruct(self, batch: Data, masked: Tensor) -> dict[str, Tensor]:
        """The loss and the figure for given masks, (n,)."""
        x = torch.where(masked[:, None], batch.x.new_tensor(self.token), batch.x)
        rows = self.decoder(self.rows(batch, x), batch.edge_index, batch.get("edge_attr"), masked)
        rows, target = at_least_float32(rows), batch.x[masked, 0]
        wanted = F.one_hot(target, rows.size(1)).to(rows.dtype)
        accuracy = (rows.argmax(1) == target).to(rows.dtype).mean()
        return {"reconstruction": scaled_cosine_error(rows, wanted, alpha=self.alpha), "accuracy": accuracy}


@dataclass(kw_only=True, eq=False, repr=False)
class GraphMAEGraphs(GraphPretrainer):
    """GraphMAE of whole graphs: a masked graph autoencoder that reconstructs the categories of masked nodes.

    At every step floor(mask n) + 1 of each graph's n nodes are masked. Their rows of the encoder are set to 0 once
    more, so that a decoder of one graph layer has to reconstruct each from its neighbours; the loss is the scaled
    cosine error of its row and the one-hot category:

        L = mean over masked nodes of (1 - cos(row, category))^alpha

    Of atoms the element is reconstructed, not the chirality. The decoder is left out afterwards. The nodes of
    proteins are all alike, so that there is nothing to reconstruct. The history also has the share of masked
    nodes whose category has the largest entry.

    Molecules are trained as in the authors' chem/: the decoder is a GIN layer with bond features, and has an
    output for each of 119 atom types. Here its rows are computed for the masked nodes alone, with the same values,
    and one optimiser has the parameters of both networks, where theirs has two with equal settings. Social graphs
    are ours: the encoder is that of this library, and the decoder a GCN layer; their code for such sets has GIN
    layers on one-hot rows.

    Args:
        mask: share of the nodes of each graph.
        alpha: exponent of the loss, at least 1; larger ones make nodes that are nearly right count less.

    Attributes:
        embedding_: (graphs, channels), means over nodes.

    Example:
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> benzene = Data(x=torch.tensor([[5, 0]] * 6), edge_index=both, edge_attr=torch.tensor([[3, 0]] * 12))
        >>> model = GraphMAEGraphs(channels=8, epochs=2, device="cpu").fit([benzene, benzene])
        >>> model.embedding_.shape, sorted(model.history_[0])[:3]
        (torch.Size([2, 8]), ['accuracy', 'epoch', 'loss'])

    Reference: [Hou et al., "GraphMAE: Self-Supervised Masked Graph Autoencoders", KDD 2022, arXiv 2205.10803], and
    chem/ of github.com/THUDM/GraphMAE at b14f080.
    """

    name: ClassVar[str] = "graph-mae-graphs"

    mask: Probability = 0.25
    alpha: AtLeastOne = 1.0

    def _build(self, data: Data) -> GraphMAEGraphsModule:  # noqa: ARG002
        encoder, token = self._encoder_with_mask()
        decoder = MoleculeDecoder if self.domain == "molecule" else SocialDecoder
        categories = token[0]  # the token comes after all of them
        return GraphMAEGraphsModule(
            encoder, decoder(self.channels, categories), token, mask=self.mask, alpha=self.alpha
        )
