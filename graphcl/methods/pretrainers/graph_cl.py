"""GraphCL: graph-level contrastive learning between two augmented views of each graph."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, cast, get_args

from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment import GraphViews
from graphcl.augment.augmenter import apply
from graphcl.augment.graph_views import GraphAugmentation
from graphcl.encoders import mean_nodes
from graphcl.methods.bases.contrast_figures import CONTRAST_FIGURES, contrast_figures
from graphcl.methods.bases.contrast_groups import Grouping
from graphcl.methods.bases.domains import DomainName
from graphcl.methods.bases.graph_encoder import GraphEncoderModule, GraphPretrainer
from graphcl.methods.bases.view_losses import GraphLoss, GraphNegatives, graph_contrast
from graphcl.objectives import view_figures
from graphcl.objectives.nt_xent import FIGURES
from graphcl.training import Step
from graphcl.training.estimators.objects import ObjectName, made
from graphcl.typing import Count, Positive, Probability

GraphAugment = GraphAugmentation | Literal["random"] | ObjectName | Callable[..., Any]
"""One by name for all graphs, "random" for one of `RANDOM`'s for each graph, an object, or where one is found."""

RANDOM: dict[DomainName, tuple[GraphAugmentation, ...]] = {
    "molecule": ("drop-nodes", "subgraph"),
    "protein": ("drop-nodes", "subgraph", "perturb-edges"),
    "social": ("drop-nodes", "subgraph", "perturb-edges", "mask-nodes"),
}
"""What "random" draws from: in molecules and proteins as in the authors' loaders; in social graphs all four."""


class GraphCLModule(GraphEncoderModule):
    """NT-Xent between projections of two views of each graph; each view of the batch is encoded by itself.

    Args:
        encoder: (x, edge_index, edge_attr) -> one row per node.
        channels: width of these rows.
        augmentations: from a batch of graphs to its first and its second view, as `GraphViews` makes them.
        temperature: of the loss.
        loss: of two views' projections, see `graph_contrast`; None is NT-Xent.
        negatives: as of `GraphEncoderModule`.
        figures_every: as of `contrast_figures`.
    """

    figures: ClassVar[tuple[str, ...]] = (*FIGURES, *(name for name in CONTRAST_FIGURES if name not in FIGURES))

    def __init__(
        self,
        encoder: nn.Module,
        channels: int,
        augmentations: tuple[Callable[..., Any], ...],
        *,
        temperature: float,
        loss: GraphLoss | None = None,
        negatives: Grouping | None = None,
        figures_every: int | None = None,
    ) -> None:
        super().__init__(encoder, negatives=negatives)
        self.temperature, self.figures_every = temperature, figures_every
        self.project = nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, channels))
        self.augmentations, self.loss = augmentations, graph_contrast(loss, temperature)

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The loss on views drawn anew, and the figures of `view_figures`."""
        u, v = (self.compared(apply(augment, batch, step.generator)) for augment in self.augmentations)
        watched = contrast_figures(u, v, step, temperature=self.temperature, every=self.figures_every)
        return {"contrast": self.loss(u, v, **self.grouped(batch)), **watched, **view_figures(u, v)}

    def compared(self, view: Data) -> Float[Tensor, "graphs d"]:
        """The projected mean of each graph's rows."""
        z: Tensor = self.project(mean_nodes(self.rows(view), view.batch, len(view.ptr) - 1))
        return z


