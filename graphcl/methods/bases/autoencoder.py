"""What starts from a pre-trained autoencoder shares: the module, its hyper-parameters and its stage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders import Autoencoder
from graphcl.graph_collection import Graphs
from graphcl.ops.rows import by_rows
from graphcl.training import GraphClusterer, Method, Stage, Step
from graphcl.typing import Count, CountOrZero, Nodes, Positive

PRETRAIN = "pretrain"


class AutoencoderModule(Method):
    """Gives the features back, by SDCN's recipe; reads rows of features and no edges.

    Args:
        autoencoder: its encoder makes the embeddings.
    """

    def __init__(self, autoencoder: Autoencoder) -> None:
        super().__init__()
        self.autoencoder = autoencoder

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:  # noqa: ARG002
        """The mean squared error of the reconstruction."""
        return {"reconstruction": self.autoencoder.reconstruction(batch.x)}

    def embed(self, batch: Data) -> Nodes:
        """What the encoder makes of the features."""
        return by_rows(self.autoencoder.encoder, batch.x)


@dataclass(kw_only=True, eq=False, repr=False)
class PretrainedClusterer(GraphClusterer):
    """A clusterer that starts from an autoencoder, d-500-500-2000-10 and back unless told otherwise.

    Args:
        hidden_channels: widths of the encoder's hidden layers; the decoder mirrors them.
        out_channels: width of the embedding.
        pretrain_epochs: passes over the rows of x.
        pretrain_lr: learning rate of the pre-training.
        pretrain_batch_size: rows per step.
        feature_scale: x is multiplied by this first.
    """

    hidden_channels: Sequence[Count] = (500, 500, 2000)
    out_channels: Count = 10
    pretrain_epochs: CountOrZero = 30
    pretrain_lr: Positive = 1e-3
    pretrain_batch_size: Count = 256
    feature_scale: Positive = 1.0

    def _autoencoder(self, data: Data) -> Autoencoder:
        return Autoencoder(data.x.size(1), tuple(self.hidden_channels), self.out_channels)

    def _stages(self) -> list[Stage]:
        return [
            Stage(
                PRETRAIN,
                self.pretrain_epochs,
                self.pretrain_lr,
                batch_size=self.pretrain_batch_size,
                parameters=_autoencoder_parameters,
                shared=True,
            )
        ]

    def _check(self, data: Data | Graphs) -> Graphs:
        graphs = super()._check(data)
        if self.feature_scale != 1:
            for graph in graphs:
                graph.x = graph.x * self.feature_scale
        return graphs


def _autoencoder_parameters(module: AutoencoderModule) -> Iterable[nn.Parameter]:
    return module.autoencoder.parameters()
