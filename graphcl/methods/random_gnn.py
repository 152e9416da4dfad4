"""A graph encoder as it is born: the mark that every training of it must beat."""

from dataclasses import dataclass
from typing import ClassVar

from torch_geometric.data import Data

from graphcl.methods.bases.gnn import EncoderModule, GNNClusterer
from graphcl.training import Stage


@dataclass(kw_only=True, eq=False, repr=False)
class RandomGNN(GNNClusterer):
    """k-means on the embeddings of an untrained network, by default the one that GCooL trains.

    See `GNNClusterer` for the hyper-parameters and the attributes.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> RandomGNN(n_clusters=2).fit_predict(karate.graph).shape
        torch.Size([34])
    """

    name: ClassVar[str] = "random-gnn"

    def _build(self, data: Data) -> EncoderModule:
        return EncoderModule(self._encoder(data))

    def _stages(self) -> list[Stage]:
        return []
