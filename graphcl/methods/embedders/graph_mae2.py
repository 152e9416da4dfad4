"""GraphMAE2: GraphMAE with a re-masked decoder, whose encoder also predicts the rows of a target network.

[Hou, He, Cen, Liu, Dong, Kharlamov, Tang, "GraphMAE2: A Decoding-Enhanced Masked Self-Supervised Graph Learner",
WWW 2023, arXiv 2304.04779]; the authors' code is THUDM/GraphMAE2, read at bc473e8.
"""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment.node_masking import NodeMasks, draw_node_masks
from graphcl.encoders.calling import encode
from graphcl.methods.bases.masked_nodes import MaskedNodes, MaskedNodesModule, seeds_among, which
from graphcl.methods.bases.moving_target import move_towards
from graphcl.objectives import scaled_cosine_error
from graphcl.training import Stage, Step, adam
from graphcl.training.optimizers import adamw
from graphcl.typing import Count, CountOrZero, Flag, Nodes, NonNegative, Positive, Probability

Remask = Literal["fixed", "random"]
"""Which rows of the code are masked: those of the masked nodes, once, or random ones, several times."""


class GraphMAE2Module(MaskedNodesModule):
    """Reconstruction of masked features, and prediction of a target network's rows on the unmasked graph.

    The target network, an encoder and a projector, is a copy at the start. In each step, before the optimisers,
    its parameters move towards those of the trained one.

    Args:
        encoder: (x, edge_index) to one row per node.
        decoder: (code, edge_index, targets) to the features of the targets.
        in_channels: width of the features.
        channels: width of the encoder's rows.
        mask: share of the nodes that are masked.
        alpha: exponent of the scaled cosine error.
        edge_rate: share of the edges that either encoder does not see, each draws its own.
        remask: see `Remask`.
        remask_views: how often random rows of the code are masked.
        remask_rate: share of all nodes whose rows are.
        latent_weight: lambda, weight of the prediction.
        momentum: of the target; 0 has it follow at once, 1 keeps it as it started.
        momentum_delay: epochs before it moves.
        projector_channels: width inside the projector.
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
        remask: Remask,
        remask_views: int,
        remask_rate: float,
        latent_weight: float,
        momentum: float,
        momentum_delay: int,
        projector_channels: int,
    ) -> None:
        super().__init__(encoder, decoder, in_channels, channels, mask=mask, alpha=alpha, edge_rate=edge_rate)
        self.remask, self.remask_views, self.remask_rate = remask, remask_views, remask_rate
        self.latent_weight, self.momentum, self.momentum_delay = latent_weight, momentum, momentum_delay
        self.code_token = nn.Parameter(torch.zeros(1, channels))
        self.projector = nn.Sequential(
            nn.Linear(channels, projector_channels), nn.PReLU(), nn.Linear(projector_channels, channels)
        )
        self.predictor = nn.Sequential(nn.PReLU(), nn.Linear(channels, channels))
        self.target = deepcopy(encoder).requires_grad_(False)
        self.target_projector = deepcopy(self.projector).requires_grad_(False)

    def trained(self) -> Iterable[nn.Parameter]:
        """All parameters but those of the target network."""
        return [parameter for name, parameter in self.named_parameters() if not name.startswith("target")]

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The scaled cosine error of masked seeds, and the cosine distance of all seeds to the target's rows."""
        n = batch.x.size(0)
        masks = draw_node_masks(n, self.mask, generator=step.generator)
        remasked: list[Tensor] = []
        if self.remask == "random":
            draws = (
                draw_node_masks(n, self.remask_rate, generator=step.generator) for _ in range(self.remask_views)
            )
            remasked = [draw.nodes for draw in draws]
        losses = self.reconstruct(batch, self.view(batch, step), self.view(batch, step), masks, remasked)
        if self.training and step.epoch >= self.momentum_delay:
            self.move_target()
        return losses

    def reconstruct(
        self, batch: Data, view: Data, other: Data, masks: NodeMasks, remasked: Sequence[Tensor]
    ) -> dict[str, Tensor]:
        """The losses for given masks, given graphs of the encoder and of the target, and given re-masked nodes."""
        hidden = which(masks.nodes, batch.x.size(0))
        scored = seeds_among(hidden, batch)
        rows = self.masked_rows(view, masks)
        if self.remask == "fixed":
            error = self.error(self.code_of(rows, hidden), batch, scored)
        else:
            code = self.enc_to_dec(rows)
            masked = (self._with_token(code, nodes) for nodes in remasked)
            error = torch.stack([self.error(each, batch, scored) for each in masked]).sum()
        predicted = self.predictor(self.projector(rows[: batch.seeds]))
        distance = scaled_cosine_error(predicted, self.target_rows(other), alpha=1.0)
        return {"reconstruction": error, "prediction": self.latent_weight * distance}

    @torch.no_grad()
    def target_rows(self, view: Data) -> Nodes:
        """The target network's rows of the seeds, through its projector."""
        rows: Nodes = self.target_projector(self.finish(encode(self.target, view))[: view.seeds])
        return rows

    def move_target(self) -> None:
        """Move the target: theta_t <- m theta_t + (1 - m) theta, parameters alone."""
        for target, network in ((self.target, self.encoder), (self.target_projector, self.projector)):
            move_towards(target.parameters(), network.parameters(), self.momentum)

    def _with_token(self, code: Nodes, nodes: Tensor) -> Nodes:
        return code.index_copy(0, nodes, self.code_token.to(code.dtype).expand(len(nodes), -1))


