r"""Features made from the edges of a graph that has none, for methods that need some.

With A the symmetric adjacency matrix without self-loops (its entries are weights where edges have some, else 1),
d_i = sum_j A_ij, n the number of nodes and S = D^{-1/2} A D^{-1/2}, where rows of nodes without an edge are 0:

===================  =========================  ==================================================================
name                 columns                    x
===================  =========================  ==================================================================
`degree`             1                          x_i = log(1 + d_i)
`random-projection`  min(n, 128)                x = S R, the entries of R normal of variance 1 / columns, seeded
`spectral`           min(n, 32)                 eigenvectors of S of the largest eigenvalues, times sqrt(n); in
                                                each, the first entry of largest size is positive
`one-hot`            n                          the identity matrix, in CSR layout; at most 20,000 nodes
===================  =========================  ==================================================================

`degree` and, where the eigenvalues differ, `spectral` depend on the edges alone: with the nodes in another order
the rows are in that order. `random-projection` does so in distribution; `one-hot` says which node is which.
"""

import warnings
from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import ArpackError, eigsh
from torch import Tensor

from graphcl.typing import Edges, Nodes, Seed

PROJECTED = 128
EIGENVECTORS = 32
MOST_ONE_HOT = 20_000
DENSE_UP_TO = 500
"""Nodes up to which all eigenvectors are computed."""


def make_features(
    name: str, edge_index: Edges, num_nodes: int, edge_weight: Float[Tensor, " e"] | None = None, seed: Seed = 0
) -> Nodes:
    """Make features of a graph without any, by one of the four formulas in this module's docstring.

    Args:
        name: "degree", "random-projection", "spectral" or "one-hot".
        edge_index: Undirected edges, both directions, without self-loops.
        num_nodes: Number of nodes, at least 1.
        edge_weight: One positive weight per edge, or None.
        seed: Of the random projection.

    Returns:
        The features, float32.

    Raises:
        ValueError: If there is no such choice, there are too many nodes for "one-hot", or the eigenvectors of
            "spectral" do not converge.

    Example:
        >>> make_features("degree", torch.tensor([[0, 1], [1, 0]]), num_nodes=3)
        tensor([[0.6931],
                [0.6931],
                [0.0000]])
    """
    if name not in MADE:
        raise ValueError(f"features must be one of {', '.join(MADE)}; got {name!r}")
    row, col = edge_index.numpy()
    weight = np.ones(len(row)) if edge_weight is None else edge_weight.double().numpy()
    adjacency = csr_array((weight, (row, col)), shape=(num_nodes, num_nodes))
    return MADE[name](adjacency, seed)


def _degree(adjacency: csr_array, seed: Seed) -> Nodes:  # noqa: ARG001 - nothing is drawn
    return torch.from_numpy(np.log1p(adjacency.sum(axis=1))).float()[:, None]


def _random_projection(adjacency: csr_array, seed: Seed) -> Nodes:
    n = adjacency.shape[0]
    columns = min(n, PROJECTED)
    draw = torch.randn(n, columns, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return torch.from_numpy(_normalised(adjacency) @ (draw / columns**0.5).numpy()).float()


def _spectral(adjacency: csr_array, seed: Seed) -> Nodes:  # noqa: ARG001 - nothing is drawn
    n = adjacency.shape[0]
    s, columns = _normalised(adjacency), min(n, EIGENVECTORS)
    if n <= DENSE_UP_TO:
        vectors = np.linalg.eigh(s.toarray())[1]
    else:
        start = np.random.default_rng(0).normal(size=n)
        try:
            vectors = eigsh(s, k=columns, which="LA", v0=start)[1]
        except ArpackError as error:
            remedy = "take features=random-projection"
            raise ValueError(f"features=spectral: the eigenvectors do not converge ({error}); {remedy}") from None
    largest = vectors[:, ::-1][:, :columns]
    sizes = np.abs(largest)
    first = (sizes > (1 - 1e-6) * sizes.max(axis=0)).argmax(axis=0)  # of two that differ by rounding, the first
    peaks = largest[first, np.arange(columns)]
    return torch.from_numpy(largest * (n**0.5 * np.sign(peaks))).float()


def _one_hot(adjacency: csr_array, seed: Seed) -> Nodes:  # noqa: ARG001 - nothing is drawn
    n = adjacency.shape[0]
    if n > MOST_ONE_HOT:
        raise ValueError(
            f"features=one-hot is for at most {MOST_ONE_HOT:,} nodes, it makes a column for each; got {n:,}; "
            "take features=random-projection"
        )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta state")
        rows = torch.arange(n + 1)
        return torch.sparse_csr_tensor(rows, rows[:-1], torch.ones(n), (n, n), check_invariants=False)


def _normalised(adjacency: csr_array) -> csr_array:
    """S = D^{-1/2} A D^{-1/2}."""
    degree = adjacency.sum(axis=1)
    scale = diags_array(np.where(degree > 0, degree, np.inf) ** -0.5)
    return csr_array(scale @ adjacency @ scale)


MADE: Final[dict[str, Callable[[csr_array, Seed], Nodes]]] = {
    "degree": _degree,
    "random-projection": _random_projection,
    "spectral": _spectral,
    "one-hot": _one_hot,
}
"""The formulas by name."""
