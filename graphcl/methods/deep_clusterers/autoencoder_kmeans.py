"""AutoencoderKMeans: an autoencoder on the features, then k-means; the pre-training of SCGC."""

from dataclasses import dataclass
from typing import ClassVar

from torch_geometric.data import Data

from graphcl.graph_collection import Graphs
from graphcl.methods.bases.autoencoder import AutoencoderModule, new_autoencoder, pretraining, scale_features
from graphcl.training import GraphEmbedder, Stage
from graphcl.typing import Count, CountOrZero, Positive, Widths


@dataclass(kw_only=True, eq=False, repr=False)
class AutoencoderKMeans(GraphEmbedder):
    """Autoencoder on the features, then k-means if clusters are wanted; the graph is not used.

    Args:
        hidden_channels: widths of the encoder's hidden layers; the decoder mirrors them.
        out_channels: width of the embedding.
        pretrain_epochs: passes over the rows of x.
        pretrain_lr: learning rate of the training.
        pretrain_batch_size: rows per step.
        feature_scale: x is multiplied by this first.

    Attributes:
        embedding_: (n, out_channels).
        labels_: (n,), int64, if `n_clusters` is given.
        cluster_centers_: (n_clusters, out_channels), if `n_clusters` is given.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = AutoencoderKMeans(n_clusters=2, hidden_channels=(16,), pretrain_epochs=2)
        >>> model.fit(karate.graph).labels_.shape
        torch.Size([34])
    """

    name: ClassVar[str] = "autoencoder-k-means"
    accepts_edge_weight: ClassVar[bool] = True  # no edge is read

    hidden_channels: Widths = (500, 500, 2000)
    out_channels: Count = 10
    pretrain_epochs: CountOrZero = 30
    pretrain_lr: Positive = 1e-3
    pretrain_batch_size: Count = 256
    feature_scale: Positive = 1.0
    n_init: Count = 20

    def _build(self, data: Data) -> AutoencoderModule:
        return AutoencoderModule(new_autoencoder(data, self.hidden_channels, self.out_channels))

    def _stages(self) -> list[Stage]:
        return [pretraining(self.pretrain_epochs, self.pretrain_lr, self.pretrain_batch_size)]

    def _hops(self) -> int:
        return 0

    def _checked(self, data: Data | Graphs) -> Graphs:
        return scale_features(super()._checked(data), self.feature_scale)
