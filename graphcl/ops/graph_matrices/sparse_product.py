"""Sparse-dense matrix product (SpMM) with CSR matrices, its gradient, and the CSR transpose."""

from typing import Any

import torch
from torch import Tensor
from torch.utils.weak import WeakIdKeyDictionary, WeakTensorKeyDictionary

from graphcl.ops.graph_matrices.sparse import from_scipy, to_scipy
from graphcl.ops.machine.precision import at_least_float32, full_precision

STRIP, WIDE, CROWDED, CACHED = 32, 128, 8, 2**21
"""With at least 8 non-zeros per row of X, of 128 columns or more and 2^21 numbers or more, which no cache near the
core holds, the product is computed in strips of 32 columns, which it does."""


def multiply(matrix: Tensor, dense: Tensor) -> Tensor:
    """Sparse-dense matrix product (SpMM) M X, in float32 or wider, also under autocast.

    Args:
        matrix: M, (m, n), CSR, float32 or float64, without gradients.
        dense: X, (n, d); half precision is converted to float32; gradients flow to it.

    Returns:
        (m, d).

    Raises:
        ValueError: a matrix that requires gradients, which are not computed.

    Example:
        >>> from graphcl.ops.graph_matrices.sparse import compress
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
    """M X, with the gradient M^T G from M^T in CSR; PyTorch's own uses M^T in CSC, which is far slower."""

    @staticmethod
    def forward(ctx: Any, matrix: Tensor, dense: Tensor) -> Tensor:
        ctx.matrix = matrix
        crowded = matrix.values().numel() >= CROWDED * dense.size(0)
        large = dense.size(1) >= WIDE and dense.numel() >= CACHED
        if dense.device.type != "cpu" or not (crowded and large):
            return matrix @ dense
        product = dense.new_empty(matrix.size(0), dense.size(1))
        for target, strip in zip(product.split(STRIP, 1), dense.split(STRIP, 1), strict=True):
            target.copy_(matrix @ strip.contiguous())
        return product

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor | None]:
        if not ctx.needs_input_grad[1]:
            return None, None
        return None, multiply(kept_transpose(ctx.matrix), gradient)


_TRANSPOSES: WeakIdKeyDictionary = WeakTensorKeyDictionary()


def kept_transpose(matrix: Tensor) -> Tensor:
    """The transpose of a constant CSR matrix, kept as long as the matrix: the products of many steps share it.

    Args:
        matrix: (m, n), CSR; its values are not to change.

    Example:
        >>> from graphcl.ops.graph_matrices.sparse import csr_from_edges
        >>> matrix = csr_from_edges(torch.tensor([0]), torch.tensor([1]), torch.ones(1), (1, 2))
        >>> kept_transpose(matrix) is kept_transpose(matrix)
        True
    """
    kept: Tensor | None = _TRANSPOSES.get(matrix)
    if kept is None:
        kept = _TRANSPOSES[matrix] = transpose(matrix)
    return kept


def transpose(matrix: Tensor) -> Tensor:
    """Transpose a CSR matrix into CSR.

    Args:
        matrix: (m, n), CSR.

    Example:
        >>> from graphcl.ops.graph_matrices.sparse import csr_from_edges
        >>> transpose(csr_from_edges(torch.tensor([0]), torch.tensor([1]), torch.ones(1), (1, 2))).to_dense()
        tensor([[0.],
                [1.]])
    """
    if matrix.device.type != "cpu":
        return matrix.t().to_sparse_csr()
    return from_scipy(to_scipy(matrix).T.tocsr(), matrix.dtype, narrow=True)
