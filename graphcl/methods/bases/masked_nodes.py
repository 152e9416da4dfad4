"""Masked autoencoders of node features, which GraphMAE and GraphMAE2 share: module and hyper-parameters."""

from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Bool
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment import DropEdges, apply
from graphcl.augment.node_masking import NodeMasks
from graphcl.encoders.attention import AttentionDecoder, AttentionGNN
from graphcl.encoders.gnn import Norm
from graphcl.methods.bases.gnn import Encoder, EncoderModule, GNNEmbedder
from graphcl.objectives import scaled_cosine_error
from graphcl.ops.graph_matrices.sparse import select_rows
from graphcl.training import Step, warmup_cosine
from graphcl.typing import AtLeastOne, Count, CountOrZero, Flag, Nodes, NonNegative, Positive, Probability


class MaskedNodesModule(EncoderModule):
    """Encoder of masked features, a linear map without bias to the code, and a decoder of masked nodes alone.

    Args:
        encoder: (x, edge_index) to one row per node.
        decoder: (code, edge_index, targets) to the features of the targets, see `AttentionDecoder`.
        in_channels: width of the features.
        channels: width of the encoder's rows, and of the code.
        mask: share of the nodes that are masked.
        alpha: exponent of the scaled cosine error.
        edge_rate: share of the edges that the encoder does not see; the decoder sees all.
    """

    def __init__(
        self,
        encoder: nn.Module,
        decoder: nn.Module,
        in_channels: int,
        channels: int,
        *,
        mask: float,
        alpha: float,
        edge_rate: float,
    ) -> None:
        super().__init__(encoder)
        self.decoder = decoder
        self.mask, self.alpha, self.edge_rate = mask, alpha, edge_rate
        self.token = nn.Parameter(torch.zeros(1, in_channels))
        self.enc_to_dec = nn.Linear(channels, channels, bias=False)

    def view(self, batch: Data, step: Step) -> Data:
        """The graph that the encoder sees, without some of the edges."""
        if not self.edge_rate:
            return batch
        return apply(DropEdges(self.edge_rate), batch, step.generator)

    def masked_rows(self, view: Data, masks: NodeMasks) -> Nodes:
        """The encoder's rows of a graph with masked features."""
        masked = copy(view)
        masked.x = masks.apply(view.x, self.token)
        return self.rows(masked)

    def code_of(self, rows: Nodes, hidden: Bool[Tensor, " n"]) -> Nodes:
        """The code of all nodes; it is 0 for those that are masked once more."""
        kept = (~hidden).nonzero()[:, 0]
        code: Tensor = self.enc_to_dec(rows.index_select(0, kept))
        return code.new_zeros(len(rows), code.size(1)).index_copy(0, kept, code)

    def error(self, code: Nodes, batch: Data, scored: Bool[Tensor, " n"]) -> Tensor:
        """The scaled cosine error of some nodes' features, decoded on the whole graph."""
        decoded = self.decoder(code, batch.edge_index, scored)
        wanted = select_rows(batch.x, scored.nonzero()[:, 0]).to_dense()
        return scaled_cosine_error(decoded, wanted, alpha=self.alpha)


def which(nodes: Tensor, num_nodes: int) -> Bool[Tensor, " n"]:
    """True for the given nodes.

    Example:
        >>> which(torch.tensor([2]), 3)
        tensor([False, False,  True])
    """
    return torch.zeros(num_nodes, dtype=torch.bool, device=nodes.device).index_fill(0, nodes, True)


def seeds_among(chosen: Bool[Tensor, " n"], batch: Data) -> Bool[Tensor, " n"]:
    """The seeds of a batch among chosen nodes: losses read no rows of sampled neighbours.

    Example:
        >>> seeds_among(torch.tensor([True, True, True]), Data(seeds=1))
        tensor([ True, False, False])
    """
    places = torch.arange(len(chosen), device=chosen.device)
    seeds: Tensor = chosen & (places < batch.seeds)
    return seeds


@dataclass(kw_only=True, eq=False, repr=False)
class MaskedNodes(GNNEmbedder):
    """Base class of GraphMAE and GraphMAE2: encoder, decoder and hyper-parameters.

    With `batch_size` nodes are masked within each sample, and masked seeds alone are scored. The decoder reads one
    edge further than the encoder, so that `fanouts` has one number more than the network has layers. The rows: see
    `GNNEmbedder`.

    Args:
        encoder: "gat" for the attention network of the authors, `graphcl.encoders.attention.AttentionGNN`; any
            other as in `GNNEmbedder`. The decoder is one attention layer in any case.
        heads: attention heads of each layer of "gat", which stand side by side and divide both widths.
        norm: normalisation after each layer of our own networks, "batch", "layer" or None.
        residual: whether each layer of our own networks adds its input.
        dropout: share of the entries set to 0 in training: of the input of each layer of "gat" and of the decoder;
            of other networks between the layers.
        attention_dropout: share of the attention weights set to 0 in training, of "gat" and of the decoder.
        mask: share of the nodes that are masked.
        alpha: exponent of the scaled cosine error.
        edge_rate: share of the edges that the encoder does not see in training, each direction by itself.
        epochs: passes over the nodes.
        lr: learning rate of Adam at the start.
        weight_decay: of Adam.
        cosine: whether the learning rate falls to 0 by a cosine.
    """

    decoder_layers: ClassVar[int] = 1

    encoder: Encoder = "gat"
    hidden_channels: Count = 512
    out_channels: Count = 512
    heads: Count = 4
    norm: Norm | None = None
    residual: Flag = False
    dropout: Probability = 0.2
    attention_dropout: Probability = 0.1
    mask: Probability = 0.5
    alpha: AtLeastOne = 3.0
    edge_rate: Probability = 0.0
    epochs: CountOrZero = 1500
    lr: Positive = 1e-3
    weight_decay: NonNegative = 2e-4
    cosine: Flag = True

    def _network_settings(self) -> dict[str, Any]:
        return {"norm": self.norm, "residual": self.residual, "dropout": self.dropout}

    def _encoder(self, data: Data) -> nn.Module:
        if self.encoder != "gat":
            return super()._encoder(data)
        return AttentionGNN(
            data.x.size(1),
            self.hidden_channels,
            self.out_channels,
            self.num_layers,
            heads=self.heads,
            activation=self.activation,
            attention_dropout=self.attention_dropout,
            **self._network_settings(),
        )

    def _decoder(self, data: Data) -> AttentionDecoder:
        rates = {"dropout": self.dropout, "attention_dropout": self.attention_dropout}
        return AttentionDecoder(self.out_channels, data.x.size(1), **rates)

    def _training(self) -> dict[str, Any]:
        """Keyword arguments of the stage."""
        return {"schedule": warmup_cosine(0.0) if self.cosine else None, **self._sampling()}
