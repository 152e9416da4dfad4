"""Module of D-SLA: networks and losses on edited candidates of each graph."""

from collections.abc import Callable
from typing import Any, ClassVar

from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment.augmenter import apply
from graphcl.encoders import mean_nodes
from graphcl.methods.bases.contrast_groups import Grouping
from graphcl.methods.bases.graph_encoder import GraphEncoderModule
from graphcl.objectives import (
    discrepancy_figures,
    edit_discrepancy,
    graph_discrimination,
    margin_discrepancy,
)
from graphcl.objectives.discrepancy_figures import FIGURES
from graphcl.training import Step
from graphcl.typing import Labels

MakeCandidates = Callable[..., Any]
"""From a batch of graphs to their candidates, as `EditCandidates` makes them."""


class DiscrepancyModule(GraphEncoderModule):
    """D-SLA: graph discrimination, distances proportional to edits, and a margin to other graphs.

    One pass of the encoder sees all candidates of all graphs, so that its batch statistics are theirs together.
    Gradients flow through the graph's own embedding too.

    Args:
        encoder: (x, edge_index, edge_attr) -> one row per node.
        channels: width of these rows.
        candidates: makes the candidates of a batch.
        edit_weight: of the loss that ties distances to edits; 0 leaves it out.
        margin_weight: of the margin to other graphs; 0 leaves it out.
        margin: by how much nearer candidates are to be than other graphs.
        margin_candidates: how many candidates that holds for; None for all.
        negatives: as of `GraphEncoderModule`: which other graphs the margin keeps apart.
    """

    figures: ClassVar[tuple[str, ...]] = FIGURES

    def __init__(
        self,
        encoder: nn.Module,
        channels: int,
        candidates: MakeCandidates,
        *,
        edit_weight: float,
        margin_weight: float,
        margin: float,
        margin_candidates: int | None = None,
        negatives: Grouping | None = None,
    ) -> None:
        super().__init__(encoder, negatives=negatives)
        self.score, self.candidates = score_network(channels), candidates
        self.edit_weight, self.margin_weight, self.margin = edit_weight, margin_weight, margin
        self.margin_candidates = margin_candidates

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The losses on candidates drawn anew, and the figures of `discrepancy_figures`."""
        groups = self.grouped(batch).get("groups") if self.margin_weight else None
        return self.compare(apply(self.candidates, batch, step.generator), groups)

    def compare(self, candidates: Data, groups: Labels | None = None) -> dict[str, Tensor]:
        """The losses and figures on the given candidates, and, if there are any, groups of the graphs."""
        graphs, each = candidates.edits.shape
        z = self._pool(candidates, graphs * each)
        scores = self.score(z).view(graphs, each)
        z = z.view(graphs, each, -1)
        losses = {"discrimination": graph_discrimination(scores, candidates.edits)}
        if self.edit_weight:
            losses["edits"] = self.edit_weight * edit_discrepancy(z, candidates.edits)
        if self.margin_weight:
            hinge = margin_discrepancy(z, margin=self.margin, candidates=self.margin_candidates, groups=groups)
            losses["margin"] = self.margin_weight * hinge
        return {**losses, **discrepancy_figures(z, scores, candidates.edits)}

    def _pool(self, candidates: Data, graphs: int) -> Tensor:
        return mean_nodes(self.rows(candidates), candidates.batch, graphs)


def score_network(channels: int) -> nn.Sequential:
    """Three linear layers with ReLU between them, from an embedding to a score."""
    return nn.Sequential(
        nn.Linear(channels, channels),
        nn.ReLU(),
        nn.Linear(channels, channels),
        nn.ReLU(),
        nn.Linear(channels, 1),
    )
