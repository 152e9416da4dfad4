"""Random-walk matrices: transition matrix P, its powers, and the cumulative influence P + ... + P^R.

As in the published code of SCGC [Kulatilleke et al. 2022, arXiv 2204.12656], with sparse products.
"""

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array
from torch import Tensor

from graphcl.ops.graph_matrices.adjacency import undirected_adjacency
from graphcl.typing import Edges


def transition_matrix(
    edge_index: Edges, num_nodes: int, edge_weight: Float[Tensor, " e"] | None = None
) -> csr_array:
    """Random-walk transition matrix with self loops, P = D^-1 (A + I), of the undirected adjacency matrix A.

    A is that of `graphcl.ops.graph_matrices.adjacency.undirected_adjacency`, whose docstring tells how weights,
    self loops and directions are treated.

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
    """Degrees with self loops: the row sums of A + I, (n,).

    The walk is reversible: degree_i M_ij = degree_j M_ji for every polynomial M in P.

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
    """R-step transition matrix P^R, the positives of SCGC; rows sum to 1.

    Args:
        walk: P, (n, n).
        order: R, at least 1.

    Raises:
        ValueError: an order below 1.

    Example:
        >>> walk_power(csr_array(np.full((2, 2), 0.5)), 3).toarray()
        array([[0.5, 0.5],
               [0.5, 0.5]])
    """
    return _powers(walk, order)[-1]


def cumulative_influence(walk: csr_array, order: int) -> csr_array:
    """Cumulative influence P + P^2 + ... + P^R, the positives of SCGC*; rows sum to R.

    Entry (i, j) is the expected number of visits to j within R steps from i.

    Args:
        walk: P, (n, n).
        order: R, at least 1.

    Example:
        >>> cumulative_influence(csr_array(np.full((2, 2), 0.5)), 3).toarray()
        array([[1.5, 1.5],
               [1.5, 1.5]])
    """
    itself = eye_array(walk.shape[0], format="csr")
    total = walk
    for _ in range(order - 1):
        total = csr_array(walk @ (itself + total))  # Horner's rule: no power is held beside the sum
    total.sort_indices()
    return total


def walk_returns(
    walk: csr_array, volume: NDArray[np.float64], order: int, *, cumulative: bool
) -> NDArray[np.float64]:
    """Return probabilities: the diagonal of `walk_power`, or of `cumulative_influence`, from half the powers.

    The walk is reversible, D_i P_ij = D_j P_ji, so (P^(a + b))_ii = sum_k (P^a)_ik (P^b)_ik D_i / D_k.

    Args:
        walk: P, (n, n).
        volume: D, (n,), positive, of `walk_volumes`.
        order: R, at least 1.
        cumulative: the diagonal of P + ... + P^R instead of P^R.

    Example:
        >>> walk_returns(csr_array(np.full((2, 2), 0.5)), np.ones(2), 3, cumulative=True)
        array([1.5, 1.5])
    """
    halves = [csr_array(eye_array(walk.shape[0], format="csr")), *_powers(walk, (order + 1) // 2)]
    lengths = range(1, order + 1) if cumulative else (order,)
    meetings = sum(halves[r // 2].multiply(halves[(r + 1) // 2]) @ (1 / volume) for r in lengths)
    return np.asarray(volume * meetings)


def count_influence(walk: csr_array, order: int, *, rows: int = 256) -> int:
    """Estimate the number of non-zeros of P^R from a random sample of its rows.

    Args:
        walk: P, (n, n).
        order: R, at least 1.
        rows: sample size, drawn with a fixed seed; the count is exact for graphs of at most that many nodes.

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
