"""Features spread over the graph without anything learned."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from scipy.sparse import csr_array, diags_array, eye_array
from torch import Tensor

from graphcl.ops.adjacency import undirected_adjacency
from graphcl.typing import Edges, Nodes

COLUMNS = 16
"""How many columns are spread at a time: a row of them fills a cache line, and their powers stay small."""


def normalized_adjacency(
    edge_index: Edges, num_nodes: int, edge_weight: Float[Tensor, " e"] | None = None
) -> csr_array:
    """The symmetric smoothing matrix S = D^-1/2 (A + I) D^-1/2 of [Kipf and Welling, ICLR 2017].

    Args:
        edge_index: (2, e), one direction or both; see `graphcl.ops.adjacency.undirected_adjacency`.
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
    """S = D^-1/2 (A + I) D^-1/2 of a symmetric, non-negative A, with D the row sums of A + I.

    Example:
        >>> normalize(csr_array(np.array([[0.0, 3.0], [3.0, 0.0]]))).toarray()
        array([[0.25, 0.75],
               [0.75, 0.25]])
    """
    loops = adjacency + eye_array(adjacency.shape[0], format="csr")
    root = diags_array(1 / np.sqrt(loops.sum(axis=1)))
    return csr_array(root @ loops @ root)


def simple_spectral_convolution(x: Nodes, smoother: Float[Tensor, "n n"], *, hops: int, alpha: float) -> Nodes:
    """The mean over 1 to K hops, and a share of the features themselves: alpha X + 1/K sum_{k=1..K} S^k X.

    Args:
        x: features, (n, d), dense.
        smoother: S, (n, n), CSR.
        hops: K, at least 0; without hops the features come back as they are.
        alpha: weight of the features themselves, at least 0.

    Example:
        >>> import torch
        >>> from graphcl.ops.sparse import from_scipy
        >>> S = from_scipy(normalized_adjacency(torch.tensor([[0], [1]]), 2))
        >>> simple_spectral_convolution(torch.eye(2), S, hops=3, alpha=0.0)
        tensor([[0.5000, 0.5000],
                [0.5000, 0.5000]])

    Reference:
        SSGC [Zhu and Koniusz, "Simple Spectral Graph Convolution", ICLR 2021], with the weights of the
        authors' code, in which the mean is not scaled by 1 - alpha.
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
    """Walks that start at each node and restart with probability a: sum_{t<T} a (1-a)^t S^t X + (1-a)^T S^T X.

    All restart probabilities share the same T products with S.

    Args:
        x: features, (n, d), dense.
        smoother: S, (n, n), CSR.
        restarts: the probabilities a, each in [0, 1]; 1 gives X back.
        steps: T, at least 0.

    Returns:
        One smoothed copy of the features for each restart probability.

    Example:
        >>> from graphcl.ops.sparse import from_scipy
        >>> S = from_scipy(normalized_adjacency(torch.tensor([[0], [1]]), 2))
        >>> personalized_pagerank(torch.eye(2), S, restarts=[0.5, 1.0], steps=8)
        tensor([[[0.7500, 0.2500],
                 [0.2500, 0.7500]],
        <BLANKLINE>
                [[1.0000, 0.0000],
                 [0.0000, 1.0000]]])

    Reference:
        [Gasteiger, Bojchevski, Guennemann, "Predict then Propagate", ICLR 2019], its equation 4, the recursion
        Z <- (1-a) S Z + a X from Z = X written out.
    """
    weights = torch.tensor(
        [[a * (1 - a) ** t for t in range(steps)] + [(1 - a) ** steps] for a in restarts],
        dtype=x.dtype,
        device=x.device,
    )
    n, d = x.shape
    out = x.new_empty(len(restarts), n, d)
    for start in range(0, d, COLUMNS):
        columns = slice(start, start + COLUMNS)
        powers = x.new_empty(steps + 1, n, min(COLUMNS, d - start))
        powers[0] = x[:, columns]
        for t in range(steps):
            powers[t + 1] = smoother @ powers[t]
        out[:, :, columns] = (weights @ powers.flatten(1)).view(len(restarts), n, -1)
    return out
