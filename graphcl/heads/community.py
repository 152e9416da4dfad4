"""gCooL's community head: a softmax over similarities to trainable community centres."""

from collections.abc import Callable
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphcl.heads.assignment import AssignmentHead
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Nodes

CentreSimilarity = Literal["cosine", "rbf"]
"""CentreSimilarity of an embedding and a centre: cosine / t, or the RBF exponent -(squared distance) / t^2."""

SCALES: dict[str, Callable[[float], float]] = {"cosine": lambda t: 1 / t, "rbf": lambda t: 2 / t**2}
"""Factor of the cosine similarity at temperature t."""


class CommunityHead(AssignmentHead):
    """Soft community assignment of gCooL: r_ik = softmax_k sim(h_i, c_k), with trainable unit-norm centres c_k.

    cosine: sim = h . c / t. rbf: sim = -|h - c|^2 / t^2, which is the cosine form at temperature t^2 / 2, since
    |c| = 1 and |h|^2 cancels in the softmax.

    Args:
        n_communities: number of communities, k.
        in_channels: width of the embeddings, d.
        temperature: t, positive.
        similarity: "cosine" or "rbf".

    Raises:
        ValueError: an unknown similarity, or a temperature that is not positive.

    Example:
        >>> head = CommunityHead(2, 2, temperature=0.5).place(torch.eye(2))
        >>> head(torch.eye(2)).exp()
        tensor([[0.8808, 0.1192],
                [0.1192, 0.8808]], grad_fn=<ExpBackward0>)

    Reference:
        [Li, Jing, Tong, "Graph Communal Contrastive Learning", WWW 2022, arXiv 2110.14863],
        dense community aggregation (DeCA); as in the authors' code, where it differs from the paper.
    """

    def __init__(
        self,
        n_communities: int,
        in_channels: int,
        *,
        temperature: float,
        similarity: CentreSimilarity = "cosine",
    ) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.randn(n_communities, in_channels))
        if similarity not in SCALES:
            raise ValueError(f"similarity must be one of {', '.join(SCALES)}; got {similarity!r}")
        if not temperature > 0:
            raise ValueError(f"temperature must be positive; got {temperature}")
        self.temperature, self.similarity = temperature, similarity

    @property
    def n_clusters(self) -> int:
        """The number of centres."""
        return len(self.centres)

    @torch.no_grad()
    def place(self, centres: Float[Tensor, "k d"]) -> "CommunityHead":
        """Set the centres, for instance to those of k-means, and return the head.

        Args:
            centres: (k, d).
        """
        self.centres.copy_(centres)
        return self

    def forward(self, h: Nodes) -> Float[Tensor, "n k"]:
        """Log-probabilities of the communities.

        Args:
            h: (n, d), L2-normalised embeddings.

        Returns:
            (n, k), in float32 or wider.
        """
        with full_precision(h):
            logits = at_least_float32(h) @ unit_rows(self.centres).T
        return torch.log_softmax(SCALES[self.similarity](self.temperature) * logits, dim=1)
