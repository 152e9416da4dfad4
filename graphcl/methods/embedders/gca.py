"""GCA: graph contrastive learning with adaptive augmentation, GRACE with rates by centrality.

[Zhu, Xu, Yu, Liu, Wu, Wang, "Graph Contrastive Learning with Adaptive Augmentation", WWW 2021, arXiv 2010.14945];
the authors' code is CRIPAC-DIG/GCA.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch_geometric.data import Data

from graphcl.augment.centrality import Centrality
from graphcl.augment.importance import FeatureRule
from graphcl.encoders import Projector
from graphcl.methods.bases.gnn import GNNEmbedder
from graphcl.methods.bases.view_losses import NodeLoss, NodeNegatives, node_grouping
from graphcl.methods.bases.views import Augmentation, Rates, augmentations_of, droppings
from graphcl.methods.embedders.grace import GRACEModule
from graphcl.objectives.infonce import ViewSummation
from graphcl.training import Stage, adam
from graphcl.typing import Count, CountFromTwo, CountOrZero, Flag, NonNegative, Positive


@dataclass(kw_only=True, eq=False, repr=False)
class GCA(GNNEmbedder):
    """Graph contrastive learning with adaptive augmentation: unimportant edges and columns are dropped more often.

    The defaults are those of the authors' train.py, but for the epochs, 3000 there.

    With `batch_size` two things are approximated. The contrast: the negatives of a node are the other seeds of its
    batch, in place of all nodes, so that the loss is lower by about the log of nodes / seeds. The rows: see
    `GNNEmbedder`; a view drops edges of the sample, by the probabilities of the whole graph. On Cora the smaller
    contrast helps: benchmarks/tables/sampled.md and sampled-gca.md. On Amazon-Photo the published learning rate of
    0.1 collapses, on the full graph for one of three seeds, on samples for all (sampled-photo.md); with 0.01,
    one seed of each, it does on neither (NMI 52 and 52).

    Args:
        edge_rates: share of the edges that the first and the second view lose, each direction by itself.
        feature_rates: share of the columns of x that they lose.
        centrality: "degree", "pagerank", "lazy-walk" (the authors' "pr") or "eigenvector"; see
            `edge_drop_probabilities`.
        feature_rule: what an entry of x counts for its column: "binary" 1, "dense" its size.
        augmentation: how views are drawn instead: one object for both, or two, each from a graph to a changed copy
            with the same nodes, as those of `graphcl.augment` or PyG's transforms; or "my_module:MyAugmenter".
        projector_channels: width inside the projection; None takes `out_channels`.
        temperature: divides the cosines.
        summation: how the sums over all pairs are computed; see `info_nce`.
        contrast_nodes: how many nodes, drawn anew in each step, are contrasted with one another, in time that goes
            with their square; None takes all, as published. The fewer, the lower the contrast: by about the log of
            n / contrast_nodes.
        across_ranks: with several processes, whether a step's nodes are contrasted with those of all of them, so
            that a step is the same for any number (None, the default, or true), or each with its own's (false).
        loss: "info-nce", as published; "dcl", which leaves a node's own pair out of the sum, or "dclw", which
            weighs positive pairs too, see `decoupled_contrast`; or a function of two views' rows, see
            `graphcl.methods.bases.view_losses`, or "my_module:my_loss". None is "info-nce".
        negatives: "all", as published; "other-clusters", where nodes that SmoothKMeans puts into one of
            `n_clusters` clusters are no negatives of one another; "weighted-clusters", where they count for as
            much as the share of edges that leave a cluster; or a function of the graph that groups its nodes, see
            `graphcl.methods.bases.contrast_groups`, or "my_module:my_groups". None is "all".
        figures_every: every how many epochs the history has figures of the contrast, which tell a collapse before
            a score does: alignment, uniformity, coupling, mean cosines, effective rank, what views keep; see
            `graphcl.objectives.pair_figures` and `view_spectrum`. They cost a pass over the pairs, and change
            nothing. None: never.
        epochs: passes over the nodes.
        lr: learning rate of Adam.
        weight_decay: of Adam.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = GCA(n_clusters=2, hidden_channels=16, out_channels=8, epochs=5)
        >>> model.fit(karate.graph).embedding_.shape
        torch.Size([34, 8])
    """

    name: ClassVar[str] = "gca"

    edge_rates: Rates = (0.3, 0.4)
    feature_rates: Rates = (0.1, 0.0)
    centrality: Centrality = "degree"
    feature_rule: FeatureRule = "binary"
    augmentation: Augmentation = None
    projector_channels: Count | None = 32
    temperature: Positive = 0.4
    summation: ViewSummation = "auto"
    contrast_nodes: CountFromTwo | None = None
    across_ranks: Flag | None = None
    loss: NodeLoss | None = None
    negatives: NodeNegatives | None = None
    figures_every: Count | None = None
    epochs: CountOrZero = 1000
    lr: Positive = 1e-2
    weight_decay: NonNegative = 1e-5

    def _build(self, data: Data) -> GRACEModule:
        rates = self.edge_rates, self.feature_rates
        own = droppings(*rates, centrality=self.centrality, rule=self.feature_rule)
        views = augmentations_of(self.augmentation, own)
        encoder, projector = self._encoder(data), Projector(self.out_channels, self.projector_channels)
        negatives = node_grouping(self.negatives, n_clusters=self.n_clusters, seed=self.seed)
        settings = {**self._settings_for(GRACEModule), "negatives": negatives}
        return GRACEModule(encoder, projector, views, **settings)

    def _stages(self) -> list[Stage]:
        return [Stage("contrast", self.epochs, adam(self.lr, self.weight_decay), **self._sampling())]
