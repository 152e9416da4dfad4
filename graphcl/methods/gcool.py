"""gCooL: contrast between two views of each node, and early on between nodes and learned communities.

[Li, Jing, Tong, "Graph Communal Contrastive Learning", WWW 2022, arXiv 2110.14863]. The paper's text was not at
hand, so this follows the published code (lblaoke/gCooL); what is ours says so.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Self, cast

from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment.centrality import Centrality
from graphcl.augment.importance import FeatureRule
from graphcl.graph_collection import Graphs
from graphcl.heads import CommunityHead
from graphcl.methods.bases.views import Dropping, Rates, ViewsClusterer
from graphcl.methods.gcool_module import GCooLModule
from graphcl.objectives.community import Form
from graphcl.objectives.node_to_community import Similarity
from graphcl.training import Runtime, Stage, embed_all
from graphcl.typing import Count, Flag, Labels, NonNegative, Positive


@dataclass(kw_only=True, eq=False, repr=False)
class CommunalClusterer(ViewsClusterer):
    """What GCooL and its multiplex form share.

    Args:
        n_communities: learned centres, at least 2; None takes n_clusters.
        similarity: of nodes to communities: "cosine" (gCooL_c) or "rbf" (gCooL_e).
        inter_weight: lambda, weight of edges between communities; nearly without effect in the published form.
        gamma: how fast far communities fade as negatives; read by "rbf" alone, and hardly felt at the default.
        form: "reference", as published, or "null_model", ours; see `dense_community_aggregation`.
        symmetric: whether both views search each other; in the published code the first searches the second.
        stride: in epochs, of the schedule; see `communal_weights`.
        rate: length of the community phase in strides.
        decay_centres: whether weight decay acts on the centres too, as published; after the phase they stand
            still, where the published optimiser goes on shrinking them.
        centrality: what edges and columns are spared by; see `edge_drop_probabilities`.
        feature_rule: what an entry of x counts for its column: "binary" 1, "dense" its size.

    Attributes:
        labels_: (n,), by k-means on the embeddings.
        communities_: (n,), the most probable community of each node.
        soft_communities_: (n, n_communities), read when the community phase ended, or after the last step where
            it did not: nothing trains the centres afterwards, and the embeddings move on.

    See `ViewsClusterer` and `GNNClusterer` for the other hyper-parameters and attributes.
    """

    read_outs: ClassVar[tuple[str, ...]] = ("communities_",)

    n_communities: Count | None = None
    similarity: Similarity = "cosine"
    inter_weight: NonNegative = 1.0
    gamma: NonNegative = 8e-5
    form: Form = "reference"
    symmetric: Flag = False
    stride: Count = 500
    rate: Positive = 0.2
    decay_centres: Flag = True
    centrality: Centrality = "degree"
    feature_rule: FeatureRule = "binary"

    def fit(self, data: Data, y: object = None, **options: Any) -> Self:
        """Train and cluster as `GraphClusterer.fit` does, and read the communities.

        Raises:
            ValueError: as there, and for fewer than two communities.
        """
        super().fit(data, y, **options)
        module = cast("GCooLModule", self.module_)
        soft = module.communities if len(module.communities) else self._read_out(data)
        self.soft_communities_: Tensor = soft.float().cpu()
        self.communities_: Labels = self.soft_communities_.argmax(1)
        return self

    def _check(self, data: Data | Graphs) -> Graphs:
        if (self.n_communities or self.n_clusters) < 2:
            got = f"{self.n_communities} with n_clusters={self.n_clusters}; set n_communities"
            raise ValueError(f"n_communities must be at least 2, as they are contrasted; got {got}")
        return super()._check(data)

    def _read_out(self, data: Data) -> Tensor:
        runtime = Runtime.launch(self.device, self.precision, int(self.seed))
        module = cast("GCooLModule", self.module_)
        return embed_all(module, self._batches(self._check(data), runtime), runtime, module.read_out)

    def _head(self) -> CommunityHead:
        k = self.n_communities or self.n_clusters
        return CommunityHead(k, self.out_channels, temperature=self.temperature, similarity=self.similarity)

    def _settings(self) -> dict[str, Any]:
        return {
            "inter_weight": self.inter_weight,
            "gamma": self.gamma,
            "form": self.form,
            "symmetric": self.symmetric,
            "stride": self.stride,
            "rate": self.rate,
            "summation": self.summation,
            "contrast_nodes": self.contrast_nodes,
        }

    def _stages(self) -> list[Stage]:
        no_weight_decay = None if self.decay_centres else _centres
        return [Stage("contrast", self.epochs, self.lr, self.weight_decay, no_weight_decay=no_weight_decay)]


@dataclass(kw_only=True, eq=False, repr=False)
class GCooL(CommunalClusterer):
    """Contrast of nodes and communities over two views that spare what is central, then k-means.

    Args:
        edge_rates: share of the edges that the first and the second view lose, each direction by itself.
        feature_rates: share of the columns of x that they lose.

    See `CommunalClusterer` for what sets gCooL apart, `ViewsClusterer` and `GNNClusterer` for the rest.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = GCooL(n_clusters=2, hidden_channels=16, out_channels=8, epochs=5).fit(karate.graph)
        >>> model.labels_.shape, model.communities_.shape
        (torch.Size([34]), torch.Size([34]))
    """

    name: ClassVar[str] = "gcool"

    edge_rates: Rates = (0.2, 0.2)
    feature_rates: Rates = (0.1, 0.1)

    def _build(self, data: Data) -> GCooLModule:
        dropping = Dropping(self.edge_rates, self.feature_rates, self.centrality, self.feature_rule)
        return GCooLModule(self._encoder(data), self._projector(), self._head(), dropping, **self._settings())


def _centres(module: GCooLModule) -> list[nn.Parameter]:
    return [module.head.centres]
