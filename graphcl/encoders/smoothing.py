"""Features spread over the graph without anything learned."""

import numpy as np
from jaxtyping import Float
from scipy.sparse import csr_array, diags_array, eye_array
from torch import Tensor

from graphcl.sparse import undirected_adjacency
from graphcl.typing import Edges, Nodes


def normalized_adjacency(
    edge_index: Edges, num_nodes: int, edge_weight: Float[Tensor, " e"] | None = None
) -> csr_array:
    """The symmetric smoothing matrix S = D^-1/2 (A + I) D^-1/2 of [Kipf and Welling, ICLR 2017].

    Args:
        edge_index: (2, e), one direction or both; see `graphcl.sparse.undirected_adjacency`.
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
    loops = undirected_adjacency(edge_index, num_nodes, edge_weight) + eye_array(num_nodes, format="csr")
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
        >>> from graphcl.sparse import from_scipy
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
