"""Sparse rows in compressed form (CSR): made without torch's beta warning, and gathered by row.

Torch's CSR tensors multiply dense matrices well, with gradients, but cannot be indexed. These three functions
are all that the library needs beside the product.
"""

import warnings

import torch
from scipy.sparse import csr_array
from torch import Tensor

SPARSE_BELOW = 0.05
"""Features with a smaller share of non-zeros than this are kept sparse."""


def csr(indptr: Tensor, indices: Tensor, values: Tensor, shape: tuple[int, int]) -> Tensor:
    """A torch CSR matrix from its three parts, without the warning that the layout is in beta."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state")
        return torch.sparse_csr_tensor(indptr, indices, values, shape, check_invariants=False)


def from_scipy(matrix: csr_array, dtype: torch.dtype = torch.float32) -> Tensor:
    """A SciPy CSR matrix as a torch CSR matrix.

    Example:
        >>> import numpy as np
        >>> from_scipy(csr_array(np.eye(2))).values()
        tensor([1., 1.])
    """
    rows, columns = matrix.shape
    return csr(
        torch.from_numpy(matrix.indptr).long(),
        torch.from_numpy(matrix.indices).long(),
        torch.from_numpy(matrix.data).to(dtype),
        (rows, columns),
    )


def compress(x: Tensor) -> Tensor:
    """The same features in the cheaper layout: CSR below 5 % density, as they are otherwise.

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
    """Rows of a dense or CSR matrix, in the order of the index; a CSR matrix stays one.

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
