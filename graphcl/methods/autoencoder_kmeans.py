"""k-means on the embeddings of an autoencoder: what SCGC* starts from, as a method of its own."""

from dataclasses import dataclass
from typing import ClassVar

from torch_geometric.data import Data

from graphcl.heads import kmeans, nearest_centre
from graphcl.methods.bases.autoencoder import AutoencoderModule, PretrainedClusterer
from graphcl.typing import Count, Labels, Nodes


@dataclass(kw_only=True, eq=False, repr=False)
class AutoencoderKMeans(PretrainedClusterer):
    """Autoencoder on the features, then k-means; the graph is not used.

    Args:
        n_init: restarts of k-means.

    Attributes:
        labels_: (n,), int64.
        cluster_centers_: (n_clusters, out_channels).

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = AutoencoderKMeans(n_clusters=2, hidden_channels=(16,), pretrain_epochs=2)
        >>> model.fit(karate.graph).labels_.shape
        torch.Size([34])
    """

    name: ClassVar[str] = "autoencoder-k-means"
    accepts_edge_weight: ClassVar[bool] = True  # no edge is read

    n_init: Count = 20

    def predict(self, data: Data) -> Labels:
        """The nearest centre of each row, also for nodes that `fit` did not see."""
        return nearest_centre(self.transform(data), self.cluster_centers_)

    def _build(self, data: Data) -> AutoencoderModule:
        return AutoencoderModule(self._autoencoder(data))

    def _cluster(self, z: Nodes) -> Labels:
        labels, self.cluster_centers_ = kmeans(z, self.n_clusters, n_init=self.n_init, seed=self.seed)
        return labels