@dataclass(kw_only=True, eq=False, repr=False)
class GraphMAE2(MaskedNodes):
    """GraphMAE2: reconstruction of masked features, and of the rows that a target network has without masks.

    To GraphMAE's reconstruction it adds a prediction: the encoder's rows of the masked graph, through a projector
    and a predictor, against those of a target network on the unmasked graph, weighted by `latent_weight`. With
    `remask="random"` the code is not masked where the features were, but `remask_views` times at random, and the
    errors are added up. Masked nodes get the token alone.

    The defaults are the authors' setting for Cora, where the target is the encoder itself. The target moves before
    the optimisers' step, as there. The last state counts.

    On large graphs the authors train on local clusters, one of at most 256 nodes around each of 512 seeds, found
    by personalised PageRank; here samples around seeds, or parts of connected nodes (`batches`), take their place.
    For the arguments not named here see `MaskedNodes` and `GNNEmbedder`.

    Args:
        remask: which rows of the code are masked for the decoder, "fixed" for those of the masked nodes, by 0, or
            "random" for any, by a learned token.
        remask_views: how often random rows are masked in a step; read with "random" alone, as the next.
        remask_rate: share of all nodes whose rows are.
        latent_weight: lambda, weight of the prediction.
        momentum: of the target network: 0 has it follow at once, 1 keeps it as it started.
        momentum_delay: epochs before it begins to move.
        projector_channels: width inside the projector.
        decoupled: whether the weight decay is that of AdamW.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = GraphMAE2(n_clusters=2, hidden_channels=16, out_channels=8, epochs=5).fit(karate.graph)
        >>> model.embedding_.shape, list(model.history_[-1])
        (torch.Size([34, 8]), ['stage', 'epoch', 'loss', 'reconstruction', 'prediction'])
    """

    name: ClassVar[str] = "graph-mae2"

    hidden_channels: Count = 1024
    out_channels: Count = 1024
    heads: Count = 8
    remask: Remask = "fixed"
    remask_views: Count = 3
    remask_rate: Probability = 0.5
    latent_weight: NonNegative = 0.15
    momentum: Probability = 0.0
    momentum_delay: CountOrZero = 0
    projector_channels: Count = 256
    epochs: CountOrZero = 2000
    lr: Positive = 1e-3
    decoupled: Flag = False

    def _build(self, data: Data) -> GraphMAE2Module:
        networks = self._encoder(data), self._decoder(data)
        return GraphMAE2Module(*networks, data.x.size(1), self.out_channels, **self._settings_for(GraphMAE2Module))

    def _stages(self) -> list[Stage]:
        optimiser = adamw if self.decoupled else adam
        trained = optimiser(self.lr, self.weight_decay, GraphMAE2Module.trained)
        return [Stage("reconstruct", self.epochs, trained, **self._training())]
