"""Degrees of nodes in the graph of all inner products of their features, without that graph."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.graph_matrices.sparse import scale_rows
from graphcl.typing import Nodes


def column_sums(x: Nodes) -> Float[Tensor, " d"]:
    """The sum of all rows, for dense or CSR features.

    Example:
        >>> column_sums(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([4., 6.])
    """
    if x.layout != torch.sparse_csr:
        return x.sum(0)
    total = torch.zeros(x.size(1), dtype=x.dtype, device=x.device)
    return total.index_add_(0, x.col_indices().long(), x.values())


def divide_by_degree_roots(x: Nodes, total: Float[Tensor, " d"]) -> Nodes:
    """Rows x_i / sqrt(d_i), with d_i = x_i . sum_j x_j, the degree of node i in the similarity graph X X'.

    The degree counts as |x_i|^2 at least, its own share, so that rows of features of both signs have one too; for
    features that are not negative this changes nothing. A row of zeros stays as it is. The layout is kept.

    Args:
        x: (n, d), dense or CSR.
        total: sum_j x_j, (d,); of the graph that was fitted on.

    Example:
        >>> x = torch.tensor([[3.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
        >>> divide_by_degree_roots(x, x.sum(0))
        tensor([[0.8660, 0.0000],
                [0.0000, 1.0000],
                [0.5000, 0.0000]])
    """
    degree = torch.maximum(x @ total, _squared_lengths(x))
    return scale_rows(x, torch.where(degree > 0, degree, 1).rsqrt())


def _squared_lengths(x: Tensor) -> Tensor:
    if x.layout != torch.sparse_csr:
        return x.square().sum(1)
    row = torch.repeat_interleave(x.crow_indices().diff())
    return torch.zeros(x.size(0), dtype=x.dtype, device=x.device).index_add_(0, row, x.values().square())
