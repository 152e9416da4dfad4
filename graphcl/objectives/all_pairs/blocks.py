"""Blockwise log-sum-exp over all pairs: exact, with memory linear in the number of rows."""

from typing import Any

import torch
from torch import Tensor

from graphcl.ops.first_order import first_order

ROWS, COLUMNS = 512, 1024
"""The size of one block of pairs: 2 MB in float32, which fits the L2 cache of a core."""


def blocked_logsumexp(u: Tensor, v: Tensor, scale: float, left_out: int | None = None) -> Tensor:
    """Row-wise log-sum-exp over all pairs, one block of pairs in memory at a time, forward and backward.

    Args:
        u: queries, (n, d).
        v: keys, (m, d).
        scale: the inverse temperature.
        left_out: if given, row i of u is not paired with row `left_out` + i of v.

    Returns:
        (n,); the most negative finite number for a row that is paired with none.
    """
    total: Tensor = _Blocked.apply(u, v, scale, left_out)  # type: ignore[no-untyped-call]
    return total


class _Blocked(torch.autograd.Function):
    """Forward: log-sum-exp accumulated over blocks of columns. Backward: softmax weights, block by block."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, v: Tensor, scale: float, left_out: int | None) -> Tensor:
        result = torch.full((len(u),), -torch.inf, dtype=u.dtype, device=u.device)
        for i, (total, rows) in enumerate(zip(result.split(ROWS), u.split(ROWS), strict=True)):
            for j, columns in enumerate(v.split(COLUMNS)):
                pairs = _leave_out((scale * rows) @ columns.T, i, j, left_out)
                torch.logaddexp(total, torch.logsumexp(pairs, dim=1), out=total)
        if left_out is not None:
            result.clamp_(min=torch.finfo(u.dtype).min)
        ctx.save_for_backward(u, v, result)
        ctx.scale, ctx.left_out = scale, left_out
        return result

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None, None]:
        u, v, result = ctx.saved_tensors
        grad_u, grad_v = torch.zeros_like(u), torch.zeros_like(v)
        blocks = zip(u.split(ROWS), result.split(ROWS), grad.split(ROWS), grad_u.split(ROWS), strict=True)
        for i, (rows, total, weight, grad_rows) in enumerate(blocks):
            for j, (columns, grad_columns) in enumerate(zip(v.split(COLUMNS), grad_v.split(COLUMNS), strict=True)):
                pairs = _leave_out((ctx.scale * rows) @ columns.T, i, j, ctx.left_out)
                pairs.sub_(total[:, None]).exp_().mul_(ctx.scale * weight[:, None])
                grad_rows.addmm_(pairs, columns)
                grad_columns.addmm_(pairs.T, rows)
        return grad_u, grad_v, None, None


def _leave_out(pairs: Tensor, i: int, j: int, left_out: int | None) -> Tensor:
    """The block of pairs number (i, j), without those of row i and row `left_out` + i."""
    if left_out is not None:
        pairs.diagonal(i * ROWS + left_out - j * COLUMNS).fill_(-torch.inf)
    return pairs
