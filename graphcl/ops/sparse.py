"""Sparse rows in compressed form (CSR): made without torch's beta warning, and gathered by row.

Torch's CSR tensors multiply dense matrices well, with gradients, but cannot be indexed. Products of two sparse
matrices are SciPy's, and so are adjacency matrices until they go to the device.
"""

import warnings

import numpy as np
import torch
from jaxtyping import Float
from scipy.sparse import coo_array, csr_array
from torch import Tensor

from graphcl.ops.precision import at_least_float32
from graphcl.typing import Edges, Nodes

SPARSE_BELOW = 0.05
"""Features with a smaller share of non-zeros than this are kept sparse."""


def csr(indptr: Tensor, indices: Tensor, values: Tensor, shape: tuple[int, int]) -> Tensor:
    """A torch CSR matrix from its three parts, without the warning that the layout is in beta."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state")
        return torch.sparse_csr_tensor(indptr, indices, values, shape, check_invariants=False)


def from_scipy(matrix: csr_array, dtype: torch.dtype = torch.float32, *, narrow: bool = False) -> Tensor:
    """A SciPy CSR matrix as a torch CSR matrix.

    Args:
        matrix: with any indices.
        dtype: of the values.
        narrow: keep indices of 32 bits, in which products with dense matrices are faster; else they have 64.

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


def to_scipy(matrix: Tensor, *, narrow: bool = False) -> csr_array:
    """A torch CSR matrix on the CPU as a SciPy CSR matrix that shares its values, and its indices unless narrowed.

    Args:
        matrix: CSR.
        narrow: give indices 32 bits, which scikit-learn asks for; else they are as they are.

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
    """A torch CSR matrix from entries in any order, on their device; entries that repeat add up in products.

    Args:
        row: (e,), integers in [0, shape[0]).
        column: (e,), integers in [0, shape[1]).
        values: (e,), constants.
        shape: rows and columns.

    Raises:
        ValueError: values that require gradients, which none would reach.

    Example:
        >>> A = csr_from_edges(torch.tensor([1, 0, 1]), torch.tensor([0, 1, 0]), torch.ones(3), (2, 2))
        >>> A @ torch.tensor([1.0, 10.0])
        tensor([10.,  2.])
    """
    if values.requires_grad:
        raise ValueError("values must be constants; got some that require gradients; detach them")
    if row.device.type == "cpu":  # by counting, where torch has but sorting
        parts = values.numpy(), (row.numpy(), column.numpy())
        return from_scipy(coo_array(parts, shape=shape).tocsr(), values.dtype)
    order = torch.argsort(row * shape[1] + column)
    indptr = torch.zeros(shape[0] + 1, dtype=torch.long, device=row.device)
    torch.cumsum(torch.bincount(row, minlength=shape[0]), 0, out=indptr[1:])
    return csr(indptr, column[order], values[order], shape)


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


def scale_columns(x: Nodes, weights: Float[Tensor, " d"]) -> Nodes:
    """Columns multiplied by one number each; a CSR matrix stays one.

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


def unit_rows(x: Nodes) -> Nodes:
    """Rows scaled to length 1, in float32 at least; a row of zeros stays one, and its gradient finite.

    Args:
        x: (n, d), dense or CSR; gradients flow through a dense one.

    Example:
        >>> unit_rows(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
        tensor([[0.6000, 0.8000],
                [0.0000, 0.0000]])
    """
    x = at_least_float32(x)
    if x.layout == torch.sparse_csr:
        indptr = x.crow_indices()
        row = torch.repeat_interleave(indptr.diff())
        norm = torch.zeros(x.size(0), dtype=x.dtype, device=x.device)
        norm = norm.index_add(0, row, x.values().square()).sqrt()
        values = x.values() / torch.where(norm > 0, norm, 1)[row]
        return csr(indptr, x.col_indices(), values, (x.size(0), x.size(1)))
    norm = torch.linalg.vector_norm(x, dim=1, keepdim=True)
    return x / torch.where(norm > 0, norm, torch.ones_like(norm))


def divide_rows(x: Nodes) -> Nodes:
    """Rows divided by their sums; a row whose sum is below 1 stays as it is.

    For counts and binary features the rows then sum to 1; a row with negative entries keeps its signs.

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


def undirected_adjacency(
    edge_index: Edges, num_nodes: int, edge_weight: Float[Tensor, " e"] | None = None
) -> csr_array:
    """The adjacency matrix of an undirected graph: the elementwise maximum of what is given and its transpose.

    Without weights it is the 0/1 pattern of the edges without their self loops; with weights, parallel edges add
    up and self loops are kept.

    Args:
        edge_index: (2, e), node numbers in [0, num_nodes); one direction or both.
        num_nodes: at least 1.
        edge_weight: (e,), non-negative, or None.

    Returns:
        A, (n, n), symmetric, float64.

    Example:
        >>> undirected_adjacency(torch.tensor([[0, 0, 1], [1, 1, 1]]), 2).toarray()
        array([[0., 1.],
               [1., 0.]])
    """
    row, column = edge_index.cpu().numpy()
    if edge_weight is None:
        row, column = row[row != column], column[row != column]
        weight = np.ones(len(row))
    else:
        weight = edge_weight.cpu().double().numpy()
    raw = coo_array((weight, (row, column)), shape=(num_nodes, num_nodes)).tocsr()
    if edge_weight is None:
        raw.data[:] = 1.0
    return csr_array(raw.maximum(raw.T))
