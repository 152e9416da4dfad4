"""Sum of a function of inner products over all pairs of rows, in blocks: exact, with memory linear in the rows."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from graphcl.ops.first_order import first_order
from graphcl.ops.machine.precision import at_least_float32, full_precision

BLOCK = 512
"""Rows and columns of one block of pairs: 1 MB in float32, so that a few of them fit the L2 cache of a core."""

PairFunction = Callable[..., tuple[Tensor, Sequence[Tensor]]]
"""From blocks of inner products, one for each factor, to f of each pair, and the derivative by each product."""


def pair_sum(
    function: PairFunction,
    factors: Sequence[Tensor],
    *,
    columns: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Sum over all n^2 ordered pairs of f(a_i . a_j, b_i . b_j, ...), for rows of matrices a, b, ...

    Each block of pairs is computed once: the gradient is accumulated beside the value, in memory of the size of
    the factors, and of the symmetric matrix only the upper triangle of blocks is formed. Half precision is summed
    in float32, and the blocks' sums in float64.

    Args:
        function: f, see `PairFunction`.
        factors: matrices a, b, ..., each (n, its width).
        columns: if given and below n, the sum over j is estimated without bias from so many rows, drawn without
            replacement and shared by all i, in time n x columns.
        generator: of that draw, which needs one.

    Returns:
        A scalar, in float32 at least; gradients reach all factors.

    Raises:
        ValueError: no columns, or a draw without a generator.
        RuntimeError: in a double backward.

    Example:
        >>> square = lambda s: (s.square(), [2 * s])
        >>> pair_sum(square, [torch.tensor([[1.0], [2.0]])])  # 1 + 4 + 4 + 16
        tensor(25.)
    """
    n = len(factors[0])
    with full_precision(factors[0]):
        left = [at_least_float32(factor) for factor in factors]
        if columns is None or columns >= n:
            return _sum(function, left, [])
        if columns < 1:
            raise ValueError(f"columns must be at least 1, or None for all pairs; got {columns}")
        if generator is None:
            raise ValueError("drawn columns need a generator; give torch.Generator().manual_seed(0)")
        order = torch.randperm(n, generator=generator, device=generator.device)
        chosen = order[:columns].to(left[0].device)
        return _sum(function, left, [factor.index_select(0, chosen) for factor in left]) * (n / columns)


def _sum(function: PairFunction, left: list[Tensor], right: list[Tensor]) -> Tensor:
    learns = torch.is_grad_enabled()
    total: Tensor = _PairSum.apply(function, learns, len(left), *left, *right)  # type: ignore[no-untyped-call]
    return total


class _PairSum(torch.autograd.Function):
    """Forward: the sum and, where it is wanted, its gradient. Backward: that gradient, scaled."""

    @staticmethod
    def forward(ctx: Any, function: PairFunction, learns: bool, count: int, *factors: Tensor) -> Tensor:
        left, others = factors[:count], factors[count:]
        right = others or left
        grad_left = [torch.zeros_like(factor) for factor in left]
        grad_right = [torch.zeros_like(factor) for factor in others] or grad_left
        total = torch.zeros((), dtype=torch.float64, device=left[0].device)
        for start in range(0, len(left[0]), BLOCK):
            i = slice(start, start + BLOCK)
            for other in range(0 if others else start, len(right[0]), BLOCK):
                j = slice(other, other + BLOCK)
                weight = 1 if others or start == other else 2  # for the block below the diagonal too
                value, slopes = function(*(a[i] @ b[j].T for a, b in zip(left, right, strict=True)))
                total += weight * value.sum(dtype=torch.float64)
                if learns:
                    for a, b, by_a, by_b, slope in zip(left, right, grad_left, grad_right, slopes, strict=True):
                        by_a[i].addmm_(slope, b[j], alpha=weight)
                        by_b[j].addmm_(slope.T, a[i], alpha=weight)
        ctx.save_for_backward(*(grad_left + grad_right if others else grad_left))
        return total.to(left[0].dtype)

    @staticmethod
    @first_order
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        return None, None, None, *(grad * saved for saved in ctx.saved_tensors)
