"""G-BT: Graph Barlow Twins, two views whose columns correlate with their own kind alone.

[Bielak, Kajdanowicz, Chawla, "Graph Barlow Twins: A self-supervised representation learning framework for graphs",
Knowledge-Based Systems 2022, arXiv 2106.02466]; the authors' code is pbielak/graph-barlow-twins, read at ec62580.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment import Dropping
from graphcl.methods.bases.normalised import NormalisedEmbedder
from graphcl.methods.bases.views import Augmentation, ViewsModule, augmentations_of
from graphcl.objectives import barlow_twins_terms
from graphcl.training import Stage, Step
from graphcl.typing import NonNegative, Probability


class GBTModule(ViewsModule):
    """The loss acts on the encoder's rows themselves: there is no projection.

    Args:
        encoder: (x, edge_index) to one row per node.
        augmentations: one for each of the two views.
        redundancy_weight: lambda, weight of the squares off the diagonal; None for 1 / width.
    """

    joint: Sequence[str] = ("invariance", "redundancy")

    def __init__(
        self,
        encoder: nn.Module,
        augmentations: Sequence[Callable[..., Any]],
        *,
        redundancy_weight: float | None = None,
    ) -> None:
        super().__init__(encoder, nn.Identity(), augmentations)
        self.redundancy_weight = redundancy_weight

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """Invariance and redundancy of the seeds' rows, see `graphcl.objectives.barlow_twins`."""
        h1, h2 = (self.projected(view) for view in self.views(batch, step))
        terms = barlow_twins_terms(h1, h2, across_ranks=step.world > 1)
        weight = 1 / h1.size(1) if self.redundancy_weight is None else self.redundancy_weight
        return {"invariance": terms.invariance, "redundancy": weight * terms.redundancy}


@dataclass(kw_only=True, eq=False, repr=False)
class GBT(NormalisedEmbedder):
    """Graph Barlow Twins: the cross-correlation of two views' columns is pulled towards the identity.

    The defaults are the authors' setting for WikiCS: GCN layers of 512 and 256 with batch normalisation and PReLU
    between them and nothing after the last, AdamW with a warm-up of 100 of 1000 steps. The last state counts. No
    negatives, no second network, no projection. With several batches an epoch the learning rate changes with every
    step, where theirs changes with every epoch.

    With `batch_size` two things are approximated. The correlations: the columns are standardised, and their
    products summed, over the seeds of a batch, which should be several times as many as `out_channels`. The rows:
    see `GNNEmbedder`, and `norm`.

    Args:
        edge_rate: share of the edges that each view loses, each direction by itself.
        feature_rate: share of the columns of x that each view loses.
        augmentation: how views are drawn instead: one object for both, or two, each from a graph to a changed copy
            with the same nodes, as those of `graphcl.augment` or PyG's transforms; or "my_module:MyAugmenter".
        redundancy_weight: lambda, weight of the squares off the diagonal; None for 1 / `out_channels`, as
            published.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = GBT(n_clusters=2, hidden_channels=16, out_channels=8, epochs=5).fit(karate.graph)
        >>> model.embedding_.shape, list(model.history_[-1])
        (torch.Size([34, 8]), ['stage', 'epoch', 'loss', 'invariance', 'redundancy'])
    """

    name: ClassVar[str] = "g-bt"
    activate_last: ClassVar[bool] = False

    edge_rate: Probability = 0.5
    feature_rate: Probability = 0.1
    augmentation: Augmentation = None
    redundancy_weight: NonNegative | None = None

    def _build(self, data: Data) -> GBTModule:
        own = [Dropping(self.edge_rate, self.feature_rate)] * 2
        views = augmentations_of(self.augmentation, own)
        return GBTModule(self._encoder(data), views, **self._settings_for(GBTModule))

    def _stages(self) -> list[Stage]:
        return [self._stage("decorrelate", whole_at_end=True)]
