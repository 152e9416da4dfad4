"""Adjacency matrices as SciPy sparse arrays."""

import numpy as np
from jaxtyping import Float
from scipy.sparse import coo_array, csr_array
from torch import Tensor

from graphcl.typing import Edges


def undirected_adjacency(
    edge_index: Edges, num_nodes: int, edge_weight: Float[Tensor, " e"] | None = None
) -> csr_array:
    """Symmetric adjacency matrix of an undirected graph: max(A, A^T), elementwise, of the edges as given.

    Without weights it is binary and has no self loops. With weights, parallel edges are summed and self loops are
    kept.

    Args:
        edge_index: (2, e), node indices in [0, num_nodes); one direction or both.
        num_nodes: at least 1.
        edge_weight: (e,), non-negative, or None.

    Returns:
        A, (n, n), symmetric, float64.

    Example:
        >>> import torch
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
