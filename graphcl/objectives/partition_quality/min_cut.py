"""MinCutPool's normalised cut of a soft partition, and its orthogonality regularisation."""

import torch
from jaxtyping import Float
from torch import Tensor, linalg

from graphcl.objectives.partition_quality.link_shares import LinkShares, checked_weight, link_shares
from graphcl.objectives.partition_quality.partition_sums import PartitionSums, check_assignment, partition_sums
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Edges


def min_cut(
    assign: Float[Tensor, "n k"], edge_index: Edges, edge_weight: Float[Tensor, " e"] | None = None
) -> Float[Tensor, ""]:
    """MinCutPool's cut term, - tr(C'AC) / tr(C'DC), D the degrees of A, in O(e k) without an n x n matrix.

    The authors take A = D^-1/2 A D^-1/2 and its own row sums: give those values as `edge_weight`. Directed edges
    count half in each direction.

    Args:
        assign: C, (n, k), usually rows that sum to 1; gradients reach it.
        edge_index: (2, e), both directions of an undirected edge; duplicates add up, a self loop counts once.
        edge_weight: (e,), not negative, at any scale; None for ones.

    Returns:
        A scalar in float32 at least, in [-1, 1]; -1 also for uniform C, whatever the graph, and where no edge
        leaves a cluster. 0 without edges.

    Raises:
        ValueError: an assignment, edges or weights that do not fit.

    Example:
        >>> two_pairs = torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]])
        >>> min_cut(torch.eye(2)[[0, 0, 1, 1]], two_pairs)
        tensor(-1.)

    Reference:
        [Bianchi, Grattarola, Alippi, "Spectral Clustering with Graph Neural Networks for Graph Pooling", ICML
        2020, arXiv 1907.00481], first term of the loss; PyG's `dense_mincut_pool` has the same for dense A.
    """
    check_assignment(assign)
    assign = at_least_float32(assign)
    shares = link_shares(edge_index, len(assign), edge_weight, dtype=assign.dtype)
    return cut_of(partition_sums(assign, shares))


def cut_of(sums: PartitionSums) -> Float[Tensor, ""]:
    """`min_cut` of sums that are known.

    Args:
        sums: of the partition.
    """
    return -sums.within.sum() / torch.where(sums.squares > 0, sums.squares, 1)


def cluster_orthogonality(assign: Float[Tensor, "n k"]) -> Float[Tensor, ""]:
    """MinCutPool's orthogonality term, | C'C / |C'C|_F - I / sqrt k |_F, in O(n k^2).

    0 for hard clusters of equal size, sqrt(2 - 2 / sqrt k) for uniform rows or one cluster. At 0, where the norm
    has no derivative, the gradient is 0.

    Args:
        assign: C, (n, k); gradients reach it.

    Returns:
        A scalar in float32 at least, in [0, sqrt 2); 1 where C is all zeros.

    Raises:
        ValueError: an assignment that is no matrix.

    Example:
        >>> cluster_orthogonality(torch.eye(2)), cluster_orthogonality(torch.eye(2)[[0, 0]])
        (tensor(0.), tensor(0.7654))

    Reference: [Bianchi, Grattarola, Alippi, ICML 2020, arXiv 1907.00481], second term of the loss.
    """
    check_assignment(assign)
    assign = at_least_float32(assign)
    with full_precision(assign):
        return orthogonality_of(assign.T @ assign / len(assign))


def orthogonality_of(gram: Float[Tensor, "k k"]) -> Float[Tensor, ""]:
    """`cluster_orthogonality` of C'C, at any scale.

    Args:
        gram: (k, k).
    """
    norm = linalg.vector_norm(gram)
    identity = torch.eye(len(gram), dtype=gram.dtype, device=gram.device) / len(gram) ** 0.5
    distance: Tensor = linalg.vector_norm(gram / torch.where(norm > 0, norm, 1) - identity)
    return distance


def normalised_shares(
    edge_index: Edges,
    num_nodes: int,
    edge_weight: Float[Tensor, " e"] | None = None,
    *,
    dtype: torch.dtype = torch.float32,
) -> LinkShares:
    """Link shares of D^-1/2 A D^-1/2 without added loops, the matrix that MinCutPool's authors cut.

    Args:
        edge_index: (2, e), both directions of an undirected edge; D are the sums of out-weights.
        num_nodes: n.
        edge_weight: (e,), not negative, at any scale; None for ones.
        dtype: of the result, float32 or float64.

    Raises:
        ValueError: edges or weights that do not fit.

    Example:
        >>> normalised_shares(torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), 3).out
        tensor([0.2500, 0.5000, 0.2500])
    """
    weight = checked_weight(edge_index, num_nodes, edge_weight)
    largest = weight.max() if len(weight) else weight.new_ones(())
    weight = weight / torch.where(largest > 0, largest, 1)
    source, target = edge_index.long()
    degree = torch.zeros(num_nodes, dtype=weight.dtype, device=weight.device).index_add(0, source, weight)
    norm = torch.where(degree > 0, degree, 1).rsqrt()
    return link_shares(edge_index, num_nodes, weight * norm[source] * norm[target], dtype=dtype)
