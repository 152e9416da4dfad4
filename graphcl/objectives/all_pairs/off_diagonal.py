"""Each row's log-sum over all other rows: of the symmetric matrix of pairs, one triangle of blocks is formed."""

from collections.abc import Iterator
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.first_order import first_order
from graphcl.typing import Nodes

SIZE = 512
"""Rows and columns of one block of pairs: 1 MB in float32, which a core keeps in its own cache."""


def off_diagonal_logsumexp(u: Nodes, *, scale: float) -> Float[Tensor, " n"]:
    """The log of each row's sum over all others: log sum_{j != i} exp(scale * u_i . u_j).

    A row is left out of its own sum, not subtracted from it: at a low temperature its term can be larger than all
    others by more than float32 can tell. A block of pairs serves the sums of its rows and of its columns, now and
    again for the gradient. Memory is linear in n.

    Args:
        u: (n, d), in float32 at least.
        scale: the inverse temperature.

    Returns:
        (n,); the most negative finite number for a row without others. Gradients reach u.

    Example:
        >>> off_diagonal_logsumexp(torch.eye(3), scale=1.0)  # log 2
        tensor([0.6931, 0.6931, 0.6931])
    """
    logs: Tensor = _Others.apply(u, scale)  # type: ignore[no-untyped-call]
    return logs


def dense_off_diagonal_logsumexp(u: Nodes, *, scale: float) -> Float[Tensor, " n"]:
    """The same from the n x n matrix of pairs, for few rows.

    Example:
        >>> dense_off_diagonal_logsumexp(torch.eye(3), scale=1.0)
        tensor([0.6931, 0.6931, 0.6931])
    """
    itself = torch.eye(len(u), dtype=torch.bool, device=u.device)
    return torch.logsumexp((scale * (u @ u.T)).masked_fill(itself, torch.finfo(u.dtype).min), dim=1)


class _Others(torch.autograd.Function):
    """Forward: a running log-sum of rows and columns. Backward: softmax weights of both, block by block again."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, scale: float) -> Tensor:
        result = torch.full((len(u),), -torch.inf, dtype=u.dtype, device=u.device)
        totals = result.split(SIZE)
        for i, j, pairs in _triangle(u, scale):
            torch.logaddexp(totals[i], torch.logsumexp(pairs, dim=1), out=totals[i])
            if i != j:
                torch.logaddexp(totals[j], torch.logsumexp(pairs, dim=0), out=totals[j])
        result.clamp_(min=torch.finfo(u.dtype).min)
        ctx.save_for_backward(u, result)
        ctx.scale = scale
        return result

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        u, result = ctx.saved_tensors
        grad_u = torch.zeros_like(u)
        rows, totals, grads = u.split(SIZE), result.split(SIZE), grad_u.split(SIZE)
        weights = (ctx.scale * grad).split(SIZE)
        for i, j, pairs in _triangle(u, ctx.scale):
            pull = (pairs - totals[i][:, None]).exp_().mul_(weights[i][:, None])
            pull += pairs.sub_(totals[j]).exp_().mul_(weights[j])
            grads[i].addmm_(pull, rows[j])
            if i != j:
                grads[j].addmm_(pull.T, rows[i])
        return grad_u, None


def _triangle(u: Tensor, scale: float) -> Iterator[tuple[int, int, Tensor]]:
    """The blocks on and above the diagonal, each with its place; no row is paired with itself."""
    blocks = u.split(SIZE)
    for i, rows in enumerate(blocks):
        for j, columns in enumerate(blocks[i:], start=i):
            pairs = (scale * rows) @ columns.T
            yield i, j, pairs.fill_diagonal_(-torch.inf) if i == j else pairs
