"""Parameter-free feature smoothing: normalised adjacency, simple spectral convolution, personalised PageRank."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from scipy.sparse import csr_array, diags_array, eye_array
from torch import Tensor

from graphcl.ops.graph_matrices.adjacency import undirected_adjacency
from graphcl.typing import Edges, Nodes

COLUMN_BLOCK = 16
"""Columns that are propagated at a time: a row of them fills a cache line, and their powers need little memory."""


def normalized_adjacency(
    edge_index: Edges, num_nodes: int, edge_weight: Float[Tensor, " e"] | None = None
) -> csr_array:
    """Symmetrically normalised adjacency with self loops, S = D^-1/2 (A + I) D^-1/2 [Kipf and Welling, ICLR 2017].

    Args:
        edge_index: (2, e), one direction or both; see `graphcl.ops.graph_matrices.adjacency.undirected_adjacency`.
        num_nodes: at least 1.
        edge_weight: (e,), non-negative, or None.

    Returns:
        S, (n, n), float64; an isolated node has S_ii = 1.

    Example:
        >>> import torch
        >>> normalized_adjacency(torch.tensor([[0], [1]]), 3).toarray()
        array([[0.5, 0.5, 0. ],
               [0.5, 0.5, 0. ],
               [0. , 0. , 1. ]])
    """
    return normalize(undirected_adjacency(edge_index, num_nodes, edge_weight))


def normalize(adjacency: csr_array) -> csr_array:
    """Symmetric normalisation with self loops, S = D^-1/2 (A + I) D^-1/2, with D the row sums of A + I.

    Args:
        adjacency: A, (n, n), symmetric and non-negative.

    Example:
        >>> normalize(csr_array(np.array([[0.0, 3.0], [3.0, 0.0]]))).toarray()
        array([[0.25, 0.75],
               [0.75, 0.25]])
    """
    loops = adjacency + eye_array(adjacency.shape[0], format="csr")
    root = diags_array(1 / np.sqrt(loops.sum(axis=1)))
    return csr_array(root @ loops @ root)


def row_normalized_adjacency(
    edge_index: Edges, num_nodes: int, edge_weight: Float[Tensor, " e"] | None = None
) -> csr_array:
    """Row-stochastic propagation matrix of SAGSC and S2CAG: P = D_S^-1 (S + I), S that of `normalized_adjacency`.

    D_S are the row sums of S + I: self loops are added once before the symmetric normalisation and once after it.

    Args:
        edge_index: (2, e), one direction or both.
        num_nodes: at least 1.
        edge_weight: (e,), non-negative, or None.

    Returns:
        P, (n, n), float64; rows sum to 1.

    Example:
        >>> import torch
        >>> row_normalized_adjacency(torch.tensor([[0], [1]]), 3).toarray()
        array([[0.75, 0.25, 0.  ],
               [0.25, 0.75, 0.  ],
               [0.  , 0.  , 1.  ]])

    Reference: the authors' code of [Fettal, Labiod, Nadif, "Scalable Attributed-Graph Subspace Clustering", AAAI
    2023] and of [Lin et al., KDD 2025, arXiv 2411.11074]; no formula of it is in either README.
    """
    loops = normalized_adjacency(edge_index, num_nodes, edge_weight) + eye_array(num_nodes, format="csr")
    return csr_array(diags_array(1 / loops.sum(axis=1)) @ loops)


def simple_spectral_convolution(x: Nodes, smoother: Float[Tensor, "n n"], *, hops: int, alpha: float) -> Nodes:
    """Simple spectral graph convolution (SSGC): alpha X + 1/K sum_{k=1..K} S^k X.

    Args:
        x: features, (n, d), dense.
        smoother: S, (n, n), CSR.
        hops: K, at least 0; for 0 the features are returned unchanged.
        alpha: weight of the unsmoothed features, at least 0.

    Example:
        >>> import torch
        >>> from graphcl.ops.graph_matrices.sparse import from_scipy
        >>> S = from_scipy(normalized_adjacency(torch.tensor([[0], [1]]), 2))
        >>> simple_spectral_convolution(torch.eye(2), S, hops=3, alpha=0.0)
        tensor([[0.5000, 0.5000],
                [0.5000, 0.5000]])

    Reference:
        SSGC [Zhu and Koniusz, "Simple Spectral Graph Convolution", ICLR 2021], as in the authors' code, which
        does not scale the mean by 1 - alpha.
    """
    if hops == 0:
        return x
    total, power = alpha * x, x
    for _ in range(hops):
        power = smoother @ power
        total += power / hops
    return total


def personalized_pagerank(
    x: Nodes, smoother: Float[Tensor, "n n"], *, restarts: Sequence[float], steps: int
) -> Float[Tensor, "a n d"]:
    """Personalised PageRank propagation (APPNP): sum_{t<T} a (1-a)^t S^t X + (1-a)^T S^T X.

    The restart probabilities a share the same T products with S.

    Args:
        x: features, (n, d), dense.
        smoother: S, (n, n), CSR.
        restarts: restart (teleport) probabilities a, each in [0, 1]; 1 returns X.
        steps: number of power iterations, T, at least 0.

    Returns:
        (a, n, d): the smoothed features for each restart probability.

    Example:
        >>> from graphcl.ops.graph_matrices.sparse import from_scipy
        >>> S = from_scipy(normalized_adjacency(torch.tensor([[0], [1]]), 2))
        >>> personalized_pagerank(torch.eye(2), S, restarts=[0.5, 1.0], steps=8)
        tensor([[[0.7500, 0.2500],
                 [0.2500, 0.7500]],
        <BLANKLINE>
                [[1.0000, 0.0000],
                 [0.0000, 1.0000]]])

    Reference:
        [Gasteiger, Bojchevski, Guennemann, "Predict then Propagate", ICLR 2019], equation 4: the recursion
        Z <- (1-a) S Z + a X from Z = X, written as a sum.
    """
    weights = torch.tensor(
        [[a * (1 - a) ** t for t in range(steps)] + [(1 - a) ** steps] for a in restarts],
        dtype=x.dtype,
        device=x.device,
    )
    n, d = x.shape
    out = x.new_empty(len(restarts), n, d)
    for start in range(0, d, COLUMN_BLOCK):
        columns = slice(start, start + COLUMN_BLOCK)
        powers = x.new_empty(steps + 1, n, min(COLUMN_BLOCK, d - start))
        powers[0] = x[:, columns]
        for t in range(steps):
            powers[t + 1] = smoother @ powers[t]
        out[:, :, columns] = (weights @ powers.flatten(1)).view(len(restarts), n, -1)
    return out
