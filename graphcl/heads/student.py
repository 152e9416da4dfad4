"""Soft clusters: trainable centres and Student's t kernel (DEC, one degree of freedom)."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphcl.ops.precision import at_least_float32
from graphcl.typing import Nodes


class StudentHead(nn.Module):
    """Soft assignment q_ik proportional to 1 / (1 + |z_i - mu_k|^2), its centres mu trainable.

    Equation 1 of [Xie, Girshick, Farhadi, ICML 2016, arXiv 1511.06335] with one degree of freedom.

    Args:
        n_clusters: number of centres, k.
        in_channels: width of the embeddings, d.

    Example:
        >>> head = StudentHead(2, 1).place(torch.tensor([[0.0], [3.0]]))
        >>> head(torch.zeros(1, 1)).exp()
        tensor([[0.9091, 0.0909]], grad_fn=<ExpBackward0>)
    """

    def __init__(self, n_clusters: int, in_channels: int) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.empty(n_clusters, in_channels))
        nn.init.xavier_normal_(self.centres)

    @torch.no_grad()
    def place(self, centres: Float[Tensor, "k d"]) -> "StudentHead":
        """Move the centres to the given points, (k, d), and return the head."""
        self.centres.copy_(centres)
        return self

    def forward(self, z: Nodes) -> Float[Tensor, "n k"]:
        """The log of the soft assignment, (n, k), in float32 at least."""
        z = at_least_float32(z)
        distance = torch.cdist(z, self.centres, compute_mode="donot_use_mm_for_euclid_dist")
        return torch.log_softmax(-torch.log1p(distance.square()), dim=1)
