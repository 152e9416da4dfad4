"""GCN whose layers take in the activations of an autoencoder: the graph branch of SDCN."""

from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from graphcl.encoders.convolution import project
from graphcl.ops.graph_matrices.sparse_product import multiply
from graphcl.ops.rows import CHUNK_ROWS
from graphcl.typing import Nodes


class FusedGCN(nn.Module):
    """GCN without biases, whose later layers read the mean of their input and an autoencoder's layer.

    With P the transition matrix and T_l the autoencoder's activations: G_1 = relu(P X V_1),
    G_{l+1} = relu(P (G_l + T_l) / 2 V_{l+1}), and no ReLU after the last layer. Weights are Xavier-uniform.

    Args:
        widths: of the features, of the autoencoder's layers up to its embedding, and of the output.

    Example:
        >>> walk, x = torch.eye(3).to_sparse_csr(), torch.ones(3, 4)
        >>> FusedGCN((4, 8, 2, 5))(x, walk, [torch.ones(3, 8), torch.ones(3, 2)]).shape
        torch.Size([3, 5])

    Reference:
        [Bo, Wang, Shi, Zhu, Lu, Cui, "Structural Deep Clustering Network", WWW 2020, arXiv 2002.01633],
        with the fusion weight 1/2 of its code.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.weights = nn.ParameterList(
            nn.init.xavier_uniform_(torch.empty(below, above)) for below, above in pairwise(widths)
        )

    def forward(self, x: Nodes, walk: Float[Tensor, "n n"], activations: Sequence[Tensor]) -> Float[Tensor, "n k"]:
        """The last layer's output, in float32 at least.

        Above 32,768 rows a layer is computed again for its gradient, so that the means are not kept.

        Args:
            x: (n, widths[0]), dense or CSR.
            walk: P, (n, n), CSR.
            activations: one for each layer but the first, (n, its width).
        """
        first, *others = self.weights
        h = F.relu(multiply(walk, project(x, first.T)))
        for index, (weight, activation) in enumerate(zip(others, activations, strict=True), start=2):
            last = index == len(self.weights)
            if len(h) > CHUNK_ROWS and torch.is_grad_enabled():
                h = checkpoint(_layer, walk, h, activation, weight, last, use_reentrant=False)
            else:
                h = _layer(walk, h, activation, weight, last)
        return h


def _layer(walk: Tensor, h: Tensor, activation: Tensor, weight: Tensor, last: bool) -> Tensor:
    """P (h + t) / 2 V, in the order that multiplies the narrower matrix by P, and a ReLU unless it is the last."""
    fused = (h + activation).div_(2)
    below, above = weight.shape
    rows = multiply(walk, fused) @ weight if below < above else multiply(walk, fused @ weight)
    return rows if last else F.relu(rows, inplace=True)
