"""GraphMAE: a masked autoencoder of node features, whose decoder sees masked nodes through their neighbours alone.

[Hou, Liu, Cen, Dong, Yang, Wang, Tang, "GraphMAE: Self-Supervised Masked Graph Autoencoders", KDD 2022, arXiv
2205.10803]; the authors' code is THUDM/GraphMAE, read at b14f080.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment.node_masking import NodeMasks, draw_node_masks
from graphcl.methods.bases.masked_nodes import MaskedNodes, MaskedNodesModule, seeds_among, which
from graphcl.training import Stage, Step, adam
from graphcl.typing import Probability


class GraphMAEModule(MaskedNodesModule):
    """Masked nodes get a token, or another node's features; their code is 0 in the decoder.

    Args:
        encoder: (x, edge_index) to one row per node.
        decoder: (code, edge_index, targets) to the features of the targets.
        in_channels: width of the features.
        channels: width of the encoder's rows.
        mask: share of the nodes that are masked.
        replace_rate: share of the masked nodes that get another node's features in place of the token.
        alpha: exponent of the scaled cosine error.
        edge_rate: share of the edges that the encoder does not see.
    """

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        in_channels: int,
        channels: int,
        *,
        mask: float,
        replace_rate: float,
        alpha: float,
        edge_rate: float,
    ) -> None:
        super().__init__(encoder, decoder, in_channels, channels, mask=mask, alpha=alpha, edge_rate=edge_rate)
        self.replace_rate = replace_rate

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The scaled cosine error of the masked seeds, see `graphcl.objectives.scaled_cosine_error`."""
        masks = draw_node_masks(batch.x.size(0), self.mask, self.replace_rate, generator=step.generator)
        return self.reconstruct(batch, self.view(batch, step), masks)

    def reconstruct(self, batch: Data, view: Data, masks: NodeMasks) -> dict[str, Tensor]:
        """The loss for given masks and a given graph of the encoder."""
        hidden = which(masks.nodes, batch.x.size(0))
        code = self.code_of(self.masked_rows(view, masks), hidden)
        return {"reconstruction": self.error(code, batch, seeds_among(hidden, batch))}


@dataclass(kw_only=True, eq=False, repr=False)
class GraphMAE(MaskedNodes):
    """GraphMAE: the features of masked nodes are reconstructed from the rows of their neighbours.

    At every step floor(mask n) nodes are masked: their features are replaced by a learned token, or, for a few, by
    those of other nodes. The encoder's rows of masked nodes are set to 0 once more, so that a decoder of one
    attention layer has to reconstruct their features from their neighbours. The loss is the scaled cosine error,
    see `graphcl.objectives.scaled_cosine_error`. The decoder is computed for the masked nodes alone, and is left
    out afterwards.

    The defaults are the authors' setting for Cora: two attention layers of four heads of 128, 1500 steps, a
    learning rate that falls by a cosine. The last state counts.

    Of whole graphs: `GraphMAEGraphs`. For the arguments not named here see `MaskedNodes` and `GNNEmbedder`; with
    `batch_size` nodes are masked within each sample.

    Args:
        replace_rate: share of the masked nodes that get another node's features in place of the token.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = GraphMAE(n_clusters=2, hidden_channels=16, out_channels=8, epochs=5).fit(karate.graph)
        >>> model.embedding_.shape, list(model.history_[-1])
        (torch.Size([34, 8]), ['stage', 'epoch', 'loss', 'reconstruction'])
    """

    name: ClassVar[str] = "graph-mae"

    replace_rate: Probability = 0.05

    def _build(self, data: Data) -> GraphMAEModule:
        networks = self._encoder(data), self._decoder(data)
        return GraphMAEModule(*networks, data.x.size(1), self.out_channels, **self._settings_for(GraphMAEModule))

    def _stages(self) -> list[Stage]:
        return [Stage("reconstruct", self.epochs, adam(self.lr, self.weight_decay), **self._training())]
