"""GRACE: node-level contrastive learning (InfoNCE) between two randomly augmented views of a graph.

[Zhu, Xu, Yu, Liu, Wu, Wang, "Deep Graph Contrastive Representation Learning", 2020, arXiv 2006.04131]; the
authors' code is CRIPAC-DIG/GRACE.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders import Projector
from graphcl.encoders.gnn import Activation
from graphcl.methods.bases.contrast_figures import CONTRAST_FIGURES, contrast_figures
from graphcl.methods.bases.contrast_groups import Grouping
from graphcl.methods.bases.gnn import GNNEmbedder
from graphcl.methods.bases.view_losses import NodeLoss, NodeNegatives, node_contrast, node_grouping
from graphcl.methods.bases.views import Augmentation, Rates, ViewsModule, augmentations_of, droppings
from graphcl.objectives.infonce import ViewSummation
from graphcl.training import Stage, Step, adam
from graphcl.typing import Count, CountFromTwo, CountOrZero, Flag, NonNegative, Positive


class GRACEModule(ViewsModule):
    """InfoNCE between two views in both directions, with the other nodes of both views as negatives.

    Args:
        encoder: (x, edge_index) to one row per node.
        projector: embeddings to unit rows.
        augmentations: one for each of the two views.
        temperature: divides the cosines.
        summation: how the sums over all pairs are computed, see `info_nce`.
        contrast_nodes: how many nodes a step contrasts with one another; None takes all.
        across_ranks: whether negatives are those of all processes, unless False.
        loss: of two views' rows, see `node_contrast`; None is InfoNCE.
        negatives: as of `ViewsModule`.
        figures_every: as of `contrast_figures`.
    """

    figures: ClassVar[tuple[str, ...]] = CONTRAST_FIGURES

    def __init__(
        self,
        encoder: nn.Module,
        projector: nn.Module,
        augmentations: Sequence[Callable[..., Any]],
        *,
        temperature: float,
        summation: ViewSummation = "auto",
        contrast_nodes: int | None = None,
        across_ranks: bool | None = None,
        loss: NodeLoss | None = None,
        negatives: Grouping | None = None,
        figures_every: int | None = None,
    ) -> None:
        super().__init__(encoder, projector, augmentations, contrast_nodes=contrast_nodes, negatives=negatives)
        self.temperature, self.figures_every = temperature, figures_every
        form = {"temperature": temperature, "symmetric": True, "same_view": True, "summation": summation}
        self.loss = node_contrast(loss, **form, across_ranks=across_ranks is not False)

    @property
    def joint(self) -> Sequence[str]:  # type: ignore[override]
        """The contrast, where it is among the nodes of all processes."""
        return ("contrast",) if getattr(self.loss, "across_ranks", False) else ()

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The symmetric contrast of the seeds, equations 1 and 2 of the paper."""
        chosen = self.contrasted(batch, step)
        h1, h2 = (self.projected(view)[chosen] for view in self.views(batch, step))
        loss = self.loss(h1, h2, **self.grouped(batch, chosen))
        watched = contrast_figures(h1, h2, step, temperature=self.temperature, every=self.figures_every)
        return {"contrast": loss, **watched}


@dataclass(kw_only=True, eq=False, repr=False)
class GRACE(GNNEmbedder):
    """Node-level contrastive learning: two views with uniformly dropped edges and columns, compared by InfoNCE.

    The defaults are the authors' setting for Cora, from their config.yaml.

    With `batch_size` two things are approximated. The contrast: the negatives of a node are the other seeds of its
    batch, in place of all nodes, so that the loss is lower by about the log of nodes / seeds. The rows: see
    `GNNEmbedder`; a view drops edges of the sample. What that costs in quality on Cora:
    benchmarks/tables/sampled.md.

    Args:
        edge_rates: share of the edges that the first and the second view lose, each direction by itself.
        feature_rates: share of the columns of x that they lose.
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
        >>> model = GRACE(n_clusters=2, hidden_channels=16, out_channels=8, epochs=5)
        >>> model.fit(karate.graph).embedding_.shape
        torch.Size([34, 8])
    """

    name: ClassVar[str] = "grace"

    hidden_channels: Count = 256
    out_channels: Count = 128
    activation: Activation = "relu"
    edge_rates: Rates = (0.2, 0.4)
    feature_rates: Rates = (0.3, 0.4)
    augmentation: Augmentation = None
    projector_channels: Count | None = None
    temperature: Positive = 0.4
    summation: ViewSummation = "auto"
    contrast_nodes: CountFromTwo | None = None
    across_ranks: Flag | None = None
    loss: NodeLoss | None = None
    negatives: NodeNegatives | None = None
    figures_every: Count | None = None
    epochs: CountOrZero = 200
    lr: Positive = 5e-4
    weight_decay: NonNegative = 1e-5

    def _build(self, data: Data) -> GRACEModule:
        views = augmentations_of(self.augmentation, droppings(self.edge_rates, self.feature_rates))
        encoder, projector = self._encoder(data), Projector(self.out_channels, self.projector_channels)
        negatives = node_grouping(self.negatives, n_clusters=self.n_clusters, seed=self.seed)
        settings = {**self._settings_for(GRACEModule), "negatives": negatives}
        return GRACEModule(encoder, projector, views, **settings)

    def _stages(self) -> list[Stage]:
        return [Stage("contrast", self.epochs, adam(self.lr, self.weight_decay), **self._sampling())]
