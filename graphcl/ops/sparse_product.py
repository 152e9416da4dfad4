"""Products of a CSR matrix with a dense one, and their gradients, at the speed that a CPU's caches allow."""

from typing import Any

import torch
from torch import Tensor

from graphcl.ops.precision import at_least_float32, full_precision
from graphcl.ops.sparse import from_scipy, to_scipy

STRIP, CROWDED = 32, 8
"""A product whose matrix reads each row of X this often goes by strips of columns, which a cache holds."""


def multiply(matrix: Tensor, dense: Tensor) -> Tensor:
    """A CSR matrix times a dense one, in float32 at least, also under autocast: CPUs know no other sparse product.

    Args:
        matrix: (m, n), CSR, not in half precision; a constant.
        dense: (n, d); gradients flow to it.

    Raises:
        ValueError: a matrix that requires gradients, which none would reach.

    Example:
        >>> from graphcl.ops.sparse import compress
        >>> with torch.autocast("cpu", torch.bfloat16):
        ...     multiply(compress(torch.eye(100)), torch.ones(100, 1)).dtype
        torch.float32
    """
    if matrix.requires_grad:
        raise ValueError("matrix must be a constant; got one that requires gradients; detach it")
    with full_precision(dense):
        product: Tensor = _Product.apply(matrix, at_least_float32(dense))  # type: ignore[no-untyped-call]
        return product


class _Product(torch.autograd.Function):
    """M X, and M' times the gradient with M' in CSR too: torch's own gradient is a far slower product in CSC."""

    @staticmethod
    def forward(ctx: Any, matrix: Tensor, dense: Tensor) -> Tensor:
        ctx.matrix = matrix
        crowded = matrix.values().numel() >= CROWDED * dense.size(0)
        if dense.device.type != "cpu" or dense.size(1) <= STRIP or not crowded:
            return matrix @ dense
        product = dense.new_empty(matrix.size(0), dense.size(1))
        for target, strip in zip(product.split(STRIP, 1), dense.split(STRIP, 1), strict=True):
            target.copy_(matrix @ strip.contiguous())
        return product

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor | None]:
        if not ctx.needs_input_grad[1]:
            return None, None
        return None, multiply(transpose(ctx.matrix), gradient)


def transpose(matrix: Tensor) -> Tensor:
    """The transpose of a CSR matrix, in CSR.

    Example:
        >>> from graphcl.ops.sparse import csr_from_edges
        >>> transpose(csr_from_edges(torch.tensor([0]), torch.tensor([1]), torch.ones(1), (1, 2))).to_dense()
        tensor([[0.],
                [1.]])
    """
    if matrix.device.type != "cpu":
        return matrix.t().to_sparse_csr()
    return from_scipy(to_scipy(matrix).T.tocsr(), matrix.dtype, narrow=True)
