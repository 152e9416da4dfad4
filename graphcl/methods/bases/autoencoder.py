"""Autoencoder on the features: its module and its pre-training, for SCGC, SDCN and AutoencoderKMeans."""

from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint
from torch_geometric.data import Data

from graphcl.encoders import Autoencoder
from graphcl.feature_source import map_rows
from graphcl.graph_collection import Graphs
from graphcl.ops.graph_matrices.sparse import select_rows
from graphcl.ops.rows import CHUNK_ROWS, by_rows
from graphcl.training import Method, Stage, Step, adam
from graphcl.typing import Nodes

PRETRAIN = "pretrain"


class AutoencoderModule(Method):
    """Autoencoder on the features, pre-trained as in SDCN; edges are not read.

    Args:
        autoencoder: its encoder makes the embeddings.
    """

    def __init__(self, autoencoder: Autoencoder) -> None:
        super().__init__()
        self.autoencoder = autoencoder

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:  # noqa: ARG002
        """The mean squared error of the reconstruction."""
        return {"reconstruction": self.autoencoder.reconstruction(batch.x)}

    def rows(self, batch: Data) -> Nodes:
        """The encoder's rows of all nodes of a batch."""
        return by_rows(self.autoencoder.encoder, batch.x)

    def embed(self, batch: Data) -> Nodes:
        """The rows of the seeds."""
        return self.rows(batch)[: batch.seeds]


def reconstruction_by_rows(autoencoder: Autoencoder, x: Nodes, z: Float[Tensor, "n c"]) -> Tensor:
    """`Autoencoder.error` of all rows at once, in chunks whose layers are computed again for the gradient.

    Args:
        autoencoder: its decoder is read.
        x: (n, d), dense or CSR, the target.
        z: (n, c), the embeddings.
    """
    if len(z) <= CHUNK_ROWS:
        return autoencoder.error(x, z)
    errors = []
    for rows in torch.arange(len(z), device=z.device).split(CHUNK_ROWS):
        part, code = select_rows(x, rows), z[rows[0] : rows[-1] + 1]
        errors.append(checkpoint(autoencoder.error, part, code, use_reentrant=False) * (len(rows) / len(z)))
    return torch.stack(errors).sum()


def new_autoencoder(data: Data, hidden_channels: Sequence[int], out_channels: int) -> Autoencoder:
    """An autoencoder of the features' width."""
    return Autoencoder(data.x.size(1), tuple(hidden_channels), out_channels)


def pretraining(epochs: int, lr: float, batch_size: int) -> Stage:
    """Pre-training stage of the autoencoder: reconstruction of the features, in batches of rows.

    Other methods that start from the same autoencoder share its result.
    """
    optimizers = adam(lr, parameters=_autoencoder_parameters)
    return Stage(PRETRAIN, epochs, optimizers, batch_size=batch_size, shared=_autoencoder)


def scale_features(graphs: Graphs, scale: float) -> Graphs:
    """The graphs themselves, with their features multiplied by a number."""
    if scale != 1:
        for graph in graphs:
            graph.x = map_rows(graph.x, lambda rows: rows * scale)
    return graphs


def _autoencoder(module: AutoencoderModule) -> nn.Module:
    return module.autoencoder


def _autoencoder_parameters(module: AutoencoderModule) -> Iterable[nn.Parameter]:
    return module.autoencoder.parameters()