@dataclass(kw_only=True, eq=False, repr=False)
class GraphCL(GraphPretrainer):
    """Graph contrastive learning: NT-Xent between two augmented views of each graph.

    At every step each graph gets two views, see `graphcl.augment.graph_views`; a head of two linear layers, left
    out afterwards, projects the means over their nodes, and `graphcl.objectives.nt_xent` compares them. The
    history also has the share of graphs whose second view is the nearest to the first, and the mean cosines of
    views of one graph (`positive`) and of different graphs (`negative`; near 1 where all graphs have become
    alike).

    "random" draws one augmentation for each graph and each view: "drop-nodes" or "subgraph" for molecules, those
    or "perturb-edges" for proteins, as in the authors' loaders; any of the four for social graphs.

    The loss is that of the published code, without the own pair in the sum over negatives; a perturbation takes
    edges and adds none, as that code does for proteins (for molecules it adds bonds, which get the attributes of
    others, and "random" leaves it out). Five things differ. The directions of an edge go together. A subgraph
    grows on from all its nodes, as for proteins; for molecules the published one stays among the neighbours of
    its start, which the authors call a typo of little influence (issue 24). A view without edges stays one, where
    their code takes the whole graph instead. Masked nodes get the encoder's token, not a mean of categories. A
    projection of zeros has the cosine 0, not NaN.

    Args:
        augmentations: of the first and the second view: "drop-nodes", "perturb-edges", "mask-nodes", "subgraph",
            "identity" or "random" (proteins have no masks); or an object, from a batch of graphs to as many
            changed ones, or "my_module:MyAugmenter".
        strength: share of the nodes or edges that a view loses or has masked; a subgraph keeps this share of the
            nodes, and one more.
        temperature: of the loss.
        loss: "nt-xent", as published; "info-nce", with the own pair in the sum; or a function of two views'
            projections, see `graphcl.methods.bases.view_losses`, or "my_module:my_loss". None is "nt-xent".
        negatives: "all", as published; "distinct", where graphs of a batch that colour refinement cannot tell
            apart are no negatives of one another, see `EqualGraphs` of `graphcl.methods.bases.contrast_groups`; or
            a function of the batch that groups its graphs, or "my_module:my_groups". None is "all".
        figures_every: every how many epochs the history has figures of the contrast, which tell a collapse before
            a score does: alignment, uniformity, coupling, mean cosines, effective rank, what views keep; see
            `graphcl.objectives.pair_figures` and `view_spectrum`. They cost a pass over the pairs, and change
            nothing. None: never.

    Attributes:
        embedding_: (graphs, channels), means over nodes.

    Example:
        >>> import torch
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> benzene = Data(x=torch.tensor([[5, 0]] * 6), edge_index=both, edge_attr=torch.tensor([[3, 0]] * 12))
        >>> model = GraphCL(channels=8, epochs=2, device="cpu").fit([benzene, benzene])
        >>> model.embedding_.shape, sorted(model.history_[0])[:3]
        (torch.Size([2, 8]), ['accuracy', 'contrast', 'epoch'])

    Reference: [You et al., "Graph Contrastive Learning with Augmentations", NeurIPS 2020, arXiv 2010.13902], and
    transferLearning_MoleculeNet_PPI of github.com/Shen-Lab/GraphCL at b4d7501.
    """

    name: ClassVar[str] = "graph-cl"

    augmentations: tuple[GraphAugment, GraphAugment] = ("random", "random")
    strength: Probability = 0.2
    temperature: Positive = 0.1
    loss: GraphLoss | None = None
    negatives: GraphNegatives | None = None
    figures_every: Count | None = None

    def _build(self, data: Data) -> GraphCLModule:  # noqa: ARG002
        encoder, token = self._encoder()
        among = [self._among(augment) for augment in self.augmentations]
        if token is None and any("mask-nodes" in names for names in among):
            remedy = "choose drop-nodes, perturb-edges, subgraph, identity or random"
            raise ValueError(
                f"augmentations must not mask nodes in the domain {self.domain!r}, whose encoder has no mask; "
                f"got {tuple(self.augmentations)}; {remedy}"
            )
        first, second = (
            GraphViews(names, strength=self.strength, mask_token=token) if names else made(augment)
            for augment, names in zip(self.augmentations, among, strict=True)
        )
        settings = {**self._settings_for(GraphCLModule), "negatives": self._grouping(self.negatives)}
        return GraphCLModule(encoder, self.channels, (first, second), **settings)

    def _among(self, augment: GraphAugment) -> tuple[GraphAugmentation, ...]:
        """The augmentations that a name stands for; none for an object, or where one is found."""
        if augment == "random":
            return RANDOM[self.domain]
        return (cast(GraphAugmentation, augment),) if augment in get_args(GraphAugmentation) else ()
