"""VICReg on graphs: two views with equal rows, spread columns and no covariances.

The loss is of [Bardes, Ponce, LeCun, "VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised
Learning", ICLR 2022, arXiv 2105.04906]. No paper applies it to nodes; public code does, PyGCL/PyGCL at 0e1bacb and
graphssl 0.2.0. Views, encoder and optimiser are those of BGRL here, and the head is graphssl's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders import Expander
from graphcl.methods.bases.normalised import NormalisedEmbedder
from graphcl.methods.bases.views import Augmentation, Rates, ViewsModule, augmentations_of, droppings
from graphcl.objectives import vicreg_terms
from graphcl.training import Stage, Step
from graphcl.typing import Count, CountOrZero, NonNegative, Positive


class VICRegModule(ViewsModule):
    """Variance, invariance and covariance of the projected rows of two views.

    Args:
        encoder: (x, edge_index) to one row per node.
        projector: embeddings to the rows that are compared.
        augmentations: one for each of the two views.
        invariance_weight: weight of the distance between the views' rows.
        variance_weight: weight of standard deviations below 1.
        covariance_weight: weight of the squared covariances.
    """

    joint: Sequence[str] = ("invariance", "variance", "covariance")

    def __init__(
        self,
        encoder: nn.Module,
        projector: nn.Module,
        augmentations: Sequence[Callable[..., Any]],
        *,
        invariance_weight: float,
        variance_weight: float,
        covariance_weight: float,
    ) -> None:
        super().__init__(encoder, projector, augmentations)
        self.invariance_weight, self.variance_weight = invariance_weight, variance_weight
        self.covariance_weight = covariance_weight

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The three terms of the seeds' projected rows, see `graphcl.objectives.vicreg`."""
        h1, h2 = (self.projected(view) for view in self.views(batch, step))
        terms = vicreg_terms(h1, h2, across_ranks=step.world > 1)
        return {
            "invariance": self.invariance_weight * terms.invariance,
            "variance": self.variance_weight * terms.variance,
            "covariance": self.covariance_weight * terms.covariance,
        }


@dataclass(kw_only=True, eq=False, repr=False)
class VICReg(NormalisedEmbedder):
    """VICReg: two views agree while the columns of each keep a standard deviation of 1 and no covariances.

    The weights are those of the original; the other defaults are ours. A projection of three layers, twice as wide
    as the embedding, is trained with the encoder and left out afterwards. No negatives and no second network.

    With `batch_size` two things are approximated. Variances and covariances: those of a batch's seeds, of which
    there should be several times as many as the projection is wide. The rows: see `GNNEmbedder`, and `norm`.

    Args:
        edge_rates: share of the edges that the first and the second view lose, each direction by itself.
        feature_rates: share of the columns of x that they lose.
        augmentation: how views are drawn instead: one object for both, or two, each from a graph to a changed copy
            with the same nodes, as those of `graphcl.augment` or PyG's transforms; or "my_module:MyAugmenter".
        projector_channels: width of the projection; None takes twice `out_channels`.
        invariance_weight: weight of the mean squared distance between the views' entries.
        variance_weight: weight of the mean over columns and views of what standard deviations lack to 1. PyGCL
            adds the views up, which is twice the weight.
        covariance_weight: weight of the squared covariances, added up over views and divided by the width.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = VICReg(n_clusters=2, hidden_channels=16, out_channels=8, epochs=5).fit(karate.graph)
        >>> model.embedding_.shape, list(model.history_[-1])[3:]
        (torch.Size([34, 8]), ['invariance', 'variance', 'covariance'])
    """

    name: ClassVar[str] = "vicreg"

    edge_rates: Rates = (0.2, 0.3)
    feature_rates: Rates = (0.2, 0.1)
    augmentation: Augmentation = None
    projector_channels: Count | None = None
    invariance_weight: NonNegative = 25.0
    variance_weight: NonNegative = 25.0
    covariance_weight: NonNegative = 1.0
    epochs: CountOrZero = 200
    lr: Positive = 1e-3

    def _build(self, data: Data) -> VICRegModule:
        views = augmentations_of(self.augmentation, droppings(self.edge_rates, self.feature_rates))
        encoder, projector = self._encoder(data), Expander(self.out_channels, self.projector_channels)
        return VICRegModule(encoder, projector, views, **self._settings_for(VICRegModule))

    def _stages(self) -> list[Stage]:
        return [self._stage("regularise")]
