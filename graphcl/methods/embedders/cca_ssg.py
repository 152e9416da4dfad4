"""CCA-SSG: canonical correlation analysis between two views of a graph, without negatives or projection.

[Zhang, Wu, Yan, Wipf, Yu, "From Canonical Correlation Analysis to Self-supervised Graph Neural Networks", NeurIPS
2021, arXiv 2106.12484]; the authors' code is hengruizhang98/CCA-SSG, read at ce5b2c0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment import Dropping
from graphcl.encoders.gnn import Activation
from graphcl.methods.bases.gnn import GNNEmbedder
from graphcl.methods.bases.views import Augmentation, ViewsModule, augmentations_of
from graphcl.objectives.redundancy import cca_ssg_terms
from graphcl.training import Stage, Step, adam
from graphcl.typing import Count, CountOrZero, NonNegative, Positive, Probability


class CCASSGModule(ViewsModule):
    """The loss acts on the encoder's rows themselves: there is no projection.

    Args:
        encoder: (x, edge_index) to one row per node.
        augmentations: one for each of the two views.
        decorrelation_weight: lambda, weight of the decorrelation of either view.
    """

    joint: Sequence[str] = ("invariance", "decorrelation")

    def __init__(
        self, encoder: nn.Module, augmentations: Sequence[Callable[..., Any]], *, decorrelation_weight: float
    ) -> None:
        super().__init__(encoder, nn.Identity(), augmentations)
        self.decorrelation_weight = decorrelation_weight

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """Invariance and decorrelation of the seeds' rows, see `graphcl.objectives.cca_ssg`."""
        h1, h2 = (self.projected(view) for view in self.views(batch, step))
        invariance, first, second = cca_ssg_terms(h1, h2, across_ranks=step.world > 1)
        return {"invariance": invariance, "decorrelation": self.decorrelation_weight * (first + second)}


@dataclass(kw_only=True, eq=False, repr=False)
class CCASSG(GNNEmbedder):
    """CCA-SSG: canonical correlation analysis between two views that lose edges and columns.

    The defaults are the authors' setting for Cora: two GCN layers of 512 with a ReLU between them and none after
    the last, 50 steps.

    With `batch_size` two things are approximated. The correlations: the columns are standardised, and their
    products summed, over the seeds of a batch in place of all nodes. The d x d correlations of b seeds have the
    rank b - 1 at most, and even of independent columns their squares add up to d (d - 1) / b, so that a batch
    wants several times as many seeds as `out_channels`. The rows: see `GNNEmbedder`. On Cora, with 512 seeds and
    128 columns, NMI is 54.7 in place of 55.8 (benchmarks/tables/sampled.md).

    Args:
        edge_rate: share of the edges that each view loses, each direction by itself.
        feature_rate: share of the columns of x that each view loses.
        augmentation: how views are drawn instead: one object for both, or two, each from a graph to a changed copy
            with the same nodes, as those of `graphcl.augment` or PyG's transforms; or "my_module:MyAugmenter".
        activation: between the layers of the network, not after the last.
        decorrelation_weight: lambda, weight of the decorrelation of the columns.
        epochs: passes over the nodes; short trainings, whose length matters.
        lr: learning rate of Adam.
        weight_decay: of Adam.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = CCASSG(n_clusters=2, hidden_channels=16, out_channels=8, epochs=5).fit(karate.graph)
        >>> model.embedding_.shape, model.history_[-1].keys()
        (torch.Size([34, 8]), dict_keys(['stage', 'epoch', 'loss', 'invariance', 'decorrelation']))
    """

    name: ClassVar[str] = "cca-ssg"
    activate_last: ClassVar[bool] = False

    out_channels: Count = 512
    activation: Activation = "relu"
    edge_rate: Probability = 0.4
    feature_rate: Probability = 0.1
    augmentation: Augmentation = None
    decorrelation_weight: NonNegative = 1e-3
    epochs: CountOrZero = 50
    lr: Positive = 1e-3
    weight_decay: NonNegative = 0.0

    def _build(self, data: Data) -> CCASSGModule:
        own = [Dropping(self.edge_rate, self.feature_rate)] * 2
        views = augmentations_of(self.augmentation, own)
        return CCASSGModule(self._encoder(data), views, **self._settings_for(CCASSGModule))

    def _stages(self) -> list[Stage]:
        return [Stage("decorrelate", self.epochs, adam(self.lr, self.weight_decay), **self._sampling())]
