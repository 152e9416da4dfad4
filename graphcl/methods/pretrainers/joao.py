"""JOAO: GraphCL with a distribution over augmentations that is learned in training, towards the hardest ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment import GraphViews
from graphcl.augment.augmenter import apply
from graphcl.augment.graph_views import GraphAugmentation
from graphcl.methods.bases.contrast_groups import Grouping
from graphcl.methods.bases.graph_encoder import GraphPretrainer
from graphcl.methods.bases.view_losses import GraphNegatives
from graphcl.methods.pretrainers.graph_cl import GraphCLModule
from graphcl.objectives import view_figures
from graphcl.objectives.nt_xent import FIGURES
from graphcl.ops.simplex import project_onto_simplex
from graphcl.training import Step
from graphcl.training.method import EmbedAll
from graphcl.typing import NonNegative, Positive, Probability

AMONG: tuple[GraphAugmentation, ...] = ("drop-nodes", "perturb-edges", "subgraph", "mask-nodes", "identity")
"""The augmentations, in the order of the authors' code."""

SHARE = 5
"""The losses of all augmentations are measured in the last fifth of an epoch's steps."""


def renewed_probabilities(
    probabilities: Float[Tensor, " k"], losses: Float[Tensor, " k"], *, gamma: float
) -> Float[Tensor, " k"]:
    """Mirror step of JOAO: probabilities rise where the loss is high, and are drawn back to the uniform ones.

        P <- projection onto the simplex of P + l - gamma (P - 1/K)

    Args:
        probabilities: P, (K,).
        losses: l, (K,), of the contrast with each augmentation; a constant added to all changes nothing.
        gamma: strength of the regularisation, at least 0.

    Example:
        >>> renewed_probabilities(torch.tensor([0.5, 0.5]), torch.tensor([1.2, 1.0]), gamma=0.1)
        tensor([0.6000, 0.4000])

    Reference: [You et al., ICML 2021, arXiv 2106.07594]; github.com/Shen-Lab/GraphCL_Automated at 8f3c2ac, with
    the step size of 1. There the projection is found by bisection, to 0.01 of a sum of 1, and then divided by its
    sum; here it is exact, see `project_onto_simplex`.
    """
    return project_onto_simplex(probabilities + losses - gamma * (probabilities - 1 / len(probabilities)))


class JOAOModule(GraphCLModule):
    """NT-Xent between each graph and a view of it, whose augmentation is drawn from learned probabilities.

    Args:
        encoder: (x, edge_index, edge_attr) -> one row per node.
        channels: width of these rows.
        augmentations: by name, each from a batch of graphs to a view of it.
        temperature: of the loss.
        gamma: of `renewed_probabilities`.
        negatives: as of `GraphEncoderModule`.
    """

    figures: ClassVar[tuple[str, ...]] = (*FIGURES, *AMONG)
    probabilities: Tensor
    losses: Tensor
    measured: Tensor

    def __init__(
        self,
        encoder: nn.Module,
        channels: int,
        augmentations: Mapping[GraphAugmentation, Callable[..., Any]],
        *,
        temperature: float,
        gamma: float,
        negatives: Grouping | None = None,
    ) -> None:
        views = tuple(augmentations.values())
        super().__init__(encoder, channels, views, temperature=temperature, negatives=negatives)
        self.among, self.gamma = tuple(augmentations), gamma
        count = len(self.among)
        self.register_buffer("probabilities", torch.full((count,), 1 / count))
        self.register_buffer("losses", torch.zeros(count))  # of this epoch, summed over graphs
        self.register_buffer("measured", torch.zeros(()))  # how many graphs

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The loss on a view drawn anew, the figures of `view_figures`, and each augmentation's probability."""
        shared = step.shared_generator or step.generator
        drawn = int(torch.multinomial(self.probabilities, 1, generator=shared))
        u, v = self.compared(batch), self.compared(apply(self.augmentations[drawn], batch, step.generator))
        if self.training and measures(step) and len(u) > 1:
            self.measure(batch, step.generator)
        return {
            "contrast": self.loss(u, v, **self.grouped(batch)),
            **view_figures(u, v),
            **dict(zip(self.among, self.probabilities.clone(), strict=True)),
        }

    @torch.no_grad()
    def measure(self, batch: Data, generator: torch.Generator) -> None:
        """Add each augmentation's loss on a batch, in evaluation mode: running statistics stay as they are."""
        self.eval()
        try:
            u, groups = self.compared(batch), self.grouped(batch)
            for number, augment in enumerate(self.augmentations):
                v = self.compared(apply(augment, batch, generator))
                self.losses[number] += len(u) * self.loss(u, v, **groups)
        finally:
            self.train()
        self.measured += len(u)

    @torch.no_grad()
    def refresh(self, step: Step, embed_all: EmbedAll) -> bool:  # noqa: ARG002
        """At the start of every epoch but the first: renew the probabilities by what the last one measured."""
        if step.index or not step.epoch:
            return False
        if self.measured > 0:
            mean = self.losses / self.measured
            self.probabilities.copy_(renewed_probabilities(self.probabilities, mean, gamma=self.gamma))
        self.losses.zero_()
        self.measured.zero_()
        return True


