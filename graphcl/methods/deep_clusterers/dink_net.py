"""Dink-Net: group discrimination, then k-means; the published second stage, dilation and shrink, by request.

[Liu, Liang, Xia, Zhou, Yang, Liu, Li, "Dink-Net: Neural Clustering on Large Graphs", ICML 2023, arXiv 2305.18405];
the authors' code is yueliu1999/Dink-Net, read at d0d47ad.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import ClassVar, cast

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.methods.bases.group_discrimination import (
    DISCRIMINATE,
    GroupDiscriminationModule,
    GroupDiscriminator,
)
from graphcl.methods.bases.self_training import first_centres
from graphcl.methods.bases.stored_rows import StoredRows
from graphcl.objectives import dilation_shrink
from graphcl.objectives.dilation_shrink import Dilation
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.runtime import Runtime
from graphcl.training import Stage, Step, adam
from graphcl.training.batching.batches import Batches
from graphcl.training.method import EmbedAll
from graphcl.typing import Count, CountOrZero, Nodes, NonNegative, Positive

REFINE = "refine"
"""The second stage."""


class DinkNetModule(GroupDiscriminationModule):
    """Group discrimination with an embedding of unit rows, and trainable centres where there is a second stage.

    Args:
        encoder: (x, edge_index) to one row per node.
        channels: width of the rows.
        n_clusters: centres, for the second stage; None for none.
        power: p of the embedding.
        feature_rate: share of the columns of x that are set to 0.
        projector_layers: linear layers before the sum that scores a node.
        alpha: weight of the discrimination in the second stage.
        dilation: over which pairs of centres the dilation is a mean.
        n_init: restarts of the k-means that places the centres.

    Attributes:
        centres: (n_clusters, channels), or None.
    """

    def __init__(
        self,
        encoder: nn.Module,
        channels: int,
        n_clusters: int | None,
        *,
        power: int,
        feature_rate: float,
        projector_layers: int,
        alpha: float,
        dilation: Dilation,
        n_init: int,
    ) -> None:
        super().__init__(
            encoder, channels, power=power, feature_rate=feature_rate, projector_layers=projector_layers
        )
        self.alpha, self.dilation, self.n_init = alpha, dilation, n_init
        self.stored = StoredRows()
        self.centres: nn.Parameter | None
        self.register_parameter(
            "centres", None if n_clusters is None else nn.Parameter(torch.zeros(n_clusters, channels))
        )

    def joined(self, h: Nodes, smooth: Nodes) -> Nodes:
        """H + S^p H, rows to unit length."""
        return unit_rows(super().joined(h, smooth))

    def discriminator_parameters(self) -> Iterable[nn.Parameter]:
        """What the first stage trains: all but the centres."""
        return chain(self.encoder.parameters(), self.projector.parameters())

    @torch.no_grad()
    def start(self, step: Step, embed_all: EmbedAll) -> None:
        """Place the centres by k-means on the embedding that the first stage ended with."""
        if step.stage == REFINE:
            centres = cast("nn.Parameter", self.centres)
            centres.copy_(first_centres(embed_all(), len(centres), self.n_init, step.generator))

    def refresh(self, step: Step, embed_all: EmbedAll) -> bool:
        """Before an epoch of the second stage, store the embedding of all nodes."""
        if step.stage != REFINE or step.index > 0:
            return False
        self.stored.rows = embed_all()
        return True

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The discrimination; in "refine" shrink and dilation, and alpha times the discrimination."""
        losses = super().forward(batch, step)
        if step.stage != REFINE:
            return losses
        z = self.stored.rows.index_select(0, batch.n_id[: batch.seeds])
        shrink, dilation = dilation_shrink(z, cast("nn.Parameter", self.centres), dilation=self.dilation)
        return {"shrink": shrink, "dilation": dilation, "discrimination": self.alpha * losses["discrimination"]}

    def after_step(self, step: Step) -> None:
        """Forget the stored rows after the last step."""
        if step.stage == REFINE and step.done + 1 == step.total_steps:
            self.stored.rows = torch.empty(0, 0)


@dataclass(kw_only=True, eq=False, repr=False)
class DinkNet(GroupDiscriminator):
    """Dink-Net's first stage, group discrimination, and k-means on its smoothed embedding.

    The embedding is H + S^5 H with rows at unit length. That is the method without its second stage, which trains
    the centres further, and is left out by default since it cannot improve a clustering: its losses reach the
    centres through the mean of all nodes alone and push them apart without bound, see
    `graphcl.objectives.dilation_shrink`, while the weight of the discrimination is too small for Adam to move the
    encoder. What the paper reports is the best epoch by label on the way: benchmarks/tables/dink-refinement.md.
    `refine_epochs=200` has the second stage as published, for comparison; the last epoch counts.

    In the second stage a step sees the embedding as it was at the start of its epoch. On the full graph that is
    the current one; with `batch_size` the authors smooth within the edges among a batch's seeds, here over all.

    Args:
        n_init: restarts of k-means.
        refine_epochs: passes over the nodes of the second stage; 0 leaves it out, and k-means gives the clusters.
        refine_lr: learning rate of Adam in the second stage.
        alpha: weight of the discrimination in the second stage.
        dilation: the mean over pairs of centres in the second stage, "coded" over all k^2, as the authors' code
            has it, or "paper" over the k (k - 1) pairs of two; as coded, the embedding gets no gradient of either.

    Attributes:
        embedding_: (n, out_channels), rows of unit length.
        labels_: (n,), int64, the nearest centre.
        cluster_centers_: (n_clusters, out_channels), those of k-means, or as the second stage left them.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = DinkNet(n_clusters=2, out_channels=16, epochs=5, refine_epochs=2).fit(karate.graph)
        >>> model.history_[-1].keys()
        dict_keys(['stage', 'epoch', 'loss', 'shrink', 'dilation', 'discrimination'])
    """

    name: ClassVar[str] = "dink-net"

    n_clusters: Count = field()
    n_init: Count = 20
    refine_epochs: CountOrZero = 0
    refine_lr: Positive = 1e-2
    alpha: NonNegative = 1e-10
    dilation: Dilation = "coded"

    def _build(self, data: Data) -> DinkNetModule:
        centres = self.n_clusters if self.refine_epochs else None
        settings = self._settings_for(DinkNetModule)
        return DinkNetModule(self._encoder(data), self.out_channels, centres, **settings)

    def _stages(self) -> list[Stage]:
        first = adam(self.lr, self.weight_decay, parameters=DinkNetModule.discriminator_parameters)
        stages = [Stage(DISCRIMINATE, self.epochs, first, **self._sampling())]
        if self.refine_epochs:
            stages.append(Stage(REFINE, self.refine_epochs, adam(self.refine_lr), **self._sampling()))
        return stages

    def _read_out(self, batches: Batches, runtime: Runtime) -> None:
        centres = cast("DinkNetModule", self.module_).centres
        if centres is None:
            super()._read_out(batches, runtime)
            return
        head = self._head()
        self.cluster_centers_ = head.cluster_centers_ = centres.detach().cpu().clone()
        self.labels_ = head.predict(self.embedding_)

    def _read_out_choices(self) -> dict[str, str]:
        return {} if self.refine_epochs else super()._read_out_choices()
