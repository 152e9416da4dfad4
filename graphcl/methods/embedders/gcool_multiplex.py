"""gCooL on multiplex graphs: the relations are the views. Our definition; the paper's was not at hand.

[Li, Jing, Tong, "Graph Communal Contrastive Learning", WWW 2022, arXiv 2110.14863] says that the method adapts to
several relations by contrast between pairs of them, and its published code has none of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, cast

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment import RelationDropping, relation_graphs
from graphcl.augment.centrality import Centrality
from graphcl.augment.importance import FeatureRule
from graphcl.encoders import AttentionFusion, ConcatFusion, MeanFusion, Projector
from graphcl.encoders.calling import encode
from graphcl.encoders.fusion import Fusion
from graphcl.graph_collection import Graphs
from graphcl.heads import CommunityHead
from graphcl.methods.bases.gcool_module import GCooLModule, centres, number_of_communities, soft_communities
from graphcl.methods.bases.gnn import GNNEmbedder
from graphcl.objectives.community import Form
from graphcl.objectives.infonce import ViewSummation
from graphcl.objectives.node_to_community import Similarity
from graphcl.training import Batches, Runtime, Stage, Step, adam
from graphcl.typing import (
    MOST_RELATIONS,
    Count,
    CountFromTwo,
    CountOrZero,
    Flag,
    Labels,
    Nodes,
    NonNegative,
    Positive,
    Probability,
)


class GCooLMultiplexModule(GCooLModule):
    """gCooL's losses between all pairs of relations, and one embedding fused from those of the relations.

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
        super().__init__(encoder, projector, head, [augmentation], **settings)
        self.n_relations, self.fusion = augmentation.n_relations, fusion

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The losses of `GCooLModule` with the relations as views, and that of the fusion if it learns."""
        chosen = self.contrasted(batch, step)
        [drawn] = self.views(batch, step)
        relations = relation_graphs(drawn, self.n_relations)
        z = self._encode(relations)
        h = [self.projector(rows) for rows in z]
        losses = self.losses(h, self._edges(batch, relations), step.epoch, chosen)
        if any(True for _ in self.fusion.parameters()):
            fused = self.projector(self.fusion(z))[chosen]
            losses["fusion"] = torch.stack([self.node_contrast(fused, rows[chosen]) for rows in h]).mean()
        return losses

    def embed(self, batch: Data) -> Nodes:
        """The fused embeddings of the seeds, on the graph as it is."""
        z: Tensor = self.fusion(self._encode(relation_graphs(batch, self.n_relations)))
        return z

    def read_out(self, batch: Data) -> Tensor:
        """The soft communities of the seeds on the graph as it is, the mean over relations, (seeds, k)."""
        z = self._encode(relation_graphs(batch, self.n_relations))
        return torch.stack([self.head(self.projector(rows)).exp() for rows in z]).mean(0)

    @property
    def layers(self) -> None:
        """None: the embedding is fused out of several encodings."""
        return

    def _encode(self, relations: list[Data]) -> Tensor:
        """The seeds' rows of each relation, (relations, seeds, d)."""
        own = self.encoder if isinstance(self.encoder, nn.ModuleList) else [self.encoder] * len(relations)
        rows = [encode(encoder, graph)[: graph.seeds] for encoder, graph in zip(own, relations, strict=True)]
        return torch.stack(rows)

    def _edges(self, batch: Data, relations: list[Data]) -> list[Tensor]:
        """The edges among the seeds in each relation: of the views, or, in a sample, all that there are."""
        if batch.seeds == batch.x.size(0):
            return [graph.edge_index for graph in relations]
        return [batch.seed_edge_index[:, batch.seed_edge_type == kind] for kind in range(self.n_relations)]


