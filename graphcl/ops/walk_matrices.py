"""Random walks as sparse matrices: how much of each node is felt at each other one.

Followed: the published code of SCGC [Kulatilleke et al. 2022, arXiv 2204.12656], as sparse products.
"""

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array
from torch import Tensor

from graphcl.ops.sparse import undirected_adjacency
from graphcl.typing import Edges


def transition_matrix(
    edge_index: Edges, num_nodes: int, edge_weight: Float[Tensor, " e"] | None = None
) -> csr_array:
    """The random walk with a loop at each node: P = D^-1 (A + I), A the undirected adjacency.

    A is `graphcl.ops.sparse.undirected_adjacency`, which says what becomes of weights, loops and directions.

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


def walk_volumes(
    edge_index: Edges, num_nodes: int, edge_weight: Float[Tensor, " e"] | None = None
) -> NDArray[np.float64]:
    """The rows of A + I summed, (n,): volume_i M_ij = volume_j M_ji for every matrix M of walks.

    Args:
        edge_index: (2, e), node numbers in [0, num_nodes).
        num_nodes: at least 1.
        edge_weight: (e,), non-negative, or None.

    Example:
        >>> import torch
        >>> walk_volumes(torch.tensor([[0], [1]]), 3)
        array([2., 2., 1.])
    """
    adjacency = undirected_adjacency(edge_index, num_nodes, edge_weight)
    return np.asarray(adjacency.sum(axis=1), dtype=np.float64) + 1


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
    itself = eye_array(walk.shape[0], format="csr")
    total = walk
    for _ in range(order - 1):
        total = csr_array(walk @ (itself + total))  # P + P^2 = P (I + P): no power is held beside the sum
    total.sort_indices()
    return total


def walk_returns(
    walk: csr_array, volume: NDArray[np.float64], order: int, *, cumulative: bool
) -> NDArray[np.float64]:
    """The diagonal of `walk_power`, or of `cumulative_influence`, from walks of half the length.

    A walk returns by two halves that meet, and the second looks the same backwards: with P_ij volume_i symmetric,
    (P^(a + b))_ii = sum_k (P^a)_ik (P^b)_ik volume_i / volume_k.

    Args:
        walk: P, (n, n).
        volume: (n,), positive: the rows of A + I summed.
        order: at least 1.
        cumulative: whether returns on the way count.

    Example:
        >>> walk_returns(csr_array(np.full((2, 2), 0.5)), np.ones(2), 3, cumulative=True)
        array([1.5, 1.5])
    """
    halves = [csr_array(eye_array(walk.shape[0], format="csr")), *_powers(walk, (order + 1) // 2)]
    lengths = range(1, order + 1) if cumulative else (order,)
    meetings = sum(halves[r // 2].multiply(halves[(r + 1) // 2]) @ (1 / volume) for r in lengths)
    return np.asarray(volume * meetings)


def count_influence(walk: csr_array, order: int, *, rows: int = 256) -> int:
    """About how many entries P^order has, from some of its rows, before it is made.

    Args:
        walk: P, (n, n).
        order: at least 1.
        rows: looked at, drawn at random with a fixed seed; the count is exact where the graph has no more.

    Example:
        >>> count_influence(csr_array(np.full((2, 2), 0.5)), 3)
        4
    """
    n = walk.shape[0]
    seen = walk[np.random.default_rng(0).choice(n, min(rows, n), replace=False)]
    share = n / seen.shape[0]
    for _ in range(order - 1):
        seen = seen @ walk
    return round(seen.nnz * share)


def _powers(walk: csr_array, order: int) -> list[csr_array]:
    if order < 1:
        raise ValueError(f"order must be at least 1; got {order}")
    powers = [walk]
    for _ in range(order - 1):
        powers.append(powers[-1] @ walk)
    powers[-1].sort_indices()
    return powers
