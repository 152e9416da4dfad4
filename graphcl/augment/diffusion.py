"""Graph diffusion: replace the edges by those of S = sum_k theta_k T^k, T a transition matrix, sparsified by row.

[Gasteiger, Weissenberger, Guennemann, "Diffusion Improves Graph Learning", NeurIPS 2019, arXiv 1911.05485]. Rows
are computed in blocks, so that no n x n matrix is formed, with n/block sparse products per term. A directed graph
is made undirected; weights are used. PageRank is summed in Chebyshev polynomials of T, whose coefficients fall
faster than those of its powers: at alpha = 0.2 and a tolerance of 1e-4 in 13 products, where powers need 41.
"""

import math
from functools import partial
from typing import Literal

import torch
from jaxtyping import Float, Int
from scipy.sparse import csr_array, diags_array, eye_array
from torch import Tensor

from graphcl.augment.batch_diffusion import diffuse_graphs
from graphcl.augment.checks import check_not_negative, check_num_nodes, check_ptr
from graphcl.ops.graph_matrices.adjacency import undirected_adjacency
from graphcl.ops.graph_matrices.sparse import from_scipy
from graphcl.ops.graph_matrices.sparse_product import multiply
from graphcl.typing import Edges

BLOCK = 2**24
"""Entries of a block of rows: 64 MB in float32, of which about five are alive at a time."""

Normalization = Literal["symmetric", "walk"]
"""T = D^-1/2 (A + I) D^-1/2, or the random walk D^-1 (A + I)."""

Diffused = tuple[Int[Tensor, "2 kept"], Float[Tensor, " kept"]]
"""Edges j -> i, sorted by i, and their weights S_ij: the in-edges of node i are row i of S."""


def pagerank_diffusion(
    edge_index: Edges,
    num_nodes: int,
    *,
    alpha: float = 0.15,
    top_k: int | None = None,
    threshold: float | None = None,
    edge_weight: Float[Tensor, " e"] | None = None,
    normalization: Normalization = "symmetric",
    tolerance: float = 1e-4,
    ptr: Int[Tensor, " bounds"] | None = None,
) -> Diffused:
    """Personalised PageRank, S = sum_k alpha (1 - alpha)^k T^k = alpha (I - (1 - alpha) T)^-1, sparsified.

    Args:
        edge_index: (2, e).
        num_nodes: n, at least 1.
        alpha: the restart probability, in (0, 1].
        top_k: number of entries kept of each row, the greatest, at least 1; None keeps all.
        threshold: smaller entries are left out, at least 0; None keeps all that are not 0. One of the two must be
            given.
        edge_weight: (e,), non-negative, or None.
        normalization: see `Normalization`; with "walk" rows of S sum to 1 before they are sparsified.
        tolerance: a bound on the spectral norm of what is left out of the series, in (0, 1).
        ptr: of a batch of graphs, the offsets of the nodes of each, from 0 to n. The result is the same; its time
            goes with the squares of the sizes of the graphs, in place of n^2.

    Returns:
        edge_index and edge_weight of S, self loops included; not scaled up for what is left out.

    Raises:
        ValueError: an argument out of range, too few nodes for the edges, neither top_k nor threshold, or an edge
            between two graphs of a batch.

    Example:
        >>> path = torch.tensor([[0, 1], [1, 2]])
        >>> edges, weight = pagerank_diffusion(path, 3, alpha=0.5, top_k=2)
        >>> edges, weight.round(decimals=2)
        (tensor([[0, 1, 0, 1, 1, 2],
                [0, 0, 1, 1, 2, 2]]), tensor([0.7200, 0.1900, 0.1900, 0.6900, 0.1900, 0.7200]))
    """
    if not 0 < alpha <= 1:
        raise ValueError(f"alpha must lie in (0, 1]; got {alpha}")
    _check_tolerance(tolerance)
    T = _transition(edge_index, num_nodes, edge_weight, normalization)
    terms = _pagerank_coefficients(alpha, tolerance)
    check_ptr(ptr, edge_index, num_nodes)
    return _diffuse(T, terms, top_k, threshold, edge_index.device, ptr, chebyshev=True)


def heat_diffusion(
    edge_index: Edges,
    num_nodes: int,
    *,
    time: float = 5.0,
    top_k: int | None = None,
    threshold: float | None = None,
    edge_weight: Float[Tensor, " e"] | None = None,
    normalization: Normalization = "symmetric",
    tolerance: float = 1e-4,
    ptr: Int[Tensor, " bounds"] | None = None,
) -> Diffused:
    """The heat kernel, S = sum_k e^-t t^k / k! T^k = exp(-t (I - T)), sparsified.

    Args:
        edge_index: (2, e).
        num_nodes: n, at least 1.
        time: t, at least 0: the mean number of steps of the walks.
        top_k: number of entries kept of each row, the greatest, at least 1; None keeps all.
        threshold: smaller entries are left out, at least 0; None keeps all that are not 0. One of the two must be
            given.
        edge_weight: (e,), non-negative, or None.
        normalization: see `Normalization`; with "walk" rows of S sum to 1 before they are sparsified.
        tolerance: the sum of the theta_k that are left out, in (0, 1).
        ptr: of a batch of graphs, the offsets of the nodes of each, from 0 to n. The result is the same; its time
            goes with the squares of the sizes of the graphs, in place of n^2.

    Returns:
        edge_index and edge_weight of S, self loops included; not scaled up for what is left out.

    Raises:
        ValueError: an argument out of range, too few nodes for the edges, neither top_k nor threshold, or an edge
            between two graphs of a batch.

    Example:
        >>> path = torch.tensor([[0, 1], [1, 2]])
        >>> edges, weight = heat_diffusion(path, 4, time=1.0, threshold=0.2, normalization="walk")
        >>> edges, weight.round(decimals=2)
        (tensor([[0, 1, 1, 1, 2, 3],
                [0, 0, 1, 2, 2, 3]]), tensor([0.6600, 0.3000, 0.6100, 0.3000, 0.6600, 1.0000]))
    """
    if not (time >= 0 and math.isfinite(time)):
        raise ValueError(f"time must be finite and at least 0; got {time}")
    _check_tolerance(tolerance)
    theta = [math.exp(-time)]
    while 1 - math.fsum(theta) > tolerance and (theta[-1] > 0 or len(theta) <= time):
        theta.append(math.exp(len(theta) * math.log(time) - time - math.lgamma(len(theta) + 1)))
    T = _transition(edge_index, num_nodes, edge_weight, normalization)
    check_ptr(ptr, edge_index, num_nodes)
    return _diffuse(T, theta, top_k, threshold, edge_index.device, ptr)


