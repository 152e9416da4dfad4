"""Module of gCooL: the contrast between nodes, and early on between nodes and learned communities.

As in the published code, see `graphcl.methods.embedders.gcool`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from types import MappingProxyType
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.heads import CommunityHead
from graphcl.methods.bases.contrast_figures import CONTRAST_FIGURES, contrast_figures
from graphcl.methods.bases.contrast_groups import Grouping
from graphcl.methods.bases.view_losses import NodeLoss, node_contrast
from graphcl.methods.bases.views import ALL, ViewsModule
from graphcl.objectives import communal_weights, community_contrast, dense_community_aggregation
from graphcl.objectives.community import Form
from graphcl.objectives.infonce import ViewSummation
from graphcl.training import Batches, Runtime, Step, embed_all
from graphcl.training.method import EmbedAll

NO_GROUPS: Mapping[str, Any] = MappingProxyType({})
"""Of a contrast in which all other nodes are negatives."""


class GCooLModule(ViewsModule):
    """gCooL's losses: nodes throughout; communities, formed and contrasted, in the first `rate * stride` epochs.

    The centres learn from the edges alone, the encoder from the two contrasts alone: they meet in hard labels.

    Args:
        encoder: (x, edge_index) to one row per node.
        projector: embeddings to unit rows.
        head: soft communities of unit rows; its temperature and similarity are those of the contrasts too.
        augmentations: one for each view.
        inter_weight: lambda, weight of edges between communities.
        gamma: how fast far communities fade as negatives; read by "rbf" alone.
        form: of the aggregation, see `dense_community_aggregation`.
        symmetric: whether both views search each other; in the published code the first searches the second.
        stride: in epochs, of the schedule.
        rate: length of the community phase in strides.
        summation: how the sums over all pairs are computed.
        contrast_nodes: how many seeds L_node contrasts in a step; None takes all. The communities always take all.
        across_ranks: whether L_node contrasts the seeds of all processes, unless False.
        loss: L_node of two views' rows, see `node_contrast`; None is InfoNCE.
        negatives: of L_node, as of `ViewsModule`.
        figures_every: as of `contrast_figures`, of the first two views.
        consensus: whether L_comm counts nodes only where both views give them one community; the history then has
            their share, `agreed`.

    Attributes:
        communities: (n, k), the soft communities of the whole graph when the phase ended; (0, k) until then.
    """

    figures: ClassVar[tuple[str, ...]] = (*CONTRAST_FIGURES, "agreed")
    skips_parameters: ClassVar[bool] = True
    reads_view_edges: ClassVar[bool] = True
    """The centres, once the community phase is over."""

    def __init__(
        self,
        encoder: nn.Module,
        projector: nn.Module,
        head: CommunityHead,
        augmentations: Sequence[Callable[..., Any]],
        *,
        inter_weight: float = 1.0,
        gamma: float = 8e-5,
        form: Form = "reference",
        symmetric: bool = False,
        stride: int = 500,
        rate: float = 0.2,
        summation: ViewSummation = "auto",
        contrast_nodes: int | None = None,
        across_ranks: bool | None = None,
        loss: NodeLoss | None = None,
        negatives: Grouping | None = None,
        figures_every: int | None = None,
        consensus: bool | None = None,
    ) -> None:
        super().__init__(encoder, projector, augmentations, contrast_nodes=contrast_nodes, negatives=negatives)
        self.head = head
        self.inter_weight, self.gamma, self.form = inter_weight, gamma, form
        self.stride, self.rate, self.figures_every = stride, rate, figures_every
        self.consensus = bool(consensus)
        settings = {"temperature": head.temperature, "symmetric": symmetric, "summation": summation}
        self.node_contrast = node_contrast(loss, **settings, across_ranks=across_ranks is not False)
        self.communities = torch.empty(0, len(head.centres))

    @property
    def joint(self) -> Sequence[str]:  # type: ignore[override]
        """The contrast of nodes, where it is among those of all processes."""
        return ("nodes", "fusion") if getattr(self.node_contrast, "across_ranks", False) else ()

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """L_node + alpha (c L_DeCA + (1 - c) L_comm) on two views."""
        chosen = self.contrasted(batch, step)
        views = self.views(batch, step)
        groups = self.grouped(batch, chosen)
        rows = [self.projected(view) for view in views]
        losses = self.losses(rows, seed_edges(views), step.epoch, chosen, groups)
        first, second = (row[chosen] for row in rows)
        t, every = self.head.temperature, self.figures_every
        return {**losses, **contrast_figures(first, second, step, temperature=t, every=every)}

    def losses(
        self,
        rows: Sequence[Tensor],
        edges: Sequence[Tensor],
        epoch: int,
        chosen: Tensor | slice = ALL,
        groups: Mapping[str, Any] = NO_GROUPS,
    ) -> dict[str, Tensor]:
        """The losses of given views, L_node among the chosen nodes; more than two are compared pair by pair.

        Args:
            rows: projected rows of each view.
            edges: of each view, among these rows.
            epoch: decides the weights, see `communal_weights`.
            chosen: the rows that L_node compares.
            groups: of these, and the weight of negatives in them, see `ViewsModule.grouped`.
        """
        contrasted = [h[chosen] for h in rows]
        losses = {"nodes": _mean(self.node_contrast(*pair, **groups) for pair in combinations(contrasted, 2))}
        alpha, share = communal_weights(epoch, stride=self.stride, rate=self.rate)
        if alpha > 0:
            assign = [self.head(h.detach()).exp() for h in rows]
            formed = _mean(self.aggregation(r, edge_index) for r, edge_index in zip(assign, edges, strict=True))
            labelled = [(h, r.argmax(1)) for h, r in zip(rows, assign, strict=True)]
            losses["aggregation"] = alpha * share * formed
            contrast = _mean(self.community_contrast(*pair) for pair in combinations(labelled, 2))
            losses["communities"] = alpha * (1 - share) * contrast
            if self.consensus:
                pairs = combinations([labels for _, labels in labelled], 2)
                losses["agreed"] = _mean((first == second).float().mean() for first, second in pairs)
        return losses

    def aggregation(self, assign: Tensor, edge_index: Tensor) -> Tensor:
        """L_DeCA of a view; it reaches the centres alone."""
        return dense_community_aggregation(assign, edge_index, inter_weight=self.inter_weight, form=self.form)

    def community_contrast(self, first: tuple[Tensor, Tensor], second: tuple[Tensor, Tensor]) -> Tensor:
        """L_comm of two views, each rows and hard communities; it reaches the rows alone."""
        (h1, labels1), (h2, labels2) = first, second
        return community_contrast(
            h1,
            h2,
            labels1,
            labels2,
            len(self.head.centres),
            temperature=self.head.temperature,
            similarity=self.head.similarity,
            gamma=self.gamma,
            consensus=self.consensus,
        )

    def refresh(self, step: Step, embed_all: EmbedAll) -> bool:
        """Read the communities when their phase is over: from then on nothing trains the centres."""
        over = communal_weights(step.epoch, stride=self.stride, rate=self.rate).alpha == 0
        if not over or len(self.communities):
            return False
        self.communities = embed_all(self.read_out)
        return True

    def read_out(self, batch: Data) -> Tensor:
        """The soft communities of the seeds on the graph as it is, (seeds, k)."""
        log_assign: Tensor = self.head(self.projector(self.embed(batch)))
        return log_assign.exp()

    def get_extra_state(self) -> Tensor:
        """The communities that were read, for checkpoints and saved models."""
        return self.communities

    def set_extra_state(self, state: Tensor) -> None:
        """Take back what `get_extra_state` gave."""
        self.communities = state


def seed_edges(views: Sequence[Data]) -> list[Tensor]:
    """The edges among the seeds of each view: in a sample all that there are, none dropped."""
    return [view.edge_index if view.seeds == view.x.size(0) else view.seed_edge_index for view in views]


def soft_communities(module: GCooLModule, batches: Batches, runtime: Runtime) -> Tensor:
    """The communities when their phase ended, or, where it did not, as they are; (n, k), on the CPU."""
    soft = module.communities
    if not len(soft):
        soft = embed_all(module, batches, runtime, module.read_out)
    return soft.cpu() if soft.dtype == torch.float64 else soft.float().cpu()


def centres(module: GCooLModule) -> list[nn.Parameter]:
    """The centres of the communities, which weight decay may spare."""
    return [module.head.centres]


def number_of_communities(n_communities: int | None, n_clusters: int | None) -> int:
    """Number of learned communities: as given, or as many as clusters.

    Raises:
        ValueError: neither is given, or fewer than two, which could not be contrasted.

    Example:
        >>> number_of_communities(None, 7)
        7
    """
    count = n_communities or n_clusters
    if count is None or count < 2:
        got = f"{n_communities} with n_clusters={n_clusters}; set n_communities"
        raise ValueError(f"n_communities must be at least 2, as they are contrasted; got {got}")
    return count


def _mean(losses: Iterable[Tensor]) -> Tensor:
    return torch.stack(list(losses)).mean()
