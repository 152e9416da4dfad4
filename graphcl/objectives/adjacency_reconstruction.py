"""Reconstruction of the adjacency matrix by inner products of embeddings, without an n x n matrix.

The sum over the entries that are not 0 runs over edges. That over all n^2 pairs is exact in blocks, or estimated
from drawn columns; both are `pair_sum`.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.all_pairs.pair_sums import pair_sum
from graphcl.ops.graph_matrices.edge_products import edge_products
from graphcl.typing import Edges, Nodes


def adjacency_cross_entropy(
    z: Nodes, edge_index: Edges, *, columns: int | None = None, generator: torch.Generator | None = None
) -> Float[Tensor, ""]:
    """Binary cross-entropy of sigmoid(z_i . z_j) against the adjacency, the loss of GAE and DAEGC.

    The mean over all n^2 ordered pairs of softplus(s_ij) - a_ij s_ij, s_ij = z_i . z_j, with no weight for the
    class of edges. For rows of unit length s lies in [-1, 1], and a pair without an edge costs at least
    log(1 + 1/e) = 0.3133.

    Args:
        z: (n, d), n at least 1.
        edge_index: (2, e), the pairs with a_ij = 1, each direction by itself; self loops only where they are
            targets. A pair that is listed twice counts as a_ij = 2.
        columns: None sums over all pairs, in time n^2 d; a number estimates that sum without bias from so many
            drawn columns, see `pair_sum`.
        generator: of that draw.

    Returns:
        A scalar, in float32 at least.

    Raises:
        ValueError: columns below 1, or without a generator.

    Example:
        >>> adjacency_cross_entropy(torch.zeros(3, 2), torch.tensor([[0], [1]]))  # log 2
        tensor(0.6931)

    Reference:
        [Wang, Pan, Hu, Long, Jiang, Zhang, "Attributed Graph Clustering: A Deep Attentional Embedding Approach",
        IJCAI 2019, arXiv 1906.06532].
    """
    every = pair_sum(_softplus, [z], columns=columns, generator=generator)
    return (every - edge_products(edge_index, z, z).sum()) / len(z) ** 2


def adjacency_squared_error(
    factors: Sequence[Tensor],
    edge_index: Edges,
    edge_weight: Float[Tensor, " e"],
    *,
    columns: int | None = None,
    generator: torch.Generator | None = None,
) -> Float[Tensor, ""]:
    """Mean squared error of a sum of sigmoids of inner products against a sparse matrix, as in DFCN.

    With A_ij = sigmoid(a_i . a_j) + sigmoid(b_i . b_j) + ... it is the mean over all n^2 pairs of (A_ij - P_ij)^2,
    computed as (sum of A^2 over all pairs - 2 sum of P A over edges + |P|^2) / n^2.

    Args:
        factors: a, b, ..., each (n, its width); DFCN has two.
        edge_index: (2, e), the entries of P that are not 0, each once.
        edge_weight: (e,), their values.
        columns: None sums over all pairs; a number estimates the sum of A^2, see `adjacency_cross_entropy`.
        generator: of that draw.

    Returns:
        A scalar, in float32 at least.

    Raises:
        ValueError: columns below 1, or without a generator.

    Example:
        >>> edges = torch.tensor([[0, 1], [0, 1]])
        >>> adjacency_squared_error([torch.zeros(2, 1)], edges, torch.ones(2))  # all entries are 1/2
        tensor(0.2500)

    Reference:
        [Tu, Zhou, Liu, Guo, Cai, Zhu, Cheng, "Deep Fusion Clustering Network", AAAI 2021, arXiv 2012.09600].
    """
    every = pair_sum(_squared_sigmoids, factors, columns=columns, generator=generator)
    at_edges = sum(edge_products(edge_index, factor, factor).sigmoid() for factor in factors)
    weight = edge_weight.to(every.dtype)
    return (every - 2 * (weight * at_edges).sum() + weight.square().sum()) / len(factors[0]) ** 2


def _softplus(s: Tensor) -> tuple[Tensor, list[Tensor]]:
    return F.softplus(s), [s.sigmoid()]


def _squared_sigmoids(*products: Tensor) -> tuple[Tensor, list[Tensor]]:
    parts = [s.sigmoid() for s in products]
    total = torch.stack(parts).sum(0) if len(parts) > 1 else parts[0]
    return total.square(), [2 * total * part * (1 - part) for part in parts]
