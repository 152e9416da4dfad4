"""Random walks as sparse matrices: how much of each node is felt at each other one.

Followed: the published code of SCGC [Kulatilleke et al. 2022, arXiv 2204.12656], as sparse products.
"""

import numpy as np
from jaxtyping import Float
from scipy.sparse import csr_array, eye_array
from torch import Tensor

from graphcl.sparse import undirected_adjacency
from graphcl.typing import Edges


def transition_matrix(
    edge_index: Edges, num_nodes: int, edge_weight: Float[Tensor, " e"] | None = None
) -> csr_array:
    """The random walk with a loop at each node: P = D^-1 (A + I), A the undirected adjacency.

    A is `graphcl.sparse.undirected_adjacency`, which says what becomes of weights, loops and directions.

    Args:
        edge_index: (2, e), node numbers in [0, num_nodes); one direction or both.
        num_nodes: at least 1.
        edge_weight: (e,), non-negative, or None.

    Returns:
        P, (n, n), float64: rows sum to 1, the diagonal is positive, an isolated node has P_ii = 1.

    Example:
        >>> import torch
        >>> transition_matrix(torch.tensor([[0], [1]]), 3).toarray()
        array([[0.5, 0.5, 0. ],
               [0.5, 0.5, 0. ],
               [0. , 0. , 1. ]])
    """
    adjacency = undirected_adjacency(edge_index, num_nodes, edge_weight)
    walk = csr_array(adjacency + eye_array(num_nodes, format="csr"))
    walk.data /= np.repeat(walk.sum(axis=1), np.diff(walk.indptr))
    walk.sort_indices()
    return walk


def walk_power(walk: csr_array, order: int) -> csr_array:
    """P^order: where a walk of exactly `order` steps ends (the positives of SCGC). Rows sum to 1.

    Example:
        >>> walk_power(csr_array(np.full((2, 2), 0.5)), 3).toarray()
        array([[0.5, 0.5],
               [0.5, 0.5]])
    """
    return _powers(walk, order)[-1]


def cumulative_influence(walk: csr_array, order: int) -> csr_array:
    """P + P^2 + ... + P^order: visits of a walk within `order` steps (SCGC*). Rows sum to `order`.

    Example:
        >>> cumulative_influence(csr_array(np.full((2, 2), 0.5)), 3).toarray()
        array([[1.5, 1.5],
               [1.5, 1.5]])
    """
    powers = _powers(walk, order)
    total = powers[0]
    for power in powers[1:]:
        total = total + power
    total.sort_indices()
    return total


def _powers(walk: csr_array, order: int) -> list[csr_array]:
    if order < 1:
        raise ValueError(f"order must be at least 1; got {order}")
    powers = [walk]
    for _ in range(order - 1):
        powers.append(powers[-1] @ walk)
    powers[-1].sort_indices()
    return powers
