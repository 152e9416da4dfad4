"""Two augmented views of a graph, and what the methods that contrast them share."""

from copy import copy
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment import (
    drop_edges,
    edge_drop_probabilities,
    feature_drop_probabilities,
    mask_columns,
    node_centrality,
)
from graphcl.augment.centrality import Centrality, steps_for_columns
from graphcl.augment.importance import FeatureRule
from graphcl.encoders import Projector
from graphcl.methods.bases.gnn import EncoderModule, GNNClusterer
from graphcl.objectives.infonce import ViewSummation
from graphcl.training import Stage, Step
from graphcl.typing import Count, CountFromTwo, CountOrZero, NonNegative, Positive, Probability

Rates = tuple[Probability, Probability]
"""Shares of edges, or of columns, for the first and the second view."""

ALL = slice(None)
"""Every node."""

View = tuple[Tensor, Tensor]
"""Rows, of features or projected, and edges."""


class Augmentation(Protocol):
    """Draws the views of a graph."""

    def attach(self, data: Data) -> Data:
        """A copy of the whole graph with what the draws depend on, once, before the training."""
        ...

    def draw(self, batch: Data, generator: torch.Generator) -> list[View]:
        """Features and edges of each view."""
        ...


@dataclass(frozen=True)
class Dropping:
    """Views that lose edges and columns of features at random, each view at its own rates.

    Args:
        edges: share of the edges that each view loses, each direction of an edge by itself.
        features: share of the columns that each view loses.
        centrality: edges into and columns of central nodes are spared, see `edge_drop_probabilities`; None treats
            all alike.
        rule: what an entry of x counts for a column, see `feature_drop_probabilities`.
    """

    edges: tuple[float, ...]
    features: tuple[float, ...]
    centrality: Centrality | None = None
    rule: FeatureRule = "binary"

    def attach(self, data: Data) -> Data:
        """A copy of the graph with `edge_drop`, (e, views), and `feature_drop`, (views, d)."""
        data = copy(data)
        (n, d), device = data.x.shape, data.edge_index.device
        if self.centrality is None:
            data.edge_drop = torch.tensor(self.edges, device=device).repeat(data.edge_index.size(1), 1)
            data.feature_drop = torch.tensor(self.features, device=device).repeat(d, 1).T
            return data
        c = node_centrality(data.edge_index, n, self.centrality, steps=steps_for_columns(self.centrality))
        by_edge = [
            edge_drop_probabilities(data.edge_index, n, rate, centrality=self.centrality) for rate in self.edges
        ]
        by_column = [feature_drop_probabilities(data.x, c, rate, rule=self.rule) for rate in self.features]
        data.edge_drop, data.feature_drop = torch.stack(by_edge, dim=1).float(), torch.stack(by_column).float()
        return data

    def draw(self, batch: Data, generator: torch.Generator) -> list[View]:
        """Features and edges of each view."""
        return [
            (
                mask_columns(batch.x, by_column, generator=generator),
                drop_edges(batch.edge_index, by_edge, generator=generator),
            )
            for by_edge, by_column in zip(batch.edge_drop.T, batch.feature_drop, strict=True)
        ]


class ViewsModule(EncoderModule):
    """An encoder and a projection that see augmented views in training, and the graph as it is afterwards.

    Args:
        encoder: (x, edge_index) to one row per node.
        projector: embeddings to unit rows, which are compared.
        augmentation: how views are drawn.
        contrast_nodes: how many nodes a step contrasts with one another; None takes all.
    """

    def __init__(
        self,
        encoder: nn.Module,
        projector: nn.Module,
        augmentation: Augmentation,
        *,
        contrast_nodes: int | None = None,
    ) -> None:
        super().__init__(encoder)
        self.projector, self.augmentation, self.contrast_nodes = projector, augmentation, contrast_nodes

    def prepare(self, data: Data) -> Data:
        """Attach the probabilities of the views."""
        return self.augmentation.attach(data)

    def views(self, batch: Data, step: Step) -> list[View]:
        """Projected rows and edges of each view."""
        drawn = self.augmentation.draw(batch, step.generator)
        return [(self.projector(self.encoder(x, edge_index)), edge_index) for x, edge_index in drawn]

    def contrasted(self, batch: Data, step: Step) -> Tensor | slice:
        """Which nodes this step contrasts: a uniform draw without repetition, or all."""
        n = batch.x.size(0)
        if self.contrast_nodes is None or self.contrast_nodes >= n:
            return ALL
        return torch.randperm(n, generator=step.generator, device=batch.x.device)[: self.contrast_nodes]


@dataclass(kw_only=True, eq=False, repr=False)
class ViewsClusterer(GNNClusterer):
    """A clusterer that learns by comparing views of the graph.

    Args:
        projector_channels: width inside the projection; None takes `out_channels`.
        temperature: divides the cosines.
        epochs: full-batch steps.
        lr: learning rate.
        weight_decay: of Adam.
        summation: how the sums over all pairs are computed; see `info_nce`.
        contrast_nodes: how many nodes, drawn anew in each step, are contrasted with one another, in time that goes
            with their square; None takes all, as published. The fewer, the lower the contrast: by about the log of
            n / contrast_nodes.

    See `GNNClusterer` for the other hyper-parameters and the attributes.
    """

    projector_channels: Count | None = None
    temperature: Positive = 0.4
    epochs: CountOrZero = 1000
    lr: Positive = 1e-2
    weight_decay: NonNegative = 1e-5
    summation: ViewSummation = "auto"
    contrast_nodes: CountFromTwo | None = None

    def _projector(self) -> Projector:
        return Projector(self.out_channels, self.projector_channels)

    def _stages(self) -> list[Stage]:
        return [Stage("contrast", self.epochs, self.lr, self.weight_decay)]
