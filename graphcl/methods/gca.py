"""GCA: GRACE with views that spare what is central.

[Zhu, Xu, Yu, Liu, Wu, Wang, "Graph Contrastive Learning with Adaptive Augmentation", WWW 2021, arXiv 2010.14945];
the authors' code is CRIPAC-DIG/GCA.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch_geometric.data import Data

from graphcl.augment.centrality import Centrality
from graphcl.augment.importance import FeatureRule
from graphcl.methods.bases.views import Dropping, Rates, ViewsClusterer
from graphcl.methods.grace import GRACEModule
from graphcl.typing import Count


@dataclass(kw_only=True, eq=False, repr=False)
class GCA(ViewsClusterer):
    """Contrast of two views that lose unimportant edges and columns more often, then k-means.

    The defaults are those of the authors' train.py, but for the epochs, 3000 there.

    Args:
        edge_rates: share of the edges that the first and the second view lose, each direction by itself.
        feature_rates: share of the columns of x that they lose.
        centrality: "degree", "pagerank", "lazy-walk" (the authors' "pr") or "eigenvector"; see
            `edge_drop_probabilities`.
        feature_rule: what an entry of x counts for its column: "binary" 1, "dense" its size.

    See `ViewsClusterer` and `GNNClusterer` for the other hyper-parameters and the attributes.

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
    projector_channels: Count | None = 32
    centrality: Centrality = "degree"
    feature_rule: FeatureRule = "binary"

    def _build(self, data: Data) -> GRACEModule:
        return GRACEModule(
            self._encoder(data),
            self._projector(),
            Dropping(self.edge_rates, self.feature_rates, self.centrality, self.feature_rule),
            temperature=self.temperature,
            summation=self.summation,
            contrast_nodes=self.contrast_nodes,
        )
