"""Sparse node similarity between two views: the loss of NS4GC."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphcl.objectives.all_pairs.sigmoid import all_pairs_sigmoid
from graphcl.ops.graph_matrices.sparse import csr_from_edges, unit_rows
from graphcl.ops.graph_matrices.sparse_product import multiply
from graphcl.ops.machine.precision import full_precision
from graphcl.typing import Edges, Nodes


class SimilarityTerms(NamedTuple):
    """The terms of NS4GC's loss, scalars, before they are weighted."""

    alignment: Float[Tensor, ""]
    neighbours: Float[Tensor, ""]
    sparsity: Float[Tensor, ""]


def similarity_sparsity(
    u: Nodes,
    v: Nodes,
    edge_index: Edges,
    *,
    threshold: float,
    temperature: float,
    neighbour_weight: float = 1.0,
    sparsity_weight: float = 1.0,
) -> Float[Tensor, ""]:
    """NS4GC's loss: a cross-view similarity matrix that is 1 on the diagonal, high on edges and low elsewhere.

    With s_ij the cosine of u_i and v_j, E the edges (directed entries, without self loops), n nodes and
    M = n^2 - n - |E| other pairs, s the threshold and t the temperature:

        L = -1/n sum_i s_ii - lambda/|E| sum_{(i,j) in E} s_ij
            + gamma/M sum_{(i,j) not in E, i != j} sigmoid((s_ij - s) / t)

    Exact in blocks of pairs, see `all_pairs_sigmoid`: memory O(n d + |E|), time O(n^2 d).

    Args:
        u: rows of the first view, (n, d), of any length; a row of zeros has similarity 0 with all.
        v: rows of the same nodes in the second view, (n, d).
        edge_index: (2, e), edges of the graph without augmentation; repeats count once, self loops do not count.
        threshold: s, the similarity above which other pairs are pushed apart; in [-1, 1].
        temperature: t, positive.
        neighbour_weight: lambda, at least 0.
        sparsity_weight: gamma, at least 0.

    Returns:
        A scalar in float32 at least; gradients reach both views. A term over no pairs is 0.

    Raises:
        ValueError: views of different shapes, no rows, an edge to a node that is not there, or a setting out of
            range.

    Example:
        >>> none = torch.empty(2, 0, dtype=torch.long)
        >>> rows = torch.eye(3)
        >>> similarity_sparsity(rows, rows, none, threshold=0.6, temperature=0.1)  # -1 + sigmoid(-6)
        tensor(-0.9975)

    Reference:
        [Liu, Gao, He, Zheng, Zhao, Yin, "Reliable Node Similarity Matrix Guided Contrastive Graph Clustering",
        IEEE TKDE 2024, arXiv 2408.03765]; the authors' `main.py`, github.com/Cloudy1225/NS4GC at 3325f95.
    """
    for name, weight in (("neighbour_weight", neighbour_weight), ("sparsity_weight", sparsity_weight)):
        if not weight >= 0:
            raise ValueError(f"{name} must not be negative; got {weight}")
    terms = similarity_terms(u, v, edge_index, threshold=threshold, temperature=temperature)
    return terms.alignment + neighbour_weight * terms.neighbours + sparsity_weight * terms.sparsity


def similarity_terms(
    u: Nodes, v: Nodes, edge_index: Edges, *, threshold: float, temperature: float
) -> SimilarityTerms:
    """Terms of `similarity_sparsity`: minus the means on the diagonal and on edges, the mean sigmoid elsewhere.

    Arguments and errors as for `similarity_sparsity`.

    Example:
        >>> edge, rows = torch.tensor([[0], [1]]), torch.ones(2, 3)
        >>> torch.stack(similarity_terms(rows, rows, edge, threshold=1.0, temperature=0.1))
        tensor([-1.0000, -1.0000,  0.5000])
    """
    if u.shape != v.shape or not len(u):
        got = f"{tuple(u.shape)} and {tuple(v.shape)}"
        raise ValueError(f"u and v must be views of the same nodes, of which there must be one; got {got}")
    if not temperature > 0:
        raise ValueError(f"temperature must be positive; got {temperature}")
    n = len(u)
    joined = _distinct(edge_index, n)
    with full_precision(u):
        u, v = unit_rows(u), unit_rows(v)
        alignment = -(u * v).sum() / n
        edges, others = joined.size(1), n * n - n - joined.size(1)
        neighbours = sparsity = 0 * alignment
        if edges:
            received = multiply(csr_from_edges(joined[0], joined[1], u.new_ones(edges), (n, n)), v)
            neighbours = -(u * received).sum() / edges
        if others:
            itself = torch.arange(n, device=u.device).expand(2, -1)
            left_out = torch.cat([joined, itself], dim=1)
            total = all_pairs_sigmoid(u, v, left_out, threshold=threshold, temperature=temperature)
            sparsity = total / others
    return SimilarityTerms(alignment, neighbours, sparsity)


def _distinct(edge_index: Edges, n: int) -> Int[Tensor, "2 distinct"]:
    """The edges between different nodes, each once, sorted by their first ends."""
    first, second = edge_index.long()
    if len(first) and not 0 <= int(edge_index.min()) <= int(edge_index.max()) < n:
        raise ValueError(
            f"edge_index must name rows of u, 0 to {n - 1}; got {int(edge_index.min())} to {int(edge_index.max())}"
        )
    pair = torch.unique((first * n + second)[first != second])
    return torch.stack([pair // n, pair % n])
