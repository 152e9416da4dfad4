"""gCooL: contrastive learning between two views of each node, and early on between nodes and learned communities.

[Li, Jing, Tong, "Graph Communal Contrastive Learning", WWW 2022, arXiv 2110.14863]. The paper's text was not at
hand, so this follows the published code (lblaoke/gCooL); what is ours says so.
"""

from dataclasses import dataclass
from typing import ClassVar, cast

from torch import Tensor
from torch_geometric.data import Data

from graphcl.augment.centrality import Centrality
from graphcl.augment.importance import FeatureRule
from graphcl.encoders import Projector
from graphcl.graph_collection import Graphs
from graphcl.heads import CommunityHead
from graphcl.methods.bases.gcool_module import GCooLModule, centres, number_of_communities, soft_communities
from graphcl.methods.bases.gnn import GNNEmbedder
from graphcl.methods.bases.view_losses import NodeLoss, NodeNegatives, node_grouping
from graphcl.methods.bases.views import Augmentation, Rates, augmentations_of, droppings
from graphcl.objectives.community import Form
from graphcl.objectives.infonce import ViewSummation
from graphcl.objectives.node_to_community import Similarity
from graphcl.training import Batches, Runtime, Stage, adam
from graphcl.typing import Count, CountFromTwo, CountOrZero, Flag, Labels, NonNegative, Positive


