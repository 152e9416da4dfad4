"""All-pairs sums block by block: exact, with memory linear in the number of rows."""

from typing import Any

import torch
from torch import Tensor

from graphcl.ops.first_order import first_order

ROWS, COLUMNS = 512, 1024
"""The size of one block of pairs: 2 MB in float32, which a core keeps in its own cache."""


def blocked_logsumexp(u: Tensor, v: Tensor, scale: float) -> Tensor:
    """The log of each row's sum, holding one block of pairs at a time, now and for the gradient."""
    total: Tensor = _Blocked.apply(u, v, scale)  # type: ignore[no-untyped-call]
    return total


class _Blocked(torch.autograd.Function):
    """Forward: a running log-sum over blocks of columns. Backward: softmax weights, block by block again."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, v: Tensor, scale: float) -> Tensor:
        result = torch.full((len(u),), -torch.inf, dtype=u.dtype, device=u.device)
        for total, rows in zip(result.split(ROWS), u.split(ROWS), strict=True):
            for columns in v.split(COLUMNS):
                torch.logaddexp(total, torch.logsumexp((scale * rows) @ columns.T, dim=1), out=total)
        ctx.save_for_backward(u, v, result)
        ctx.scale = scale
        return result

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        u, v, result = ctx.saved_tensors
        grad_u, grad_v = torch.zeros_like(u), torch.zeros_like(v)
        blocks = zip(u.split(ROWS), result.split(ROWS), grad.split(ROWS), grad_u.split(ROWS), strict=True)
        for rows, total, weight, grad_rows in blocks:
            for columns, grad_columns in zip(v.split(COLUMNS), grad_v.split(COLUMNS), strict=True):
                pairs = (ctx.scale * rows) @ columns.T
                pairs.sub_(total[:, None]).exp_().mul_(ctx.scale * weight[:, None])
                grad_rows.addmm_(pairs, columns)
                grad_columns.addmm_(pairs.T, rows)
        return grad_u, grad_v, None
