"""BGRL: bootstrapped graph latents, a network that predicts the rows of a slowly moving copy on another view.

[Thakoor, Tallec, Azar, Azabou, Dyer, Munos, Velickovic, Valko, "Large-Scale Representation Learning on Graphs via
Bootstrapping", ICLR 2022, arXiv 2102.06514]; the authors' code is nerdslab/bgrl, read at 60f9f19.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders import Predictor
from graphcl.encoders.calling import encode
from graphcl.methods.bases.moving_target import move_towards, share_matrix
from graphcl.methods.bases.normalised import NormalisedEmbedder
from graphcl.methods.bases.views import Augmentation, Rates, ViewsModule, augmentations_of, droppings
from graphcl.objectives import bootstrap_cosine
from graphcl.training import Stage, Step
from graphcl.training.schedules import target_momentum
from graphcl.typing import Count, Nodes, Probability


class BGRLModule(ViewsModule):
    """The encoder's rows of each view, through a predictor, against the target network's rows of the other.

    After every step the parameters of the target, not its buffers, move towards those of the encoder; it always
    normalises by the statistics of the batch.

    Args:
        encoder: (x, edge_index) to one row per node; the embedding.
        target: the same with other weights; it gets no gradient.
        predictor: the encoder's rows to rows that are compared with those of the target.
        augmentations: one for each of the two views.
        momentum: of the target in the first step; it rises to 1, see `target_momentum`.
    """

    def __init__(
        self,
        encoder: nn.Module,
        target: nn.Module,
        predictor: nn.Module,
        augmentations: Sequence[Callable[..., Any]],
        *,
        momentum: float,
    ) -> None:
        super().__init__(encoder, predictor, augmentations)
        self.target, self.momentum = target.requires_grad_(False), momentum
        share_matrix(encoder, target)

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The loss of the seeds' rows, of both directions, see `graphcl.objectives.bootstrap_cosine`."""
        rows = [(self.projected(view), self.target_rows(view)) for view in self.views(batch, step)]
        (q1, y1), (q2, y2) = rows
        return {"prediction": bootstrap_cosine(q1, y2) + bootstrap_cosine(q2, y1)}

    @torch.no_grad()
    def target_rows(self, view: Data) -> Nodes:
        """The target network's rows of a view's seeds."""
        return self.finish(encode(self.target, view))[: view.seeds]

    def after_step(self, step: Step) -> None:
        """Move the target: theta_t <- m theta_t + (1 - m) theta."""
        momentum = target_momentum(step.done, step.total_steps, self.momentum)
        move_towards(self.target.parameters(), self.encoder.parameters(), momentum)


@dataclass(kw_only=True, eq=False, repr=False)
class BGRL(NormalisedEmbedder):
    """Bootstrapped graph latents: rows of one view predict those of a slowly moving target network on the other.

    The defaults are the authors' setting for Amazon-Computers but for the epochs, 10,000 there, and for
    `norm_momentum`: GCN layers of 256 and 128, each with batch normalisation and PReLU, the last included, a
    predictor with 512 hidden units, AdamW. Learning rate and momentum follow the steps of the whole training: a
    tenth of them is the warm-up, and the target stands still at the end. The last state counts.

    The target network is drawn anew, as in the authors' code; where the encoder is an object it is a copy of it. A
    network without any norm may collapse to equal rows.

    With `batch_size` only the rows are approximated, see `GNNEmbedder` and `norm`: the loss is a mean over nodes.

    Args:
        edge_rates: share of the edges that the first and the second view lose, each direction by itself.
        feature_rates: share of the columns of x that they lose.
        augmentation: how views are drawn instead: one object for both, or two, each from a graph to a changed copy
            with the same nodes, as those of `graphcl.augment` or PyG's transforms; or "my_module:MyAugmenter".
        predictor_channels: width inside the predictor.
        momentum: of the target network in the first step; it rises to 1 at the end.
        norm_momentum: of "batch": the weight of a step's mean and variance in the running ones, which embeddings
            are computed with. The authors' code has 0.99, by which they are those of the last view seen; 0.01
            averages over the last steps.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = BGRL(n_clusters=2, hidden_channels=16, out_channels=8, epochs=5).fit(karate.graph)
        >>> model.embedding_.shape, list(model.history_[-1])
        (torch.Size([34, 8]), ['stage', 'epoch', 'loss', 'prediction'])
    """

    name: ClassVar[str] = "bgrl"

    hidden_channels: Count = 256
    out_channels: Count = 128
    edge_rates: Rates = (0.5, 0.4)
    feature_rates: Rates = (0.2, 0.1)
    augmentation: Augmentation = None
    predictor_channels: Count = 512
    momentum: Probability = 0.99

    def _build(self, data: Data) -> BGRLModule:
        views = augmentations_of(self.augmentation, droppings(self.edge_rates, self.feature_rates))
        encoder, target = self._encoder(data), self._encoder(data)
        predictor = Predictor(self.out_channels, self.predictor_channels)
        return BGRLModule(encoder, target, predictor, views, **self._settings_for(BGRLModule))

    def _stages(self) -> list[Stage]:
        return [self._stage("bootstrap", _trained)]


def _trained(module: BGRLModule) -> Iterable[nn.Parameter]:
    """All but the target network."""
    return [*module.encoder.parameters(), *module.projector.parameters()]