@dataclass(kw_only=True, eq=False, repr=False)
class GCooLMultiplex(GNNEmbedder):
    """gCooL between the relations of a multiplex graph, whose `edge_type` numbers the relation of each edge.

    Our definition. The relations are the views; each is augmented as in GCooL if a rate is above 0. A relation
    without edges is one, as long as a later one has edges. Batches are as in GCooL.

    Args:
        edge_rate: share of its edges that each relation loses in a step.
        feature_rate: share of the columns of x that each relation loses in a step.
        shared_encoder: one network for all relations, or one for each.
        fusion: of the relations' embeddings: "mean", "concat" or "attention"; see `graphcl.encoders.fusion`.
        centrality: by which edges and columns are kept more often; see `edge_drop_probabilities`.
        feature_rule: what an entry of x counts for its column: "binary" 1, "dense" its size.
        projector_channels: width inside the projection; None takes `out_channels`.
        temperature: divides the cosines.
        n_communities: learned centres, at least 2; None takes n_clusters.
        similarity: of nodes to communities: "cosine" (gCooL_c) or "rbf" (gCooL_e).
        inter_weight: lambda, weight of edges between communities; nearly without effect in the published form.
        gamma: how fast far communities fade as negatives; read by "rbf" alone, and hardly felt at the default.
        form: "reference", as published, or "null_model", ours; see `dense_community_aggregation`.
        symmetric: whether both views of a pair search each other, or the first the second alone.
        stride: in epochs, of the schedule; see `communal_weights`.
        rate: length of the community phase in strides.
        decay_centres: whether weight decay acts on the centres too.
        summation: how the sums over all pairs are computed; see `info_nce`.
        contrast_nodes: how many nodes, drawn anew in each step, are contrasted with one another; None takes all.
        across_ranks: with several processes, whether a step's nodes are contrasted with those of all of them, so
            that a step is the same for any number (None, the default, or true), or each with its own's (false).
            Communities are formed and contrasted among a process's own.
        epochs: passes over the nodes.
        lr: learning rate of Adam.
        weight_decay: of Adam.

    Attributes:
        embedding_: (n, out_channels).
        labels_: (n,), int64, by k-means on the embeddings, if `n_clusters` is given.
        communities_: (n,), the most probable community of each node.
        soft_communities_: (n, n_communities), read when the community phase ended, or after the last step.
        n_relations_: how many relations there are.
        history_: one dict per epoch; stages_: what each stage cost.

    Example:
        >>> import graphcl
        >>> blocks = graphcl.datasets.load("planted-multiplex", nodes=60, blocks=3, relations=2)
        >>> model = GCooLMultiplex(n_clusters=3, hidden_channels=16, out_channels=8, epochs=5)
        >>> model.fit(blocks.graph).embedding_.shape
        torch.Size([60, 8])
    """

    name: ClassVar[str] = "gcool-multiplex"
    takes: ClassVar[Literal["graph", "multiplex", "graphs"]] = "multiplex"
    read_outs: ClassVar[tuple[str, ...]] = ("communities_",)
    row_attributes: ClassVar[tuple[str, ...]] = (*("embedding_", "labels_", "soft_communities_", "communities_"),)

    edge_rate: Probability = 0.0
    feature_rate: Probability = 0.0
    shared_encoder: Flag = True
    fusion: Fusion = "mean"
    centrality: Centrality = "degree"
    feature_rule: FeatureRule = "binary"
    projector_channels: Count | None = None
    temperature: Positive = 0.4
    n_communities: Count | None = None
    similarity: Similarity = "cosine"
    inter_weight: NonNegative = 1.0
    gamma: NonNegative = 8e-5
    form: Form = "reference"
    symmetric: Flag = True
    stride: Count = 500
    rate: Positive = 0.2
    decay_centres: Flag = True
    summation: ViewSummation = "auto"
    contrast_nodes: CountFromTwo | None = None
    across_ranks: Flag | None = None
    epochs: CountOrZero = 1000
    lr: Positive = 1e-2
    weight_decay: NonNegative = 1e-5

    def _build(self, data: Data) -> GCooLMultiplexModule:
        count = self.n_relations_
        encoders = [self._encoder(data) for _ in range(1 if self.shared_encoder else count)]
        augmented = self.edge_rate > 0 or self.feature_rate > 0
        centrality = self.centrality if augmented else None
        fusions: dict[str, Callable[[], nn.Module]] = {
            "mean": MeanFusion,
            "concat": ConcatFusion,
            "attention": lambda: AttentionFusion(count, self.out_channels),
        }
        projector = Projector(self.out_channels, self.projector_channels)
        head = CommunityHead(
            number_of_communities(self.n_communities, self.n_clusters),
            self.out_channels,
            temperature=self.temperature,
            similarity=self.similarity,
        )
        return GCooLMultiplexModule(
            encoders[0] if self.shared_encoder else nn.ModuleList(encoders),
            projector,
            head,
            RelationDropping(
                count, self.edge_rate, self.feature_rate, centrality=centrality, rule=self.feature_rule
            ),
            fusions[self.fusion](),
            **self._settings_for(GCooLModule),
        )

    def _stages(self) -> list[Stage]:
        optimizers = adam(self.lr, self.weight_decay, no_weight_decay=None if self.decay_centres else centres)
        sampling = self._sampling()
        return [Stage("contrast", self.epochs, optimizers, induced=bool(sampling), **sampling)]

    def _infer(self, graphs: Graphs) -> None:
        self.n_relations_ = count_relations(graphs[0])
        if self.n_relations_ < 2:
            got = f"{self.n_relations_}; gcool contrasts views of a single one"
            raise ValueError(f"edge_type must name at least two relations; got {got}")

    def _check_restored(self) -> None:
        if not 2 <= self.n_relations_ <= MOST_RELATIONS:
            raise ValueError(f"n_relations_ must lie in [2, {MOST_RELATIONS}]; got {self.n_relations_}")

    def _read_out(self, batches: Batches, runtime: Runtime) -> None:
        super()._read_out(batches, runtime)
        self.soft_communities_: Tensor = soft_communities(cast("GCooLModule", self.module_), batches, runtime)
        self.communities_: Labels = self.soft_communities_.argmax(1)

    def _checked(self, data: Data | Graphs) -> Graphs:
        number_of_communities(self.n_communities, self.n_clusters)
        return super()._checked(data)

    def _embed(self, graphs: Graphs, out: Path | None = None) -> Nodes:
        if (count := count_relations(graphs[0])) > self.n_relations_:
            got = f"{count}; leave the others out or fit again"
            raise ValueError(f"edge_type must name the {self.n_relations_} relations that fit saw; got {got}")
        return super()._embed(graphs, out)


def count_relations(graph: Data) -> int:
    """The number of relations of a graph: one more than the largest number of one.

    Example:
        >>> count_relations(Data(edge_type=torch.tensor([0, 2])))
        3
    """
    return int(graph.edge_type.max()) + 1 if graph.edge_type.numel() else 0