def _pagerank_coefficients(alpha: float, tolerance: float) -> list[float]:
    """Coefficients of alpha / (1 - (1 - alpha) t) in Chebyshev polynomials of t, up to a tail below the tolerance.

    With b = 1 - alpha, s = (1 - b^2)^1/2 and r = (1 - s) / b they are alpha / s and then 2 alpha r^k / s.
    """
    if alpha == 1:
        return [1.0]
    root = math.sqrt(1 - (1 - alpha) ** 2)
    ratio = (1 - root) / (1 - alpha)
    coefficients, tail = [alpha / root], 2 * alpha / root * ratio / (1 - ratio)
    while tail > tolerance:
        coefficients.append(2 * alpha / root * ratio ** len(coefficients))
        tail *= ratio
    return coefficients


def _check_tolerance(tolerance: float) -> None:
    if not 0 < tolerance < 1:
        raise ValueError(f"tolerance must lie in (0, 1); got {tolerance}")


def _transition(
    edge_index: Tensor, num_nodes: int, edge_weight: Tensor | None, normalization: Normalization
) -> csr_array:
    """T, (n, n)."""
    check_num_nodes(edge_index, num_nodes)
    if edge_weight is not None:
        check_not_negative("edge_weight", edge_weight)
    loops = undirected_adjacency(edge_index, num_nodes, edge_weight) + eye_array(num_nodes, format="csr")
    degree = loops.sum(axis=1)
    if normalization == "walk":
        return csr_array(diags_array(1 / degree) @ loops)
    if normalization == "symmetric":
        root = diags_array(1 / degree**0.5)
        return csr_array(root @ loops @ root)
    raise ValueError(f"normalization must be one of symmetric, walk; got {normalization!r}")


def _diffuse(
    T: csr_array,
    terms: list[float],
    top_k: int | None,
    threshold: float | None,
    device: torch.device,
    ptr: Tensor | None,
    *,
    chebyshev: bool = False,
) -> Diffused:
    """Sparsified rows of the sum of coefficients times powers, or Chebyshev polynomials, of T, in blocks."""
    if top_k is None and threshold is None:
        raise ValueError("give top_k or threshold: without either every pair of a component becomes an edge")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k must be at least 1; got {top_k}")
    if threshold is not None and not threshold >= 0:
        raise ValueError(f"threshold must be at least 0; got {threshold}")
    n, series = T.shape[0], partial(_series, terms, chebyshev=chebyshev)
    if ptr is not None:
        target, source, weight = diffuse_graphs(
            T,
            ptr,
            lambda part, columns: series(_transposed(part, device), columns),
            top_k,
            threshold or 0.0,
            BLOCK,
        )
        return torch.stack([source, target]), weight
    transposed = _transposed(T, device)
    targets, sources, weights = [], [], []
    for rows in torch.arange(n, device=device).split(max(BLOCK // n, 1)):
        columns = torch.zeros(n, len(rows), device=device)  # column i of a block is row i of S
        columns[rows, torch.arange(len(rows), device=device)] = 1
        target, source, weight = _sparsify(series(transposed, columns).T, top_k, threshold)
        targets.append(rows[target])
        sources.append(source)
        weights.append(weight)
    return torch.stack([torch.cat(sources), torch.cat(targets)]), torch.cat(weights)


def _transposed(T: csr_array, device: torch.device) -> Tensor:
    return from_scipy(csr_array(T.T)).to(device)


def _series(terms: list[float], transposed: Tensor, columns: Tensor, *, chebyshev: bool) -> Tensor:
    """The sum of coefficients times powers, or Chebyshev polynomials, of the transpose of T, of columns."""
    total, before = terms[0] * columns, None
    for share in terms[1:]:
        step = multiply(transposed, columns)
        if chebyshev and before is not None:
            step.mul_(2).sub_(before)
        before, columns = columns, step
        total.add_(columns, alpha=share)
    return total


def _sparsify(rows: Tensor, top_k: int | None, threshold: float | None) -> tuple[Tensor, Tensor, Tensor]:
    """Row, column and value of the entries that are kept."""
    stays = (rows > 0) & (rows >= (threshold or 0))
    if top_k is not None:
        largest = rows.topk(min(top_k, rows.size(1)), dim=1).indices
        stays &= torch.zeros_like(stays).scatter_(1, largest, True)
    row, column = stays.nonzero(as_tuple=True)
    return row, column, rows[row, column]
