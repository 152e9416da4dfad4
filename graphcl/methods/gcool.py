"""gCooL: contrast between two views of each node, and early on between nodes and learned communities.

[Li, Jing, Tong, "Graph Communal Contrastive Learning", WWW 2022, arXiv 2110.14863]. The paper's text was not at
hand, so this follows the published code (lblaoke/gCooL); what is ours says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar, Self, cast

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment.centrality import Centrality
from graphcl.augment.importance import FeatureRule
from graphcl.heads import CommunityHead
from graphcl.methods.views import Augmentation, Dropping, Rates, View, ViewsClusterer, ViewsModule
from graphcl.objectives import communal_weights, community_contrast, dense_community_aggregation, info_nce
from graphcl.objectives.community import Form
from graphcl.objectives.infonce import Pairs
from graphcl.objectives.node_to_community import Similarity
from graphcl.training import Runtime, Stage, Step, embed_all
from graphcl.training.method import EmbedAll
from graphcl.training.validation import check_parameters
from graphcl.typing import Count, Flag, Labels, NonNegative, Positive


class GCooLModule(ViewsModule):
    """Nodes are contrasted throughout; communities are formed and contrasted for the first `rate * stride` epochs.

    The centres learn from the edges alone, the encoder from the two contrasts alone: they meet in hard labels.

    Args:
        encoder: (x, edge_index) to one row per node.
        projector: embeddings to unit rows.
        head: soft communities of unit rows; its temperature and similarity are those of the contrasts too.
        augmentation: how views are drawn.
        inter_weight: lambda, weight of edges between communities.
        gamma: how fast far communities fade as negatives; read by "rbf" alone.
        form: of the aggregation, see `dense_community_aggregation`.
        symmetric: whether both views search each other; in the published code the first searches the second.
        stride: in epochs, of the schedule.
        rate: length of the community phase in strides.
        partition: how the sums over all pairs are computed.

    Attributes:
        communities: (n, k), the soft communities of the whole graph when the phase ended; (0, k) until then.
    """

    def __init__(
        self,
        encoder: nn.Module,
        projector: nn.Module,
        head: CommunityHead,
        augmentation: Augmentation,
        *,
        inter_weight: float = 1.0,
        gamma: float = 8e-5,
        form: Form = "reference",
        symmetric: bool = False,
        stride: int = 500,
        rate: float = 0.2,
        partition: Pairs = "auto",
    ) -> None:
        super().__init__(encoder, projector, augmentation)
        self.head = head
        self.inter_weight, self.gamma, self.form, self.symmetric = inter_weight, gamma, form, symmetric
        self.stride, self.rate, self.partition = stride, rate, partition
        self.communities = torch.empty(0, len(head.centres))

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """L_node + alpha (c L_DeCA + (1 - c) L_comm) on two views."""
        return self.losses(self.views(batch, step), step.epoch)

    def losses(self, views: Sequence[View], epoch: int) -> dict[str, Tensor]:
        """The losses of given views; the contrasts are means over pairs where there are more than two."""
        rows, edges = zip(*views, strict=True)
        losses = {"nodes": _mean(self.node_contrast(*pair) for pair in combinations(rows, 2))}
        alpha, share = communal_weights(epoch, stride=self.stride, rate=self.rate)
        if alpha > 0:
            assign = [self.head(h.detach()).exp() for h in rows]
            formed = _mean(self.aggregation(r, edge_index) for r, edge_index in zip(assign, edges, strict=True))
            labelled = [(h, r.argmax(1)) for h, r in zip(rows, assign, strict=True)]
            losses["aggregation"] = alpha * share * formed
            contrast = _mean(self.community_contrast(*pair) for pair in combinations(labelled, 2))
            losses["communities"] = alpha * (1 - share) * contrast
        return losses

    def node_contrast(self, h1: Tensor, h2: Tensor) -> Tensor:
        """L_node of two views."""
        temperature = self.head.temperature
        return info_nce(h1, h2, temperature=temperature, symmetric=self.symmetric, partition=self.partition)

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
        )

    def refresh(self, step: Step, embed_all: EmbedAll) -> None:
        """Read the communities when their phase is over: from then on nothing trains the centres."""
        over = communal_weights(step.epoch, stride=self.stride, rate=self.rate).alpha == 0
        if over and not len(self.communities):
            self.communities = embed_all(self.read_out)

    def read_out(self, batch: Data) -> Tensor:
        """The soft communities of the graph as it is, (seeds, k)."""
        log_assign: Tensor = self.head(self.projector(self.embed(batch)))
        return log_assign.exp()

    def get_extra_state(self) -> Tensor:
        """The communities that were read, for checkpoints and saved models."""
        return self.communities

    def set_extra_state(self, state: Tensor) -> None:
        """Take back what `get_extra_state` gave."""
        self.communities = state


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
        check_parameters(self)
        if (self.n_communities or self.n_clusters) < 2:
            got = f"{self.n_communities} with n_clusters={self.n_clusters}; set n_communities"
            raise ValueError(f"n_communities must be at least 2, as they are contrasted; got {got}")
        super().fit(data, y, **options)
        module = cast("GCooLModule", self.module_)
        soft = module.communities if len(module.communities) else self._read_out(data)
        self.soft_communities_: Tensor = soft.float().cpu()
        self.communities_: Labels = self.soft_communities_.argmax(1)
        return self

    def _read_out(self, data: Data) -> Tensor:
        runtime = Runtime.launch(self.device, self.precision, self.seed)
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
            "partition": self.partition,
        }

    def _stages(self) -> list[Stage]:
        undecayed = None if self.decay_centres else _centres
        return [Stage("contrast", self.epochs, self.lr, self.weight_decay, undecayed=undecayed)]


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


def _mean(losses: Iterable[Tensor]) -> Tensor:
    return torch.stack(list(losses)).mean()


def _centres(module: GCooLModule) -> list[nn.Parameter]:
    return [module.head.centres]
