"""Blockwise log-sum-exp over all other rows; only the upper triangle of the similarity matrix is computed."""

from collections.abc import Iterator
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.all_pairs.blocks import Weigh, blocked_logsumexp
from graphcl.ops.first_order import first_order
from graphcl.typing import Nodes

SIZE = 512
"""Rows and columns of one block of pairs: 1 MB in float32, which fits the L2 cache of a core."""


def off_diagonal_logsumexp(
    u: Nodes, v: Float[Tensor, "m d"] | None = None, *, scale: float, start: int = 0
) -> Float[Tensor, " n"]:
    """Row-wise log-sum-exp without the diagonal: log sum_{j != i} exp(scale * u_i . u_j).

    The diagonal entry is masked, not subtracted: at a low temperature it can exceed the rest of the sum by more
    than float32 resolves. Without v each block of pairs serves the sums of its rows and of its columns, forward
    and backward. Memory is linear in n (and m).

    Args:
        u: (n, d), in float32 at least.
        v: (m, d), the rows of all ranks, of which u are those from `start` on: the sum of row i runs over
            j != start + i. None means `u` itself.
        scale: the inverse temperature.
        start: where the rows of u begin in v.

    Returns:
        (n,); the most negative finite number for a row whose sum is empty. Gradients reach u and v.

    Example:
        >>> off_diagonal_logsumexp(torch.eye(3), scale=1.0)  # log 2
        tensor([0.6931, 0.6931, 0.6931])
    """
    if v is not None:
        return blocked_logsumexp(u, v, scale, left_out=start)
    return triangle_logsumexp(u, scale)


def triangle_logsumexp(u: Nodes, scale: float, *, weigh: Weigh | None = None) -> Float[Tensor, " n"]:
    """`off_diagonal_logsumexp` among the rows of u, with weights of pairs that are the same both ways.

    Args:
        u: (n, d), in float32 at least.
        scale: the inverse temperature.
        weigh: adds the log weights of a block's pairs; None weighs all alike.

    Example:
        >>> triangle_logsumexp(torch.eye(3), 0.0)  # log 2
        tensor([0.6931, 0.6931, 0.6931])
    """
    logs: Tensor = _OffDiagonal.apply(u, scale, weigh)  # type: ignore[no-untyped-call]
    return logs


def dense_off_diagonal_logsumexp(
    u: Nodes, v: Float[Tensor, "m d"] | None = None, *, scale: float, start: int = 0
) -> Float[Tensor, " n"]:
    """`off_diagonal_logsumexp` from the whole matrix of pairs, for few rows.

    Example:
        >>> dense_off_diagonal_logsumexp(torch.eye(3), scale=1.0)
        tensor([0.6931, 0.6931, 0.6931])
    """
    other = u if v is None else v
    diagonal = torch.zeros(len(u), len(other), dtype=torch.bool, device=u.device)
    diagonal.diagonal(start).fill_(value=True)
    return torch.logsumexp((scale * (u @ other.T)).masked_fill(diagonal, torch.finfo(u.dtype).min), dim=1)


class _OffDiagonal(torch.autograd.Function):
    """Forward: log-sum-exp of rows and columns, accumulated by blocks. Backward: softmax weights of both."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, scale: float, weigh: Weigh | None) -> Tensor:
        result = torch.full((len(u),), -torch.inf, dtype=u.dtype, device=u.device)
        totals = result.split(SIZE)
        for i, j, pairs in _triangle(u, scale, weigh):
            torch.logaddexp(totals[i], torch.logsumexp(pairs, dim=1), out=totals[i])
            if i != j:
                torch.logaddexp(totals[j], torch.logsumexp(pairs, dim=0), out=totals[j])
        result.clamp_(min=torch.finfo(u.dtype).min)
        ctx.save_for_backward(u, result)
        ctx.scale, ctx.weigh = scale, weigh
        return result

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        u, result = ctx.saved_tensors
        grad_u = torch.zeros_like(u)
        rows, totals, grads = u.split(SIZE), result.split(SIZE), grad_u.split(SIZE)
        weights = (ctx.scale * grad).split(SIZE)
        for i, j, pairs in _triangle(u, ctx.scale, ctx.weigh):
            pull = (pairs - totals[i][:, None]).exp_().mul_(weights[i][:, None])
            pull += pairs.sub_(totals[j]).exp_().mul_(weights[j])
            grads[i].addmm_(pull, rows[j])
            if i != j:
                grads[j].addmm_(pull.T, rows[i])
        return grad_u, None, None


def _triangle(u: Tensor, scale: float, weigh: Weigh | None) -> Iterator[tuple[int, int, Tensor]]:
    """The blocks on and above the diagonal, each with its block row and column; the diagonal itself is -inf."""
    blocks = u.split(SIZE)
    for i, rows in enumerate(blocks):
        for j, columns in enumerate(blocks[i:], start=i):
            pairs = (scale * rows) @ columns.T
            if weigh is not None:
                pairs = weigh(pairs, i * SIZE, j * SIZE)
            yield i, j, pairs.fill_diagonal_(-torch.inf) if i == j else pairs
