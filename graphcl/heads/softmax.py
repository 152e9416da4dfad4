"""Softmax head: a linear layer to one logit for each cluster, as in DMoN, MinCutPool and Neuromap."""

from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from graphcl.heads.assignment import AssignmentHead
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Nodes

Logits = Literal["orthogonal", "centres"]
"""Kernel of the logits: orthogonal with a bias that starts at 0, or Xavier-uniform centres without a bias."""


class SoftmaxHead(AssignmentHead):
    """Soft assignment C = softmax(dropout(Z W + b) / t).

    Args:
        n_clusters: number of clusters, k.
        in_channels: width of the embeddings, d.
        logits: how the kernel starts, and whether there is a bias; see `Logits`.
        dropout: share of the logits set to 0 in training, in [0, 1]; torch's global generator.
        temperature: t, positive.

    Raises:
        ValueError: another name of the kernel, a dropout outside [0, 1], or a temperature that is not positive.

    Example:
        >>> head = SoftmaxHead(2, 4)
        >>> head.assign(torch.zeros(1, 4))
        tensor([[0.5000, 0.5000]], grad_fn=<ExpBackward0>)

    Reference:
        [Tsitsulin, Palowitch, Perozzi, Mueller, "Graph Clustering with Graph Neural Networks", JMLR 2023,
        arXiv 2006.16904], with dropout on the logits as in the authors' code.
    """

    def __init__(
        self,
        n_clusters: int,
        in_channels: int,
        *,
        logits: Logits = "orthogonal",
        dropout: float = 0.0,
        temperature: float = 1.0,
    ) -> None:
        super().__init__()
        if logits not in ("orthogonal", "centres"):
            raise ValueError(f"logits must be orthogonal or centres; got {logits!r}")
        if not 0 <= dropout <= 1:
            raise ValueError(f"dropout must lie in [0, 1]; got {dropout}")
        if not temperature > 0:
            raise ValueError(f"temperature must be positive; got {temperature}")
        self.linear = nn.Linear(in_channels, n_clusters, bias=logits == "orthogonal")
        if logits == "orthogonal":
            nn.init.orthogonal_(self.linear.weight)
            nn.init.zeros_(self.linear.bias)
        else:
            nn.init.xavier_uniform_(self.linear.weight)
        self.dropout, self.temperature = dropout, temperature

    @property
    def n_clusters(self) -> int:
        """The number of clusters."""
        return self.linear.out_features

    def forward(self, z: Nodes) -> Float[Tensor, "n k"]:
        """Log-probabilities of the clusters.

        Args:
            z: (n, d), embeddings.

        Returns:
            (n, k), in float32 or wider.
        """
        with full_precision(z):
            logits = F.dropout(self.linear(at_least_float32(z)), self.dropout, self.training)
        return torch.log_softmax(logits / self.temperature, dim=1)
