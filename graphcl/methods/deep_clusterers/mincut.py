"""MinCut: a graph neural network trained on the normalised cut of its soft clusters, with orthogonality.

[Bianchi, Grattarola, Alippi, "Spectral Clustering with Graph Neural Networks for Graph Pooling", ICML 2020,
arXiv 1907.00481], MinCutPool as a clusterer; the authors' code is
FilippoMB/Spectral-Clustering-with-GNNs-for-Graph-Pooling, read at 9b7decc. The paper was not at hand.
"""

from dataclasses import dataclass
from typing import ClassVar, cast

from torch import Tensor
from torch_geometric.data import Data

from graphcl.heads import SoftmaxHead
from graphcl.methods.bases.gnn import Encoder
from graphcl.methods.bases.soft_partition import SoftPartition
from graphcl.methods.bases.soft_partitioner import SoftPartitioner
from graphcl.objectives.partition_quality import LinkShares, PartitionSums
from graphcl.objectives.partition_quality.min_cut import cut_of, normalised_shares, orthogonality_of
from graphcl.typing import Count, NonNegative


@dataclass(kw_only=True, eq=False, repr=False)
class MinCut(SoftPartitioner):
    """MinCutPool as a clusterer: the normalised cut of D^-1/2 A D^-1/2, and the orthogonality of the clusters.

    The network and the loss are those of the authors' TensorFlow script; its 10,000 steps at 5e-4 are 1000 at 1e-3
    here. Uniform assignments reach the lowest cut, -1, on every graph, and so do the parts of a disconnected one:
    orthogonality alone resists.

    Args:
        encoder: see `GNNEstimator`; the default is the authors' own network, `encoders.RootSkip`, of one layer.
        orthogonality_weight: of the second term; the authors' is 1.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate").graph
        >>> model = MinCut(n_clusters=2, epochs=5).fit(karate)
        >>> model.soft_labels_.shape, model.history_[-1].keys()
        (torch.Size([34, 2]), dict_keys(['stage', 'epoch', 'loss', 'cut', 'orthogonality']))
    """

    name: ClassVar[str] = "mincut"

    encoder: Encoder = "root-skip"
    out_channels: Count = 16
    orthogonality_weight: NonNegative = 1.0

    def _build(self, data: Data) -> SoftPartition:
        head = SoftmaxHead(self.n_clusters, self.out_channels, logits="orthogonal")
        sampled = self.batch_size is not None
        return SoftPartition(
            self._encoder(data), head, self._losses, links=normalised_shares, gram=True, sampled=sampled
        )

    def _losses(self, sums: PartitionSums, shares: LinkShares) -> dict[str, Tensor]:  # noqa: ARG002
        gram = cast("Tensor", sums.gram)  # it is asked for, by `gram=True`
        return {"cut": cut_of(sums), "orthogonality": self.orthogonality_weight * orthogonality_of(gram)}
