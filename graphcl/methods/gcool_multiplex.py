"""gCooL on multiplex graphs: the relations are the views. Our definition; the paper's was not at hand.

[Li, Jing, Tong, "Graph Communal Contrastive Learning", WWW 2022, arXiv 2110.14863] says that the method adapts to
several relations by contrast between pairs of them, and its published code has none of it.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders.fusion import AttentionFusion, ConcatFusion, Fusion, MeanFusion
from graphcl.graph_collection import Graphs
from graphcl.heads import CommunityHead
from graphcl.methods.bases.views import Dropping, View
from graphcl.methods.gcool import CommunalClusterer
from graphcl.methods.gcool_module import GCooLModule
from graphcl.training import Step
from graphcl.typing import Flag, Nodes, Probability


@dataclass(frozen=True)
class RelationDropping:
    """A view of each relation, which loses edges and columns at random, by the relation's own centralities.

    Args:
        n_relations: how many there are.
        one: how the view of a single relation is drawn; it has one rate for edges and one for columns.
    """

    n_relations: int
    one: Dropping

    def attach(self, data: Data) -> Data:
        """A copy of the graph with `edge_drop`, (e, 1), and `feature_drop`, (relations, d)."""
        data = copy(data)
        data.edge_drop, by_column = torch.empty(data.edge_index.size(1), 1, device=data.edge_index.device), []
        for relation in range(self.n_relations):
            chosen = data.edge_type == relation
            part = self.one.attach(Data(x=data.x, edge_index=data.edge_index[:, chosen]))
            data.edge_drop[chosen] = part.edge_drop
            by_column.append(part.feature_drop)
        data.feature_drop = torch.cat(by_column)
        return data

    def draw(self, batch: Data, generator: torch.Generator) -> list[View]:
        """Features and edges of each relation."""
        views = []
        for relation, by_column in enumerate(batch.feature_drop.split(1)):
            chosen = batch.edge_type == relation
            edges = {"edge_index": batch.edge_index[:, chosen], "edge_drop": batch.edge_drop[chosen]}
            views += self.one.draw(Data(x=batch.x, feature_drop=by_column, **edges), generator)
        return views


class GCooLMultiplexModule(GCooLModule):
    """The losses of `GCooLModule` between all pairs of relations, and one embedding out of those of the relations.

    With a fusion that has weights of its own, the fused rows are contrasted with those of every relation too:
    nothing else would train them.

    Args:
        encoder: (x, edge_index) to one row per node; a ModuleList has one for each relation.
        projector: embeddings to unit rows.
        head: soft communities of unit rows, the same for all relations, so that their numbers agree.
        augmentation: how views are drawn.
        fusion: (relations, n, d) to one row per node.
        settings: the keyword arguments of `GCooLModule`.
    """

    def __init__(
        self,
        encoder: nn.Module,
        projector: nn.Module,
        head: CommunityHead,
        augmentation: RelationDropping,
        fusion: nn.Module,
        **settings: Any,
    ) -> None:
        super().__init__(encoder, projector, head, augmentation, **settings)
        self.n_relations, self.fusion = augmentation.n_relations, fusion

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The losses of `GCooLModule` with the relations as views, and that of the fusion if it learns."""
        chosen = self.contrasted(batch, step)
        views = self.augmentation.draw(batch, step.generator)
        z = self._encode(views)
        h = [self.projector(rows) for rows in z]
        projected = [(rows, edges) for rows, (_, edges) in zip(h, views, strict=True)]
        losses = self.losses(projected, step.epoch, chosen)
        if any(True for _ in self.fusion.parameters()):
            fused = self.projector(self.fusion(z))[chosen]
            losses["fusion"] = torch.stack([self.node_contrast(fused, rows[chosen]) for rows in h]).mean()
        return losses

    def embed(self, batch: Data) -> Nodes:
        """The fused embeddings of the graph as it is."""
        z: Tensor = self.fusion(self._encode(self._relations(batch)))
        return z[: batch.seeds]

    def read_out(self, batch: Data) -> Tensor:
        """The soft communities of the graph as it is, the mean over relations, (seeds, k)."""
        z = self._encode(self._relations(batch))
        assign = torch.stack([self.head(self.projector(rows)).exp() for rows in z])
        return assign.mean(0)[: batch.seeds]

    def _relations(self, batch: Data) -> list[View]:
        kinds = range(self.n_relations)
        return [(batch.x, batch.edge_index[:, batch.edge_type == relation]) for relation in kinds]

    def _encode(self, views: list[View]) -> Tensor:
        """(relations, n, d)."""
        own = self.encoder if isinstance(self.encoder, nn.ModuleList) else [self.encoder] * len(views)
        return torch.stack([encoder(x, edges) for encoder, (x, edges) in zip(own, views, strict=True)])


