"""DEC's clustering head: soft assignment by a Student-t kernel with trainable centres."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphcl.heads.assignment import AssignmentHead
from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Nodes


class StudentHead(AssignmentHead):
    """Student-t soft assignment of DEC: q_ik proportional to 1 / (1 + |z_i - mu_k|^2), with trainable centres mu.

    Args:
        n_clusters: number of clusters, k.
        in_channels: width of the embeddings, d.

    Example:
        >>> head = StudentHead(2, 1).place(torch.tensor([[0.0], [3.0]]))
        >>> head(torch.zeros(1, 1)).exp()
        tensor([[0.9091, 0.0909]], grad_fn=<ExpBackward0>)

    Reference:
        [Xie, Girshick, Farhadi, "Unsupervised Deep Embedding for Clustering Analysis", ICML 2016,
        arXiv 1511.06335], equation 1 with one degree of freedom.
    """

    def __init__(self, n_clusters: int, in_channels: int) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.empty(n_clusters, in_channels))
        nn.init.xavier_normal_(self.centres)

    @property
    def n_clusters(self) -> int:
        """The number of centres."""
        return len(self.centres)

    @torch.no_grad()
    def place(self, centres: Float[Tensor, "k d"]) -> "StudentHead":
        """Set the centres, for instance to those of k-means, and return the head.

        Args:
            centres: (k, d).
        """
        self.centres.copy_(centres)
        return self

    def forward(self, z: Nodes) -> Float[Tensor, "n k"]:
        """Log-probabilities of the clusters.

        Args:
            z: (n, d), embeddings.

        Returns:
            (n, k), in float32 or wider.
        """
        z = at_least_float32(z)
        distance = torch.cdist(z, self.centres, compute_mode="donot_use_mm_for_euclid_dist")
        return torch.log_softmax(-torch.log1p(distance.square()), dim=1)
