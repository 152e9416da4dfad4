"""Blockwise sum of a sigmoid over all pairs but some: exact, with memory linear in the number of rows."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.ops.first_order import first_order
from graphcl.typing import Nodes

ROWS, COLUMNS = 256, 1024
"""The size of one block of pairs: 1 MB in float32, which fits the L2 cache of a core."""


def all_pairs_sigmoid(
    u: Nodes, v: Float[Tensor, "m d"], left_out: Int[Tensor, "2 p"], *, threshold: float, temperature: float
) -> Float[Tensor, ""]:
    """Sum over pairs of sigmoid((u_i . v_j - threshold) / temperature), except for the pairs that are left out.

    One block of pairs is in memory at a time. Its part of the gradient is computed together with its part of the
    sum, since the derivative needs the same sigmoids: three matrix products for the sum and both gradients, where
    computing the block again in the backward pass would take four. Left-out pairs are masked inside their blocks,
    so that nothing large is subtracted, and a pair that is named twice counts once.

    Args:
        u: (n, d), in float32 at least.
        v: (m, d), of the same type.
        left_out: (2, p), rows of u and rows of v, in any order.
        threshold: the similarity at which the sigmoid is 1/2.
        temperature: positive; the smaller, the steeper.

    Returns:
        A scalar of the type of u; gradients reach u and v.

    Example:
        >>> pairs = torch.tensor([[0, 1], [0, 1]])
        >>> all_pairs_sigmoid(torch.eye(2), torch.eye(2), pairs, threshold=0.0, temperature=1.0)
        tensor(1.)
    """
    grads = torch.is_grad_enabled() and (u.requires_grad or v.requires_grad)
    total: Tensor = _Sigmoid.apply(u, v, left_out, threshold, temperature, grads)  # type: ignore[no-untyped-call]
    return total


class _Sigmoid(torch.autograd.Function):
    """Forward: sum and unit gradients, block by block. Backward: the gradients times that of the sum."""

    @staticmethod
    def forward(
        ctx: Any, u: Tensor, v: Tensor, left_out: Tensor, threshold: float, temperature: float, grads: bool
    ) -> Tensor:
        scaled, scale = u / temperature, 1 / temperature
        masked = _by_block(left_out, len(u), len(v))
        grad_u, across = torch.zeros_like(u), torch.zeros_like(v.T, memory_format=torch.contiguous_format)
        total = torch.zeros((), dtype=torch.float64, device=u.device)
        blocks = zip(scaled.split(ROWS), grad_u.split(ROWS), strict=True)
        for i, (rows, grad_rows) in enumerate(blocks):
            for j, (columns, grad_columns) in enumerate(
                zip(v.split(COLUMNS), across.split(COLUMNS, 1), strict=True)
            ):
                pairs = (rows @ columns.T).sub_(threshold * scale)
                pairs.view(-1)[masked[i * _count(len(v), COLUMNS) + j]] = -torch.inf
                pairs.sigmoid_()
                total += pairs.sum()
                if grads:
                    pairs.addcmul_(pairs, pairs, value=-1)  # the derivative, sigmoid (1 - sigmoid)
                    grad_rows.addmm_(pairs, columns, alpha=scale)
                    grad_columns.addmm_(rows.T, pairs)  # of v'; the rows are divided by the temperature
        if grads:
            ctx.save_for_backward(grad_u, across.T)
        return total.to(u.dtype)

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        grad_u, grad_v = ctx.saved_tensors
        return grad * grad_u, grad * grad_v, None, None, None, None


def _count(n: int, size: int) -> int:
    return -(-n // size)


def _by_block(pairs: Tensor, n: int, m: int) -> list[Tensor]:
    """The places of pairs within each block, flattened, for the blocks in the order of rows, then columns."""
    i, j = pairs.long()
    wide = _count(m, COLUMNS)
    block = (i // ROWS) * wide + j // COLUMNS
    order = torch.argsort(block)
    width = (m - j // COLUMNS * COLUMNS).clamp(max=COLUMNS)  # of the block; the last one is narrower
    place = (i % ROWS) * width + j % COLUMNS
    counts = torch.bincount(block, minlength=_count(n, ROWS) * wide)
    return list(place[order].split(counts.tolist()))
