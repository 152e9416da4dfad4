"""Untrained baseline: a randomly initialised graph neural network."""

from dataclasses import dataclass
from typing import ClassVar

from torch_geometric.data import Data

from graphcl.methods.bases.gnn import EncoderModule, GNNEmbedder
from graphcl.training import Stage


@dataclass(kw_only=True, eq=False, repr=False)
class RandomGNN(GNNEmbedder):
    """Untrained baseline: the embeddings of a randomly initialised network, by default the one that GCooL trains.

    With `batch_size` the embedding is computed in blocks; nothing is sampled, since nothing is trained.

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