def measures(step: Step) -> bool:
    """Whether the losses of all augmentations are measured: in the last fifth of an epoch's steps, by one process.

    The last epoch measures none, as no probabilities follow.

    Example:
        >>> steps = [Step("pretrain", 0, i, torch.Generator(), epochs=2, steps_in_epoch=6) for i in range(6)]
        >>> [measures(step) for step in steps]
        [False, False, False, False, True, True]
    """
    last = step.steps_in_epoch - step.index <= -(-step.steps_in_epoch // SHARE)
    return last and step.epoch + 1 < step.epochs and step.rank == 0


@dataclass(kw_only=True, eq=False, repr=False)
class JOAO(GraphPretrainer):
    """JOAO, joint augmentation optimisation: GraphCL that learns which augmentation to draw, the hardest most.

    At every step one augmentation is drawn for the batch, out of "drop-nodes", "perturb-edges", "subgraph",
    "mask-nodes" (not for proteins) and "identity", see `graphcl.augment.graph_views`; NT-Xent compares the
    projection of each graph with that of its view, as in `graphcl.GraphCL`. The draws start uniform. After every
    epoch the probabilities P rise where the loss l is high, and are drawn back to the uniform ones by gamma:

        P <- projection onto the simplex of P + l - gamma (P - 1/K)

    The history also has the figures of GraphCL, and the probability of each augmentation in that epoch.

    This is the form of the authors' code for TU sets, with one projection head (JOAOv2 has several), also for
    molecules, where theirs draws pairs out of 25. What differs: an augmentation is drawn for each batch, not for
    each graph. The losses are measured in the last fifth of each epoch's steps, on their batches, with the
    statistics of batch normalisation held fixed; theirs are measured after the epoch on its first fifth, in
    training mode. The mean is over graphs, whatever the size of the last batch. The projection is exact. A
    subgraph grows on from all its nodes, where their frontier stays that of its start. With several processes the
    graphs of the first are measured.

    Args:
        gamma: how strongly the probabilities are drawn to the uniform ones. Losses of different augmentations
            differ by tenths or more: small gammas leave one or two of them after a few epochs, 1 keeps all.
        strength: share of the nodes or edges that a view loses or has masked; a subgraph keeps this share of the
            nodes, and one more.
        temperature: of the loss.
        negatives: "all", as published; "distinct", where graphs of a batch that colour refinement cannot tell
            apart are no negatives of one another, see `EqualGraphs` of `graphcl.methods.bases.contrast_groups`; or
            a function of the batch that groups its graphs, or "my_module:my_groups". None is "all".

    Attributes:
        embedding_: (graphs, channels), means over nodes.

    Example:
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> benzene = Data(x=torch.tensor([[5, 0]] * 6), edge_index=both, edge_attr=torch.tensor([[3, 0]] * 12))
        >>> model = JOAO(channels=8, epochs=2, device="cpu").fit([benzene, benzene])
        >>> model.embedding_.shape, round(model.history_[0]["drop-nodes"], 3)
        (torch.Size([2, 8]), 0.2)

    Reference: [You, Chen, Shen, Wang, "Graph Contrastive Learning Automated", ICML 2021, arXiv 2106.07594], and
    unsupervised_TU/ of github.com/Shen-Lab/GraphCL_Automated at 8f3c2ac.
    """

    name: ClassVar[str] = "joao"

    gamma: NonNegative = 0.1
    strength: Probability = 0.2
    temperature: Positive = 0.1
    negatives: GraphNegatives | None = None

    def _build(self, data: Data) -> JOAOModule:  # noqa: ARG002
        encoder, token = self._encoder()
        views = {
            name: GraphViews([name], strength=self.strength, mask_token=token)
            for name in AMONG
            if name != "mask-nodes" or token is not None
        }
        settings = {**self._settings_for(JOAOModule), "negatives": self._grouping(self.negatives)}
        return JOAOModule(encoder, self.channels, views, **settings)
