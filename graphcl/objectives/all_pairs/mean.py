"""The mean log-sum over all pairs with its gradients in one pass: each pair is formed once."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.first_order import first_order
from graphcl.typing import Nodes

ROWS, COLUMNS = 256, 512
"""Of one product of blocks: the shapes at which products on a CPU are fastest."""

ENTRIES = 2**23
"""The most pairs that exist at once, 32 MB in float32; fewer rows at a time where the others are many."""


def mean_logsumexp(u: Nodes, v: Float[Tensor, "m d"], *, scale: float) -> Float[Tensor, ""]:
    """The mean over rows of the log of each row's sum over all pairs: 1/n sum_i log sum_j exp(scale u_i . v_j).

    The mean of `all_pairs_logsumexp`. As each row weighs the same, its share of the gradients is known as soon as
    its own sum is: no pair is formed a second time, which takes three products instead of four. Memory is linear
    in n + m.

    Args:
        u: rows that ask, (n, d).
        v: rows that answer, (m, d), m >= 1.
        scale: the inverse temperature.

    Returns:
        A scalar; gradients reach both u and v.

    Example:
        >>> mean_logsumexp(torch.zeros(2, 3), torch.zeros(4, 3), scale=1.0)  # log 4
        tensor(1.3863)
    """
    mean: Tensor = _Mean.apply(u, v, scale)  # type: ignore[no-untyped-call]
    return mean


class _Mean(torch.autograd.Function):
    """Forward: the rows block by block, and the gradients with them if they will be asked for."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, v: Tensor, scale: float) -> Tensor:
        wanted = any(ctx.needs_input_grad[:2])
        grad_u, grad_v = (torch.zeros_like(t) if wanted else t for t in (u, v))
        total = u.new_zeros(())
        size = max(1, min(ROWS, ENTRIES // len(v)))
        held = u.new_empty(min(size, len(u)), len(v))
        for rows, grad_rows in zip(u.split(size), grad_u.split(size), strict=True):
            pairs = held[: len(rows)]
            for columns, block in zip(v.split(COLUMNS), pairs.split(COLUMNS, dim=1), strict=True):
                torch.mm(scale * rows, columns.T, out=block)
            largest = pairs.amax(1, keepdim=True)
            sums = pairs.sub_(largest).exp_().sum(1, keepdim=True)
            total += (sums.log() + largest).sum()
            if wanted:
                share = scale / (len(u) * sums)
                grad_rows.addmm_(pairs, v).mul_(share)
                grad_v.addmm_(pairs.T, rows * share)
        if wanted:
            ctx.save_for_backward(grad_u, grad_v)
        return total / len(u)

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        grad_u, grad_v = ctx.saved_tensors
        return grad * grad_u, grad * grad_v, None