@dataclass(kw_only=True, eq=False, repr=False)
class GCooL(GNNEmbedder):
    """Communal contrastive learning of nodes and learned communities on two adaptively augmented views.

    With `batch_size` three things are approximated. The contrasts: the negatives of a node are the other seeds of
    its batch, in place of all nodes, so that the loss is lower by about the log of nodes / seeds, and communities
    are the means of their seeds. The forming of communities: on the edges among the seeds, all of them and none
    dropped, without the many that leave the batch. The rows: see `GNNEmbedder`. The probabilities of dropping are
    those of the whole graph. What that costs in quality on Cora: benchmarks/tables/sampled.md.

    Args:
        edge_rates: share of the edges that the first and the second view lose, each direction by itself.
        feature_rates: share of the columns of x that they lose.
        centrality: by which edges and columns are kept more often; see `edge_drop_probabilities`.
        feature_rule: what an entry of x counts for its column: "binary" 1, "dense" its size.
        augmentation: how views are drawn instead: one object for both, or two, each from a graph to a changed copy
            with the same nodes, as those of `graphcl.augment` or PyG's transforms; or "my_module:MyAugmenter".
        projector_channels: width inside the projection; None takes `out_channels`.
        temperature: divides the cosines.
        n_communities: learned centres, at least 2; None takes n_clusters.
        similarity: of nodes to communities: "cosine" (gCooL_c) or "rbf" (gCooL_e).
        inter_weight: lambda, weight of edges between communities; nearly without effect in the published form.
        gamma: how fast far communities fade as negatives; read by "rbf" alone, and hardly felt at the default.
        form: "reference", as published, or "null_model", ours; see `dense_community_aggregation`.
        symmetric: whether both views search each other; in the published code the first searches the second.
        stride: in epochs, of the schedule; see `communal_weights`.
        rate: length of the community phase in strides.
        decay_centres: whether weight decay acts on the centres too, as published; after the phase they stand
            still, where the published optimiser goes on shrinking them.
        summation: how the sums over all pairs are computed; see `info_nce`.
        contrast_nodes: how many nodes, drawn anew in each step, are contrasted with one another, in time that goes
            with their square; None takes all, as published. The fewer, the lower the contrast: by about the log of
            n / contrast_nodes.
        across_ranks: with several processes, whether a step's nodes are contrasted with those of all of them, so
            that a step is the same for any number (None, the default, or true), or each with its own's (false).
            Communities are formed and contrasted among a process's own.
        loss: of nodes: "info-nce", as published; "dcl", which leaves a node's own pair out of the sum, or "dclw",
            which weighs positive pairs too, see `decoupled_contrast`; or a function of two views' rows, see
            `graphcl.methods.bases.view_losses`, or "my_module:my_loss". None is "info-nce".
        negatives: "all", as published; "other-clusters", where nodes that SmoothKMeans puts into one of
            `n_clusters` clusters are no negatives of one another; "weighted-clusters", where they count for as
            much as the share of edges that leave a cluster; or a function of the graph that groups its nodes, see
            `graphcl.methods.bases.contrast_groups`, or "my_module:my_groups". None is "all".
        consensus: whether the contrast with communities counts nodes only where both views give them one
            community, whose share the history then has as `agreed`. None, the default, is as published: all nodes.
        figures_every: every how many epochs the history has figures of the contrast, which tell a collapse before
            a score does: alignment, uniformity, coupling, mean cosines, effective rank, what views keep; see
            `graphcl.objectives.pair_figures` and `view_spectrum`. They cost a pass over the pairs, and change
            nothing. None: never.
        epochs: passes over the nodes.
        lr: learning rate of Adam.
        weight_decay: of Adam.

    Attributes:
        embedding_: (n, out_channels).
        labels_: (n,), int64, by k-means on the embeddings, if `n_clusters` is given.
        communities_: (n,), the most probable community of each node.
        soft_communities_: (n, n_communities), read when the community phase ended, or after the last step where
            it did not: nothing trains the centres afterwards, and the embeddings move on.
        history_: one dict per epoch; stages_: what each stage cost.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = GCooL(n_clusters=2, hidden_channels=16, out_channels=8, epochs=5).fit(karate.graph)
        >>> model.labels_.shape, model.communities_.shape
        (torch.Size([34]), torch.Size([34]))
    """

    name: ClassVar[str] = "gcool"
    read_outs: ClassVar[tuple[str, ...]] = ("communities_",)
    row_attributes: ClassVar[tuple[str, ...]] = (*("embedding_", "labels_", "soft_communities_", "communities_"),)

    edge_rates: Rates = (0.2, 0.2)
    feature_rates: Rates = (0.1, 0.1)
    centrality: Centrality = "degree"
    feature_rule: FeatureRule = "binary"
    augmentation: Augmentation = None
    projector_channels: Count | None = None
    temperature: Positive = 0.4
    n_communities: Count | None = None
    similarity: Similarity = "cosine"
    inter_weight: NonNegative = 1.0
    gamma: NonNegative = 8e-5
    form: Form = "reference"
    symmetric: Flag = False
    stride: Count = 500
    rate: Positive = 0.2
    decay_centres: Flag = True
    summation: ViewSummation = "auto"
    contrast_nodes: CountFromTwo | None = None
    across_ranks: Flag | None = None
    loss: NodeLoss | None = None
    negatives: NodeNegatives | None = None
    consensus: Flag | None = None
    figures_every: Count | None = None
    epochs: CountOrZero = 1000
    lr: Positive = 1e-2
    weight_decay: NonNegative = 1e-5

    def _build(self, data: Data) -> GCooLModule:
        rates = self.edge_rates, self.feature_rates
        own = droppings(*rates, centrality=self.centrality, rule=self.feature_rule)
        encoder, projector = self._encoder(data), Projector(self.out_channels, self.projector_channels)
        head = CommunityHead(
            number_of_communities(self.n_communities, self.n_clusters),
            self.out_channels,
            temperature=self.temperature,
            similarity=self.similarity,
        )
        views = augmentations_of(self.augmentation, own)
        negatives = node_grouping(self.negatives, n_clusters=self.n_clusters, seed=self.seed)
        settings = {**self._settings_for(GCooLModule), "negatives": negatives}
        return GCooLModule(encoder, projector, head, views, **settings)

    def _stages(self) -> list[Stage]:
        optimizers = adam(self.lr, self.weight_decay, no_weight_decay=None if self.decay_centres else centres)
        sampling = self._sampling()
        return [Stage("contrast", self.epochs, optimizers, induced=bool(sampling), **sampling)]

    def _read_out(self, batches: Batches, runtime: Runtime) -> None:
        super()._read_out(batches, runtime)
        self.soft_communities_: Tensor = soft_communities(cast("GCooLModule", self.module_), batches, runtime)
        self.communities_: Labels = self.soft_communities_.argmax(1)

    def _checked(self, data: Data | Graphs) -> Graphs:
        number_of_communities(self.n_communities, self.n_clusters)
        return super()._checked(data)
