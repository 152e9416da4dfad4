"""Soft communities: trainable directions and a softmax over similarities to them (gCooL)."""

from collections.abc import Callable
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphcl.ops.precision import at_least_float32, full_precision
from graphcl.ops.sparse import unit_rows
from graphcl.typing import Nodes

Similarity = Literal["cosine", "rbf"]
"""Products of unit rows over the temperature, or minus squared distances over its square."""

SCALES: dict[str, Callable[[float], float]] = {"cosine": lambda t: 1 / t, "rbf": lambda t: 2 / t**2}
"""What the cosine is multiplied by, at temperature t."""


class CommunityHead(nn.Module):
    """Soft assignment r_ik proportional to exp sim(h_i, c_k), its centres trainable, the c their unit rows.

    cosine: sim = h . c / t. rbf: sim = -|h - c|^2 / t^2, which is the cosine form at temperature t^2 / 2, since
    |h| is the same for all centres and |c| is 1.

    Args:
        n_communities: number of centres, k.
        in_channels: width of the rows, d.
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
        [Li, Jing, Tong, "Graph Communal Contrastive Learning", WWW 2022, arXiv 2110.14863]; as in the published
        code, the gCooL sheet's section 4.1.
    """

    def __init__(
        self,
        n_communities: int,
        in_channels: int,
        *,
        temperature: float,
        similarity: Similarity = "cosine",
    ) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.randn(n_communities, in_channels))
        if similarity not in SCALES:
            raise ValueError(f"similarity must be one of {', '.join(SCALES)}; got {similarity!r}")
        if not temperature > 0:
            raise ValueError(f"temperature must be positive; got {temperature}")
        self.temperature, self.similarity = temperature, similarity

    @torch.no_grad()
    def place(self, centres: Float[Tensor, "k d"]) -> "CommunityHead":
        """Move the centres to the given points, (k, d), and return the head."""
        self.centres.copy_(centres)
        return self

    def forward(self, h: Nodes) -> Float[Tensor, "n k"]:
        """The log of the soft assignment of unit rows, (n, k), in float32 at least."""
        with full_precision(h):
            logits = at_least_float32(h) @ unit_rows(self.centres).T
        return torch.log_softmax(SCALES[self.similarity](self.temperature) * logits, dim=1)
