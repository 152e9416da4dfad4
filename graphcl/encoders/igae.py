"""Symmetric graph autoencoder of DFCN: layers of a linear map, an activation and a propagation, in this order."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from graphcl.encoders.convolution import project
from graphcl.ops.graph_matrices.sparse_product import multiply
from graphcl.typing import Nodes

SLOPE = 0.2
"""Of the leaky ReLU, below 0."""

PropagatedActivation = Literal["tanh", "leaky_relu", "none"]
"""Between the linear map of a layer and its propagation."""


class IGAE(nn.Module):
    """Improved graph autoencoder (IGAE): every layer is P act(X W), without bias, in encoder and decoder.

    The encoder's last layer has no activation; all of the decoder's have one, the last too. Weights are
    Xavier-uniform.

    Args:
        in_channels: width of the features.
        hidden_channels: widths from the features to the embedding; the decoder takes them in reverse.
        out_channels: width of the embedding.
        activation: see `PropagatedActivation`.

    Example:
        >>> model, walk = IGAE(4, (8,), 2), torch.eye(3).to_sparse_csr()
        >>> z = model.encode(torch.ones(3, 4), walk)
        >>> z.shape, model.decode(z, walk).shape
        (torch.Size([3, 2]), torch.Size([3, 4]))

    Reference:
        [Tu, Zhou, Liu, Guo, Cai, Zhu, Cheng, "Deep Fusion Clustering Network", AAAI 2021, arXiv 2012.09600], as in
        the published code, which activates before it propagates.
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: Sequence[int],
        out_channels: int,
        activation: PropagatedActivation = "tanh",
    ) -> None:
        super().__init__()
        widths = (in_channels, *hidden_channels, out_channels)
        self.activation = activation
        self.encoder = _weights(widths)
        self.decoder = _weights(widths[::-1])

    def encode(self, x: Nodes, walk: Float[Tensor, "n n"]) -> Float[Tensor, "n c"]:
        """The embedding, in float32 at least.

        Args:
            x: (n, in_channels), dense or CSR.
            walk: P, (n, n), CSR.
        """
        *hidden, last = self.encoder
        for weight in hidden:
            x = multiply(walk, self._activated(project(x, weight.T)))
        return multiply(walk, project(x, last.T))

    def decode(self, z: Float[Tensor, "n c"], walk: Float[Tensor, "n n"]) -> Nodes:
        """The reconstruction of the propagated features, (n, in_channels).

        Args:
            z: (n, out_channels).
            walk: P, (n, n), CSR.
        """
        for weight in self.decoder:
            z = multiply(walk, self._activated(project(z, weight.T)))
        return z

    def _activated(self, x: Tensor) -> Tensor:
        if self.activation == "none":
            return x
        return x.tanh() if self.activation == "tanh" else F.leaky_relu(x, SLOPE)


def _weights(widths: Sequence[int]) -> nn.ParameterList:
    return nn.ParameterList(
        nn.init.xavier_uniform_(torch.empty(below, above)) for below, above in pairwise(widths)
    )
