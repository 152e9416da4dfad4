"""The adjacency matrix of a simple undirected graph, sparse."""

import numpy as np
import torch
from scipy.sparse import csr_array

from graphcl.ops.graph_matrices.edges import undirected_edges
from graphcl.typing import Edges


def simple_adjacency(edge_index: Edges, num_nodes: int) -> csr_array:
    """Sparse 0/1 adjacency matrix: both directions, each edge once, no self-loops.

    Args:
        edge_index: (2, e), in any direction.
        num_nodes: n.

    Example:
        >>> simple_adjacency(torch.tensor([[0, 0, 1], [1, 1, 1]]), 2).toarray().tolist()
        [[0.0, 1.0], [1.0, 0.0]]
    """
    row, column = undirected_edges(edge_index.cpu().long(), num_nodes)
    other = row != column
    ends = row[other].numpy(), column[other].numpy()
    return csr_array((np.ones(int(torch.count_nonzero(other))), ends), shape=(num_nodes, num_nodes))
