"""Blockwise log-sum-exp over all pairs: exact, with memory linear in the number of rows."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from graphcl.ops.first_order import first_order

ROWS, COLUMNS = 512, 1024
"""The size of one block of pairs: 2 MB in float32, which fits the L2 cache of a core."""

Weigh = Callable[[Tensor, int, int], Tensor]
"""Changes a block of pairs in place, and returns it: adds the log of a weight, which of a pair left out is -inf.

The integers are the block's first row and column among all.
"""


def blocked_logsumexp(
    u: Tensor, v: Tensor, scale: float, left_out: int | None = None, *, weigh: Weigh | None = None
) -> Tensor:
    """Row-wise log-sum-exp over all pairs, one block of pairs in memory at a time, forward and backward.

    Args:
        u: queries, (n, d).
        v: keys, (m, d).
        scale: the inverse temperature.
        left_out: if given, row i of u is not paired with row `left_out` + i of v.
        weigh: other weights of pairs, in place of `left_out`.

    Returns:
        (n,); the most negative finite number for a row that is paired with none.
    """
    if left_out is not None:
        weigh = partial(_leave_out, left_out=left_out)
    total: Tensor = _Blocked.apply(u, v, scale, weigh)  # type: ignore[no-untyped-call]
    return total


class _Blocked(torch.autograd.Function):
    """Forward: log-sum-exp accumulated over blocks of columns. Backward: softmax weights, block by block."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, v: Tensor, scale: float, weigh: Weigh | None) -> Tensor:
        result = torch.full((len(u),), -torch.inf, dtype=u.dtype, device=u.device)
        for i, (total, rows) in enumerate(zip(result.split(ROWS), u.split(ROWS), strict=True)):
            for j, columns in enumerate(v.split(COLUMNS)):
                pairs = (scale * rows) @ columns.T
                if weigh is not None:
                    pairs = weigh(pairs, i * ROWS, j * COLUMNS)
                torch.logaddexp(total, torch.logsumexp(pairs, dim=1), out=total)
        if weigh is not None:
            result.clamp_(min=torch.finfo(u.dtype).min)
        ctx.save_for_backward(u, v, result)
        ctx.scale, ctx.weigh = scale, weigh
        return result

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None, None]:
        u, v, result = ctx.saved_tensors
        grad_u, grad_v = torch.zeros_like(u), torch.zeros_like(v)
        blocks = zip(u.split(ROWS), result.split(ROWS), grad.split(ROWS), grad_u.split(ROWS), strict=True)
        for i, (rows, total, weight, grad_rows) in enumerate(blocks):
            for j, (columns, grad_columns) in enumerate(zip(v.split(COLUMNS), grad_v.split(COLUMNS), strict=True)):
                pairs = (ctx.scale * rows) @ columns.T
                if ctx.weigh is not None:
                    pairs = ctx.weigh(pairs, i * ROWS, j * COLUMNS)
                pairs.sub_(total[:, None]).exp_().mul_(ctx.scale * weight[:, None])
                grad_rows.addmm_(pairs, columns)
                grad_columns.addmm_(pairs.T, rows)
        return grad_u, grad_v, None, None


def _leave_out(pairs: Tensor, row: int, column: int, left_out: int) -> Tensor:
    """A block of pairs without those of row i and row `left_out` + i."""
    pairs.diagonal(row + left_out - column).fill_(-torch.inf)
    return pairs
