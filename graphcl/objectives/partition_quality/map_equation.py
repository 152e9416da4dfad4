"""The map equation of a soft partition: bits per step that describe a random walk by modules and nodes.

[Bloecker, Tan, Scholtes, "The Map Equation Goes Neural", NeurIPS 2024, arXiv 2310.01144], as in the authors' code
(chrisbloecker/neuromap at 51e0c79), with x log x at 0 computed without NaN in the gradient.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.objectives.partition_quality.link_shares import LinkShares, checked_weight, shares_of
from graphcl.objectives.partition_quality.partition_sums import PartitionSums, check_assignment, partition_sums
from graphcl.ops.graph_matrices.sparse import csr_from_edges
from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Edges


class WalkFlow(NamedTuple):
    """Stationary flow of a random walk with unrecorded teleportation to links, in float64."""

    visits: Float[Tensor, " n"]
    """p, the visit rate of each node."""
    edges: Float[Tensor, " e"]
    """F, the flow along each edge."""


def walk_flow(
    edge_index: Edges,
    num_nodes: int,
    edge_weight: Float[Tensor, " e"] | None = None,
    *,
    teleport: float = 0.15,
    iterations: int = 1000,
) -> WalkFlow:
    """Visit rates and edge flow of a random walk, p <- a e + (1 - a) p T, F = a A / sum A + (1 - a) diag(p) T.

    T is the row-stochastic A, rows without out-edges zero, and e the share of all weight that arrives at each
    node, where p starts. Where as much weight leaves each node as arrives, as in every undirected graph, p = e and
    F = A / sum A exactly, whatever the teleportation; nothing is iterated then.

    Args:
        edge_index: (2, e), from row 0 to row 1; both directions of an undirected edge.
        num_nodes: n.
        edge_weight: (e,), not negative, at any scale; None for ones.
        teleport: a, in [0, 1].
        iterations: most steps of the power iteration, which ends earlier where p no longer changes in float64.

    Returns:
        p and F, whose sums are 1 where every node that a walk reaches has out-edges, and less otherwise; zeros
        without edges.

    Raises:
        ValueError: edges or weights that do not fit, or a teleportation outside [0, 1].

    Example:
        >>> walk_flow(torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), 3).visits
        tensor([0.2500, 0.5000, 0.2500], dtype=torch.float64)
    """
    if not 0 <= teleport <= 1:
        raise ValueError(f"teleport must lie in [0, 1]; got {teleport}")
    weight = checked_weight(edge_index, num_nodes, edge_weight)
    source, target = edge_index.long()
    total = weight.sum()
    share = weight / torch.where(total > 0, total, 1)
    zeros = torch.zeros(num_nodes, dtype=share.dtype, device=share.device)
    out, into = zeros.index_add(0, source, share), zeros.index_add(0, target, share)
    if torch.allclose(out, into, rtol=1e-12, atol=0.0):
        return WalkFlow(into, share)
    step = share / torch.where(out > 0, out, 1)[source]
    matrix = csr_from_edges(target, source, (1 - teleport) * step, (num_nodes, num_nodes))
    p = into
    for _ in range(iterations):
        before, p = p, teleport * into + (matrix @ p[:, None])[:, 0]
        if float((p - before).abs().sum()) < 1e-16:
            break
    return WalkFlow(p, teleport * share + (1 - teleport) * p[source] * step)


def map_equation(
    assign: Float[Tensor, "n k"],
    edge_index: Edges,
    edge_weight: Float[Tensor, " e"] | None = None,
    *,
    teleport: float = 0.15,
) -> Float[Tensor, ""]:
    """Map equation of a soft partition in bits, with F of `walk_flow`, in O(e k); k x k is never formed.

    With C = S'FS, q = 1 - tr C, and for each module its exits q_m (row sums less diagonal), its entries e_m
    (column sums less diagonal) and p_m = q_m + column sum:

        L = q lg q - sum_m q_m lg q_m - sum_m e_m lg e_m - sum_u p_u lg p_u + sum_m p_m lg p_m

    For hard S on an undirected graph it is the two-level codelength of Infomap. No regularisation is needed: the
    number of modules follows from the minimum.

    Args:
        assign: S, (n, k), rows sum to 1; gradients reach it.
        edge_index: (2, e), from row 0 to row 1; both directions of an undirected edge.
        edge_weight: (e,), not negative, at any scale; None for ones.
        teleport: see `walk_flow`; without effect on an undirected graph.

    Returns:
        A scalar in float32 at least; the entropy of the visit rates where all nodes are in one module, 0 without
        edges.

    Raises:
        ValueError: an assignment, edges or weights that do not fit, or a teleportation outside [0, 1].

    Example:
        >>> two_pairs = torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]])
        >>> map_equation(torch.eye(2)[[0, 0, 1, 1]], two_pairs), map_equation(torch.ones(4, 1), two_pairs)
        (tensor(1.), tensor(2.))
    """
    check_assignment(assign)
    assign = at_least_float32(assign)
    shares = flow_shares(edge_index, len(assign), edge_weight, teleport=teleport, dtype=assign.dtype)
    return codelength_of(partition_sums(assign, shares), visit_entropy(shares.visits))


def flow_shares(
    edge_index: Edges,
    num_nodes: int,
    edge_weight: Float[Tensor, " e"] | None = None,
    *,
    teleport: float = 0.15,
    dtype: torch.dtype = torch.float32,
) -> LinkShares:
    """The flow of `walk_flow` as link shares; arguments and errors are those of `walk_flow`.

    Example:
        >>> flow_shares(torch.tensor([[0, 1], [1, 0]]), 2).visits
        tensor([0.5000, 0.5000])
    """
    flow = walk_flow(edge_index, num_nodes, edge_weight, teleport=teleport)
    return shares_of(edge_index, num_nodes, flow.edges, dtype, flow.visits)


def visit_entropy(visits: Float[Tensor, " n"]) -> Float[Tensor, ""]:
    """Entropy of the visit rates in bits, - sum_u p_u lg p_u.

    Args:
        visits: (n,), not negative.

    Example:
        >>> visit_entropy(torch.tensor([0.5, 0.5, 0.0]))
        tensor(1.)
    """
    return -_x_lg_x(visits).sum()


def codelength_of(sums: PartitionSums, entropy: Float[Tensor, ""]) -> Float[Tensor, ""]:
    """`map_equation` of sums that are known.

    Args:
        sums: of the partition, on the flow.
        entropy: of the visit rates.
    """
    exits, entries = (sums.out - sums.within).clamp(min=0), (sums.into - sums.within).clamp(min=0)
    leaving = (1 - sums.within.sum()).clamp(min=0)
    modules = _x_lg_x(exits + sums.into).sum() - _x_lg_x(exits).sum() - _x_lg_x(entries).sum()
    return _x_lg_x(leaving) + modules + entropy


def _x_lg_x(x: Tensor) -> Tensor:
    """Entropy term x log2 x; 0, with gradient 0, where x is not positive: there `xlogy(x, x)` has NaN."""
    return x * torch.where(x > 0, x, 1).log2()