@dataclass(kw_only=True, eq=False, repr=False)
class GCooLMultiplex(CommunalClusterer):
    """gCooL between the relations of a multiplex graph, whose `edge_type` numbers the relation of each edge.

    Our definition. The relations are the views; each is augmented as in GCooL if a rate is above 0. A relation
    without edges is one, as long as a later one has edges.

    Args:
        edge_rate: share of its edges that each relation loses in a step.
        feature_rate: share of the columns of x that each relation loses in a step.
        shared_encoder: one network for all relations, or one for each.
        fusion: of the relations' embeddings: "mean", "concat" or "attention"; see `graphcl.encoders.fusion`.

    Attributes:
        n_relations_: how many there are.

    See `CommunalClusterer` for what sets gCooL apart, `ViewsClusterer` and `GNNClusterer` for the rest.

    Example:
        >>> import graphcl
        >>> blocks = graphcl.datasets.load("planted-multiplex", nodes=60, blocks=3, relations=2)
        >>> model = GCooLMultiplex(n_clusters=3, hidden_channels=16, out_channels=8, epochs=5)
        >>> model.fit(blocks.graph).embedding_.shape
        torch.Size([60, 8])
    """

    name: ClassVar[str] = "gcool-multiplex"
    takes: ClassVar[Literal["graph", "multiplex", "graphs"]] = "multiplex"

    symmetric: Flag = True
    edge_rate: Probability = 0.0
    feature_rate: Probability = 0.0
    shared_encoder: Flag = True
    fusion: Fusion = "mean"

    def fit(self, data: Data, y: object = None, **options: Any) -> Self:
        """Train and cluster as `GCooL.fit` does.

        Raises:
            ValueError: as there, and for a graph with fewer than two relations.
        """
        [graph] = self._check(data)
        count = _count(graph)
        if count < 2:
            got = f"{count}; gcool contrasts views of a single one"
            raise ValueError(f"edge_type must name at least two relations; got {got}")
        super().fit(data, y, **options)
        self.n_relations_ = count
        return self

    def _build(self, data: Data) -> GCooLMultiplexModule:
        count = _count(data)
        encoders = [self._encoder(data) for _ in range(1 if self.shared_encoder else count)]
        augmented = self.edge_rate > 0 or self.feature_rate > 0
        centrality = self.centrality if augmented else None
        dropping = Dropping((self.edge_rate,), (self.feature_rate,), centrality, self.feature_rule)
        fusions: dict[str, Callable[[], nn.Module]] = {
            "mean": MeanFusion,
            "concat": ConcatFusion,
            "attention": lambda: AttentionFusion(count, self.out_channels),
        }
        return GCooLMultiplexModule(
            encoders[0] if self.shared_encoder else nn.ModuleList(encoders),
            self._projector(),
            self._head(),
            RelationDropping(count, dropping),
            fusions[self.fusion](),
            **self._settings(),
        )

    def _blank(self) -> Data:
        blank = super()._blank()
        blank.edge_index = torch.zeros(2, self.n_relations_, dtype=torch.long)
        blank.edge_type = torch.arange(self.n_relations_)
        return blank

    def _embed(self, graphs: Graphs) -> Nodes:
        if _count(graphs[0]) > self.n_relations_:
            got = f"{_count(graphs[0])}; leave the others out or fit again"
            raise ValueError(f"edge_type must name the {self.n_relations_} relations that fit saw; got {got}")
        return super()._embed(graphs)


def _count(graph: Data) -> int:
    """The number of relations of a graph: one more than the largest number of one."""
    return int(graph.edge_type.max()) + 1 if graph.edge_type.numel() else 0
