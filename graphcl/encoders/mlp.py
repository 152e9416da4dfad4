"""Multi-layer perceptron and MLP autoencoder on dense or sparse features."""

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from graphcl.ops.graph_matrices.sparse_product import multiply
from graphcl.typing import Nodes


class MLP(nn.Module):
    """Multi-layer perceptron: linear layers with ReLU between them; the input may be sparse CSR.

    Args:
        in_channels: width of the input.
        hidden_channels: widths of the hidden layers; () for a single linear layer.
        out_channels: width of the output.

    Example:
        >>> MLP(4, (8, 8), 2)(torch.ones(3, 4)).shape
        torch.Size([3, 2])
    """

    def __init__(self, in_channels: int, hidden_channels: Sequence[int], out_channels: int) -> None:
        super().__init__()
        widths = [in_channels, *hidden_channels, out_channels]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))

    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n c"]:
        """Map rows (n, in_channels), dense or CSR, to (n, out_channels)."""
        return self.activations(x)[-1]

    def activations(self, x: Float[Tensor, "n d"]) -> list[Tensor]:
        """The output of every layer, first to last; of hidden layers after the ReLU.

        Args:
            x: (n, in_channels), dense or CSR.
        """
        first, *others = cast("list[nn.Linear]", list(self.layers))
        rows = [multiply(x, first.weight.T).add_(first.bias) if x.layout == torch.sparse_csr else first(x)]
        for layer in others:
            rows[-1] = F.relu(rows[-1], inplace=True)  # the backward pass does not need the input
            rows.append(layer(rows[-1]))
        return rows


class Autoencoder(nn.Module):
    """MLP autoencoder: an encoder, and a decoder with the hidden widths reversed.

    Args:
        in_channels: width of the features.
        hidden_channels: widths from the features to the embedding; the decoder takes them in reverse.
        out_channels: width of the embedding.

    Example:
        >>> model = Autoencoder(4, (8, 6), 2)
        >>> model.encoder(torch.ones(3, 4)).shape, model.reconstruction(torch.ones(3, 4)).shape
        (torch.Size([3, 2]), torch.Size([]))
    """

    def __init__(self, in_channels: int, hidden_channels: Sequence[int], out_channels: int) -> None:
        super().__init__()
        self.encoder = MLP(in_channels, hidden_channels, out_channels)
        self.decoder = MLP(out_channels, hidden_channels[::-1], in_channels)

    def reconstruction(self, x: Nodes) -> Float[Tensor, ""]:
        """Reconstruction loss: mean squared error of decoder(encoder(x)) over all entries."""
        return self.error(x, self.encoder(x))

    def error(self, x: Nodes, z: Float[Tensor, "n c"]) -> Float[Tensor, ""]:
        """Reconstruction loss given the embeddings.

        Args:
            x: (n, in_channels), dense or CSR, the target.
            z: (n, out_channels), encoder(x).
        """
        target = x.to_dense() if x.layout == torch.sparse_csr else x
        return F.mse_loss(self.decoder(z), target)
