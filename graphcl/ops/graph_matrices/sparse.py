"""Sparse CSR tensors: construction, conversion from and to SciPy, row selection, and scaling of rows and columns.

PyTorch's CSR tensors multiply dense matrices efficiently, with gradients, but do not support indexing. Products of
two sparse matrices are computed in SciPy, and adjacency matrices are SciPy arrays until they go to the device.
"""

import warnings

import numpy as np
import torch
from jaxtyping import Float
from scipy.sparse import coo_array, csr_array
from torch import Tensor

from graphcl.ops.machine.precision import at_least_float32
from graphcl.ops.scale import is_ordinary, power_of_two
from graphcl.typing import Nodes

SPARSE_BELOW = 0.05
"""`compress` stores features as CSR below this density (fraction of non-zeros)."""


def csr(indptr: Tensor, indices: Tensor, values: Tensor, shape: tuple[int, int]) -> Tensor:
    """`torch.sparse_csr_tensor` without the warning that the CSR layout is in beta.

    Args:
        indptr: (rows + 1,), row pointers.
        indices: column indices.
        values: the non-zeros.
        shape: rows and columns.

    Example:
        >>> csr(torch.tensor([0, 1, 2]), torch.tensor([1, 0]), torch.ones(2), (2, 2)).to_dense()
        tensor([[0., 1.],
                [1., 0.]])
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state")
        return torch.sparse_csr_tensor(indptr, indices, values, shape, check_invariants=False)


def from_scipy(matrix: csr_array, dtype: torch.dtype = torch.float32, *, narrow: bool = False) -> Tensor:
    """Convert a SciPy CSR array to a torch CSR tensor.

    Args:
        matrix: (m, n), with 32-bit or 64-bit indices.
        dtype: of the values.
        narrow: keep 32-bit indices, with which products with dense matrices are faster; otherwise indices are
            converted to int64.

    Example:
        >>> import numpy as np
        >>> from_scipy(csr_array(np.eye(2))).values()
        tensor([1., 1.])
    """
    rows, columns = matrix.shape
    indptr, indices = torch.from_numpy(matrix.indptr), torch.from_numpy(matrix.indices)
    if not narrow:
        indptr, indices = indptr.long(), indices.long()
    return csr(indptr, indices, torch.from_numpy(matrix.data).to(dtype), (rows, columns))


def stored_entries(matrix: csr_array, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    """Places and values of the stored entries of a SciPy CSR array, row by row.

    Args:
        matrix: (m, n).
        dtype: of the values.

    Returns:
        (2, e), int64, rows above columns; and (e,).

    Example:
        >>> ends, values = stored_entries(csr_array([[0.0, 2.0], [3.0, 0.0]]))
        >>> ends.tolist(), values.tolist()
        ([[0, 1], [1, 0]], [2.0, 3.0])
    """
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    ends = torch.from_numpy(np.stack([row, matrix.indices.astype(np.int64)]))
    return ends, torch.from_numpy(matrix.data).to(dtype)


def to_scipy(matrix: Tensor, *, narrow: bool = False) -> csr_array:
    """Convert a torch CSR tensor on the CPU to a SciPy CSR array, sharing memory where possible.

    Args:
        matrix: (m, n), CSR.
        narrow: convert indices to 32 bits, as scikit-learn requires; otherwise they are kept.

    Example:
        >>> to_scipy(compress(torch.eye(100))).nnz
        100
    """
    rows, columns = matrix.shape
    indices, indptr = matrix.col_indices(), matrix.crow_indices()
    if narrow:
        indices, indptr = indices.int(), indptr.int()
    return csr_array((matrix.values().numpy(), indices.numpy(), indptr.numpy()), shape=(rows, columns))


def csr_from_edges(row: Tensor, column: Tensor, values: Tensor, shape: tuple[int, int]) -> Tensor:
    """Convert a COO edge list to a torch CSR tensor on the same device; duplicate entries are summed in products.

    Args:
        row: (e,), integers in [0, shape[0]), in any order.
        column: (e,), integers in [0, shape[1]).
        values: (e,); gradients do not flow to them.
        shape: rows and columns.

    Raises:
        ValueError: values that require gradients.

    Example:
        >>> A = csr_from_edges(torch.tensor([1, 0, 1]), torch.tensor([0, 1, 0]), torch.ones(3), (2, 2))
        >>> A @ torch.tensor([1.0, 10.0])
        tensor([10.,  2.])
    """
    if values.requires_grad:
        raise ValueError("values must be constants; got some that require gradients; detach them")
    if row.device.type == "cpu":  # SciPy converts by counting sort, in linear time
        parts = values.numpy(), (row.numpy(), column.numpy())
        return from_scipy(coo_array(parts, shape=shape).tocsr(), values.dtype)
    order = torch.argsort(row * shape[1] + column)
    indptr = torch.zeros(shape[0] + 1, dtype=torch.long, device=row.device)
    torch.cumsum(torch.bincount(row, minlength=shape[0]), 0, out=indptr[1:])
    return csr(indptr, column[order], values[order], shape)


def compress(x: Tensor) -> Tensor:
    """Convert features to CSR if their density is below 5 %; otherwise return them unchanged.

    Args:
        x: features, (n, d), dense or CSR.

    Example:
        >>> compress(torch.eye(100)).layout, compress(torch.ones(2, 2)).layout
        (torch.sparse_csr, torch.strided)
    """
    if x.layout == torch.sparse_csr or x.count_nonzero() >= SPARSE_BELOW * x.numel():
        return x
    row, column = x.nonzero(as_tuple=True)
    indptr = torch.zeros(x.size(0) + 1, dtype=torch.long, device=x.device)
    torch.cumsum(torch.bincount(row, minlength=x.size(0)), 0, out=indptr[1:])
    return csr(indptr, column, x[row, column], (x.size(0), x.size(1)))


def select_rows(x: Tensor, index: Tensor) -> Tensor:
    """Index the rows of a dense or CSR matrix, `x[index]`; the layout is kept.

    Args:
        x: (n, d), dense or CSR.
        index: (b,), integers in [0, n).

    Example:
        >>> rows = select_rows(compress(torch.eye(100)), torch.tensor([7, 7]))
        >>> rows.to_dense().nonzero().tolist()
        [[0, 7], [1, 7]]
    """
    if x.layout != torch.sparse_csr:
        return x[index]
    start, count = x.crow_indices()[index], x.crow_indices().diff()[index]
    indptr = torch.zeros(len(index) + 1, dtype=torch.long, device=x.device)
    torch.cumsum(count, 0, out=indptr[1:])
    source = torch.repeat_interleave(start - indptr[:-1], count)
    source += torch.arange(len(source), device=x.device)
    return csr(indptr, x.col_indices()[source], x.values()[source], (len(index), x.size(1)))


def scale_columns(x: Nodes, weights: Float[Tensor, " d"]) -> Nodes:
    """Multiply each column by a weight; the layout, dense or CSR, is kept.

    Args:
        x: (n, d), dense or CSR.
        weights: (d,).

    Example:
        >>> scale_columns(torch.ones(1, 2), torch.tensor([2.0, 3.0]))
        tensor([[2., 3.]])
    """
    if x.layout != torch.sparse_csr:
        return x * weights
    values = x.values() * weights[x.col_indices().long()]
    return csr(x.crow_indices(), x.col_indices(), values, (x.size(0), x.size(1)))


def scale_rows(x: Nodes, weights: Float[Tensor, " n"]) -> Nodes:
    """Multiply each row by a weight; the layout, dense or CSR, is kept.

    Args:
        x: (n, d), dense or CSR.
        weights: (n,).

    Example:
        >>> scale_rows(torch.ones(2, 1), torch.tensor([2.0, 3.0])).T
        tensor([[2., 3.]])
    """
    if x.layout != torch.sparse_csr:
        return x * weights[:, None]
    values = x.values() * torch.repeat_interleave(weights, x.crow_indices().diff())
    return csr(x.crow_indices(), x.col_indices(), values, (x.size(0), x.size(1)))


def unit_rows(x: Nodes) -> Nodes:
    """L2-normalise each row, in float32 or wider; zero rows stay zero and have finite gradients.

    Rows may have any scale: those whose squares could under- or overflow are first multiplied by a power of two,
    which is exact, see `power_of_two`. The gradient is about 1 / |row|, finite down to rows of 1e-38 in float32.

    Args:
        x: (n, d), dense or CSR; gradients flow through a dense one.

    Example:
        >>> unit_rows(torch.tensor([[3.0, 4.0], [3e-30, 4e-30], [0.0, 0.0]]))
        tensor([[0.6000, 0.8000],
                [0.6000, 0.8000],
                [0.0000, 0.0000]])
    """
    x = at_least_float32(x)
    if x.layout == torch.sparse_csr:
        indptr = x.crow_indices()
        row = torch.repeat_interleave(indptr.diff())
        norm = torch.zeros(x.size(0), dtype=x.dtype, device=x.device)
        largest = norm.scatter_reduce(0, row, x.values().abs(), "amax")
        values = x.values() * power_of_two(largest)[row]
        norm = norm.index_add(0, row, values.square()).sqrt()
        values = values / torch.where(norm > 0, norm, 1)[row]
        return csr(indptr, x.col_indices(), values, (x.size(0), x.size(1)))
    norm = torch.linalg.vector_norm(x, dim=1, keepdim=True)
    if x.device.type != "cpu" or not is_ordinary(norm):  # to ask would synchronise a GPU; ordinary rows times 1
        x = x * power_of_two(x.detach().abs().amax(1, keepdim=True))
        norm = torch.linalg.vector_norm(x, dim=1, keepdim=True)
    return x / torch.where(norm > 0, norm, torch.ones_like(norm))


def divide_rows(x: Nodes) -> Nodes:
    """Divide each row by max(its sum, 1), as PyG's `NormalizeFeatures`, but without shifting negative features.

    Rows of counts or binary features then sum to 1; a row whose sum is below 1 is returned unchanged.

    Args:
        x: (n, d), dense or CSR.

    Example:
        >>> divide_rows(torch.tensor([[1.0, 3.0], [0.25, 0.0]]))
        tensor([[0.2500, 0.7500],
                [0.2500, 0.0000]])
    """
    if x.layout == torch.sparse_csr:
        indptr = x.crow_indices()
        row = torch.repeat_interleave(indptr.diff())
        total = torch.zeros(x.size(0), dtype=x.dtype, device=x.device).index_add(0, row, x.values())
        values = x.values() / total.clamp(min=1)[row]
        return csr(indptr, x.col_indices(), values, (x.size(0), x.size(1)))
    return x / x.sum(1, keepdim=True).clamp(min=1)
