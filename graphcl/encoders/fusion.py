"""Fusion of the relation-specific embeddings of a multiplex graph: mean, concatenation or attention."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphcl.ops.machine.precision import at_least_float32

Fusion = Literal["mean", "concat", "attention"]
"""Mean, concatenation, or attention-weighted mean."""


class MeanFusion(nn.Module):
    """Mean of a node's embeddings over relations.

    Example:
        >>> MeanFusion()(torch.tensor([[[1.0]], [[3.0]]]))
        tensor([[2.]])
    """

    def forward(self, z: Float[Tensor, "r n d"]) -> Float[Tensor, "n d"]:
        """Fuse embeddings (relations, n, d) into (n, d)."""
        return z.mean(0)


class ConcatFusion(nn.Module):
    """Concatenation of a node's embeddings over relations.

    Example:
        >>> ConcatFusion()(torch.tensor([[[1.0]], [[3.0]]]))
        tensor([[1., 3.]])
    """

    def forward(self, z: Float[Tensor, "r n d"]) -> Float[Tensor, "n c"]:
        """Fuse embeddings (relations, n, d) into (n, relations * d)."""
        return torch.cat(list(z), dim=1)


class AttentionFusion(nn.Module):
    """Semantic attention over relations: a mean with weights softmax_r tanh(a_r . z_ir + b_r).

    Args:
        n_relations: number of relations, r, at least 1.
        channels: width of the embeddings, d.

    Example:
        >>> AttentionFusion(2, 3)(torch.ones(2, 4, 3))[0]
        tensor([1., 1., 1.], grad_fn=<SelectBackward0>)

    Reference:
        HDMI [Jing, Park, Tong, WWW 2021, arXiv 2102.07810], with its two consecutive linear maps as one.
    """

    def __init__(self, n_relations: int, channels: int) -> None:
        super().__init__()
        self.score = nn.ModuleList(nn.Linear(channels, 1) for _ in range(n_relations))

    def forward(self, z: Float[Tensor, "r n d"]) -> Float[Tensor, "n d"]:
        """Fuse embeddings (relations, n, d) into (n, d)."""
        scores = torch.stack([score(rows) for score, rows in zip(self.score, z, strict=True)])
        return (torch.softmax(torch.tanh(at_least_float32(scores)), dim=0) * z).sum(0)
