"""One embedding of a node out of several, one for each relation."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphcl.ops.precision import at_least_float32

Fusion = Literal["mean", "concat", "attention"]
"""The mean, side by side, or a learned weighted mean."""


class MeanFusion(nn.Module):
    """The mean over relations.

    Example:
        >>> MeanFusion()(torch.tensor([[[1.0]], [[3.0]]]))
        tensor([[2.]])
    """

    def forward(self, z: Float[Tensor, "r n d"]) -> Float[Tensor, "n d"]:
        """(relations, n, d) to (n, d)."""
        return z.mean(0)


class ConcatFusion(nn.Module):
    """The relations side by side.

    Example:
        >>> ConcatFusion()(torch.tensor([[[1.0]], [[3.0]]]))
        tensor([[1., 3.]])
    """

    def forward(self, z: Float[Tensor, "r n d"]) -> Float[Tensor, "n c"]:
        """(relations, n, d) to (n, relations * d)."""
        return torch.cat(list(z), dim=1)


class AttentionFusion(nn.Module):
    """A mean over relations with weights softmax_r tanh(a_r . z_ir + b_r), learned for each relation.

    The form of HDMI [Jing, Park, Tong, WWW 2021, arXiv 2102.07810], its two linear maps in a row taken as one.

    Args:
        n_relations: r, at least 1.
        channels: d.

    Example:
        >>> AttentionFusion(2, 3)(torch.ones(2, 4, 3))[0]
        tensor([1., 1., 1.], grad_fn=<SelectBackward0>)
    """

    def __init__(self, n_relations: int, channels: int) -> None:
        super().__init__()
        self.score = nn.ModuleList(nn.Linear(channels, 1) for _ in range(n_relations))

    def forward(self, z: Float[Tensor, "r n d"]) -> Float[Tensor, "n d"]:
        """(relations, n, d) to (n, d)."""
        scores = torch.stack([score(rows) for score, rows in zip(self.score, z, strict=True)])
        return (torch.softmax(torch.tanh(at_least_float32(scores)), dim=0) * z).sum(0)
