"""Modularity of a soft partition, and DMoN's collapse regularisation of its cluster sizes."""

from jaxtyping import Float
from torch import Tensor, linalg

from graphcl.objectives.partition_quality.link_shares import link_shares
from graphcl.objectives.partition_quality.partition_sums import PartitionSums, check_assignment, partition_sums
from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Edges


def soft_modularity(
    assign: Float[Tensor, "n k"],
    edge_index: Edges,
    edge_weight: Float[Tensor, " e"] | None = None,
    *,
    resolution: float = 1.0,
    scale: float = 1.0,
) -> Float[Tensor, ""]:
    """Modularity of a soft partition, Q = scale [ tr(C'AC) / 2m - resolution |C'd|^2 / (2m)^2 ].

    DMoN minimises -Q. The paper's form, which is PyG's too, has resolution and scale 1; for hard C it is
    Newman's modularity. The code that DMoN's authors released divides by twice too much in both places: it is
    `resolution=0.5, scale=0.5`, which merges more. Of directed edges Q is Leicht and Newman's, with the
    out-degrees and in-degrees in place of |d|^2.

    Args:
        assign: C, (n, k), usually rows that sum to 1; gradients reach it.
        edge_index: (2, e), both directions of an undirected edge; duplicates add up, a self loop counts once.
        edge_weight: (e,), not negative, at any scale; None for ones.
        resolution: weight of the null model; higher values favour more and smaller clusters.
        scale: factor of the whole.

    Returns:
        A scalar in float32 at least, O(e k); for rows that sum to 1 and the paper's form in [-1, 1). 0 without
        edges.

    Raises:
        ValueError: an assignment, edges or weights that do not fit.

    Example:
        >>> import torch
        >>> two_pairs = torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]])
        >>> soft_modularity(torch.eye(2)[[0, 0, 1, 1]], two_pairs)
        tensor(0.5000)

    Reference:
        [Tsitsulin, Palowitch, Perozzi, Mueller, "Graph Clustering with Graph Neural Networks", JMLR 2023,
        arXiv 2006.16904], equation of the first term; the released code is google-research/graph_embedding/dmon.
    """
    check_assignment(assign)
    assign = at_least_float32(assign)
    shares = link_shares(edge_index, len(assign), edge_weight, dtype=assign.dtype)
    return modularity_of(partition_sums(assign, shares), resolution=resolution, scale=scale)


def modularity_of(sums: PartitionSums, *, resolution: float = 1.0, scale: float = 1.0) -> Float[Tensor, ""]:
    """`soft_modularity` of sums that are known.

    Args:
        sums: of the partition.
        resolution: see `soft_modularity`.
        scale: likewise.
    """
    return scale * (sums.within.sum() - resolution * (sums.out * sums.into).sum())


def cluster_collapse(assign: Float[Tensor, "n k"]) -> Float[Tensor, ""]:
    """DMoN's collapse regularisation, (sqrt k / n) |sum_i C_i| - 1: 0 for equal sizes, sqrt k - 1 for one cluster.

    Args:
        assign: C, (n, k), rows sum to 1; gradients reach it.

    Returns:
        A scalar in float32 at least, in [0, sqrt k - 1].

    Raises:
        ValueError: an assignment that is no matrix.

    Example:
        >>> import torch
        >>> cluster_collapse(torch.eye(4)), cluster_collapse(torch.eye(4)[[0, 0]])
        (tensor(0.), tensor(1.))

    Reference: [Tsitsulin et al., JMLR 2023, arXiv 2006.16904], the second term.
    """
    check_assignment(assign)
    return collapse_of(at_least_float32(assign).mean(0))


def collapse_of(sizes: Float[Tensor, " k"]) -> Float[Tensor, ""]:
    """`cluster_collapse` of the shares of nodes in each cluster.

    Args:
        sizes: (k,).
    """
    norm: Tensor = linalg.vector_norm(sizes)
    collapse: Tensor = len(sizes) ** 0.5 * norm - 1
    return collapse
