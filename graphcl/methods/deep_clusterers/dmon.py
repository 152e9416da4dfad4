"""DMoN: a graph neural network that maximises the modularity of its soft clusters, kept from collapsing.

[Tsitsulin, Palowitch, Perozzi, Mueller, "Graph Clustering with Graph Neural Networks", JMLR 2023, arXiv
2006.16904]; the authors' code is google-research/graph_embedding/dmon, read at 0c1bbe5. Of the paper the
abstract was at hand.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from torch import Tensor
from torch_geometric.data import Data

from graphcl.heads import SoftmaxHead
from graphcl.heads.softmax import Logits
from graphcl.methods.bases.gnn import Encoder
from graphcl.methods.bases.soft_partition import SoftPartition
from graphcl.methods.bases.soft_partitioner import SoftPartitioner
from graphcl.objectives.partition_quality import LinkShares, PartitionSums
from graphcl.objectives.partition_quality.modularity import collapse_of, modularity_of
from graphcl.typing import Flag, NonNegative, Probability

Form = Literal["paper", "released"]
"""Modularity as the paper and PyG have it, or as the released code: half of it, at half the resolution."""

FORMS: dict[str, dict[str, float]] = {
    "paper": {"resolution": 1.0, "scale": 1.0},
    "released": {"resolution": 0.5, "scale": 0.5},
}


@dataclass(kw_only=True, eq=False, repr=False)
class DMoN(SoftPartitioner):
    """Deep Modularity Network: minus the soft modularity, and the collapse regularisation of cluster sizes.

    The defaults are the authors' for Cora, whose network is one convolution with a trainable skip a channel, and
    the paper's form of the loss; their script takes 16 clusters whatever the data.

    Args:
        encoder: see `GNNEstimator`; the default is the authors' own network, `encoders.ChannelSkip`, of one layer.
        form: "paper", which is PyG's too, or "released": the code that the authors published divides by twice too
            much in two places, so that it merges more and the collapse term weighs double.
        collapse_weight: lambda, weight of the collapse regularisation.
        head_dropout: share of the logits set to 0 in training.
        logits: the head's kernel, "orthogonal" with a bias, or "centres" without one (PyAGC's).

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate").graph
        >>> model = DMoN(n_clusters=2, epochs=5).fit(karate)
        >>> model.soft_labels_.shape, model.history_[-1].keys()
        (torch.Size([34, 2]), dict_keys(['stage', 'epoch', 'loss', 'modularity', 'collapse']))
    """

    name: ClassVar[str] = "dmon"

    encoder: Encoder = "channel-skip"
    row_normalize: Flag = False
    form: Form = "paper"
    collapse_weight: NonNegative = 1.0
    head_dropout: Probability = 0.5
    logits: Logits = "orthogonal"

    def _build(self, data: Data) -> SoftPartition:
        head = SoftmaxHead(self.n_clusters, self.out_channels, logits=self.logits, dropout=self.head_dropout)
        return SoftPartition(self._encoder(data), head, self._losses, sampled=self.batch_size is not None)

    def _losses(self, sums: PartitionSums, shares: LinkShares) -> dict[str, Tensor]:  # noqa: ARG002
        modularity = modularity_of(sums, **FORMS[self.form])
        return {"modularity": -modularity, "collapse": self.collapse_weight * collapse_of(sums.sizes)}
