"""The mean of the all-pairs log-sum-exp with its gradients in one pass: each pair is computed once."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.first_order import first_order
from graphcl.typing import Nodes

ROWS, COLUMNS = 256, 512
"""The size of one block of pairs: the shapes at which matrix products on a CPU are fastest."""

ENTRIES = 2**23
"""The most pairs in memory at once, 32 MB in float32; the more keys, the fewer queries at a time."""


def mean_logsumexp(u: Nodes, v: Float[Tensor, "m d"], *, scale: float) -> Float[Tensor, ""]:
    """Mean all-pairs log-sum-exp: 1/n sum_i log sum_j exp(scale u_i . v_j).

    The mean of `all_pairs_logsumexp`. Every row has the weight 1 / n, so that the gradients are computed in the
    forward pass, as soon as the sum of a row is known: three matrix products instead of four, since no pair is
    computed again in the backward pass. Memory is linear in n + m.

    Args:
        u: queries, (n, d).
        v: keys, (m, d), m >= 1.
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
    """Forward: block by block, with the gradients if an input requires them."""

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
