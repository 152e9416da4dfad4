"""GRACE: two randomly thinned views of a graph, and each node found again among all nodes of both.

[Zhu, Xu, Yu, Liu, Wu, Wang, "Deep Graph Contrastive Representation Learning", 2020, arXiv 2006.04131]; the
authors' code is CRIPAC-DIG/GRACE.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders.gnn import Activation
from graphcl.methods.bases.views import Augmentation, Dropping, Rates, ViewsClusterer, ViewsModule
from graphcl.objectives import info_nce
from graphcl.objectives.infonce import ViewSummation
from graphcl.training import Step
from graphcl.typing import Count, CountOrZero, Positive


class GRACEModule(ViewsModule):
    """Both views search each other, with the other nodes of both as negatives.

    Args:
        encoder: (x, edge_index) to one row per node.
        projector: embeddings to unit rows.
        augmentation: how views are drawn.
        temperature: divides the cosines.
        summation: how the sums over all pairs are computed.
        contrast_nodes: how many nodes a step contrasts with one another; None takes all.
    """

    def __init__(
        self,
        encoder: nn.Module,
        projector: nn.Module,
        augmentation: Augmentation,
        *,
        temperature: float,
        summation: ViewSummation = "auto",
        contrast_nodes: int | None = None,
    ) -> None:
        super().__init__(encoder, projector, augmentation, contrast_nodes=contrast_nodes)
        self.temperature, self.summation = temperature, summation

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The symmetric contrast, equations 1 and 2 of the paper."""
        chosen = self.contrasted(batch, step)
        h1, h2 = (h[chosen] for h, _ in self.views(batch, step))
        contrast = info_nce(
            h1, h2, temperature=self.temperature, symmetric=True, same_view=True, summation=self.summation
        )
        return {"contrast": contrast}


@dataclass(kw_only=True, eq=False, repr=False)
class GRACE(ViewsClusterer):
    """Contrast of two views that lose edges and columns evenly at random, then k-means.

    The defaults are the authors' setting for Cora, from their config.yaml.

    Args:
        edge_rates: share of the edges that the first and the second view lose, each direction by itself.
        feature_rates: share of the columns of x that they lose.

    See `ViewsClusterer` and `GNNClusterer` for the other hyper-parameters and the attributes.

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
    epochs: CountOrZero = 200
    lr: Positive = 5e-4

    def _build(self, data: Data) -> GRACEModule:
        return GRACEModule(
            self._encoder(data),
            self._projector(),
            Dropping(self.edge_rates, self.feature_rates),
            temperature=self.temperature,
            summation=self.summation,
            contrast_nodes=self.contrast_nodes,
        )
