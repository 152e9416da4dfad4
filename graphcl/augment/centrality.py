"""Node centralities: degree, PageRank, the lazy walk of GCA's and gCooL's code, eigenvector; all sparse.

They are computed in float64 on the device of the edges. Degree and eigenvector centrality are those of the
symmetrised graph, in which a repeated edge counts once; in the others it counts as often as it occurs.
"""

from collections.abc import Callable
from typing import Literal

import torch
from jaxtyping import Float
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from torch import Tensor

from graphcl.augment.checks import check_num_nodes, check_share, check_some_nodes
from graphcl.ops.graph_matrices.edges import undirected_edges
from graphcl.ops.graph_matrices.sparse import csr_from_edges
from graphcl.typing import Edges

Centrality = Literal["degree", "pagerank", "lazy-walk", "eigenvector"]
"""The names of the node centralities."""

DAMPING = 0.85
"""The probability that a walk follows an edge."""

STEPS, LAZY_STEPS = 200, 10
"""Iterations; those of the lazy walk for columns in the published code of GCA and gCooL."""


def steps_for_columns(centrality: Centrality) -> int:
    """Iterations of a centrality for columns in the published code of GCA and gCooL; for edges it is always 200.

    Example:
        >>> steps_for_columns("lazy-walk"), steps_for_columns("eigenvector")
        (10, 200)
    """
    return LAZY_STEPS if centrality == "lazy-walk" else STEPS


def node_centrality(
    edge_index: Edges, num_nodes: int, centrality: Centrality, *, steps: int = STEPS
) -> Float[Tensor, " n"]:
    """Compute a node centrality by name.

    Args:
        edge_index: (2, e), node numbers in [0, num_nodes).
        num_nodes: n, isolated nodes included.
        centrality: "degree", "pagerank", "lazy-walk" or "eigenvector"; see the functions of these names.
        steps: iterations, at least 0; the degree needs none.

    Returns:
        (n,), non-negative, float64.

    Raises:
        ValueError: an unknown name, too few nodes for the edges, or negative steps.

    Example:
        >>> node_centrality(torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), 4, "degree")
        tensor([1., 2., 1., 0.], dtype=torch.float64)
    """
    if centrality == "degree":
        return degree_centrality(edge_index, num_nodes)
    iterations = {"pagerank": pagerank, "lazy-walk": lazy_walk, "eigenvector": eigenvector_centrality}
    if centrality not in iterations:
        raise ValueError(f"centrality must be one of degree, {', '.join(iterations)}; got {centrality!r}")
    return iterations[centrality](edge_index, num_nodes, steps=steps)


def degree_centrality(edge_index: Edges, num_nodes: int) -> Float[Tensor, " n"]:
    """The number of neighbours in the symmetrised graph, in which an edge counts once.

    Raises:
        ValueError: too few nodes for the edges.

    Example:
        >>> degree_centrality(torch.tensor([[0, 0], [1, 1]]), 2)
        tensor([1., 1.], dtype=torch.float64)
    """
    check_num_nodes(edge_index, num_nodes)
    target = undirected_edges(edge_index.long(), num_nodes)[1]
    return torch.bincount(target, minlength=num_nodes).double()


def pagerank(
    edge_index: Edges, num_nodes: int, *, steps: int = STEPS, damping: float = DAMPING
) -> Float[Tensor, " n"]:
    """PageRank: x <- (1 - d) / n + d (sum over u -> v of x_u / outdegree_u + the mass of dead ends / n).

    Not what the code of GCA and gCooL computes under this name, which is `lazy_walk`. After k iterations the
    sum of absolute errors is at most 2 d^k.

    Args:
        edge_index: (2, e), followed from row 0 to row 1.
        num_nodes: n, at least 1.
        steps: iterations from the uniform distribution, at least 0.
        damping: d, in [0, 1).

    Returns:
        (n,), sums to 1.

    Raises:
        ValueError: too few nodes for the edges, negative steps, or a damping outside [0, 1).

    Example:
        >>> pagerank(torch.tensor([[0, 1], [1, 0]]), 2)
        tensor([0.5000, 0.5000], dtype=torch.float64)

    Reference: [Page, Brin, Motwani, Winograd, 1999].
    """
    if not 0 <= damping < 1:
        raise ValueError(f"damping must lie in [0, 1); got {damping}")
    _check(edge_index, num_nodes, steps)
    walk, dead_end = _walk(edge_index, num_nodes)

    def step(x: Tensor) -> Tensor:
        return (1 - damping) / num_nodes + damping * (walk @ x + (x * dead_end).sum() / num_nodes)

    uniform = torch.full((num_nodes,), 1 / num_nodes, dtype=torch.float64, device=edge_index.device)
    return _iterate(step, uniform, steps)


def lazy_walk(
    edge_index: Edges, num_nodes: int, *, steps: int = STEPS, damping: float = DAMPING
) -> Float[Tensor, " n"]:
    """The "PageRank" of the published code: x <- (1 - d) x + d sum over u -> v of x_u / outdegree_u, from ones.

    It keeps a share of a node's own value where PageRank jumps to any node, so it is a lazy random walk. On an
    undirected graph it tends, within each component, to a multiple of the degree; an isolated node decays as
    (1 - d)^k.

    Args:
        edge_index: (2, e), followed from row 0 to row 1.
        num_nodes: n, at least 1.
        steps: k, iterations; the published code takes 200 for edges and 10 for features.
        damping: d, in [0, 1].

    Returns:
        (n,), sums to n where every node has an out-edge.

    Raises:
        ValueError: too few nodes for the edges, negative steps, or a damping outside [0, 1].

    Example:
        >>> lazy_walk(torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]), 3)   # 3 nodes * degree / 4 arcs
        tensor([0.7500, 1.5000, 0.7500], dtype=torch.float64)

    Reference: gCooL [Li, Jing, Tong, WWW 2022, arXiv 2110.14863] after GCA [Zhu et al., WWW 2021].
    """
    check_share("damping", damping)
    _check(edge_index, num_nodes, steps)
    walk, _ = _walk(edge_index, num_nodes)
    ones = torch.ones(num_nodes, dtype=torch.float64, device=edge_index.device)
    return _iterate(lambda x: (1 - damping) * x + damping * (walk @ x), ones, steps)


def eigenvector_centrality(edge_index: Edges, num_nodes: int, *, steps: int = STEPS) -> Float[Tensor, " n"]:
    """The leading eigenvector of each connected component of the symmetrised graph, by power iteration.

    A is shifted by the identity, without which a bipartite graph would oscillate. The vector of a component of m
    nodes has length sqrt(m / n), so that of a connected graph has length 1; a node without edges has value 0.
    A single vector for a disconnected graph would be zero on all components but one. The error shrinks
    by (1 + lambda_2) / (1 + lambda_1) per iteration, with the eigenvalues lambda of the component.

    Args:
        edge_index: (2, e).
        num_nodes: n, at least 1.
        steps: iterations, at least 0.

    Returns:
        (n,), non-negative.

    Raises:
        ValueError: too few nodes for the edges, or negative steps.

    Example:
        >>> two_pairs = torch.tensor([[0, 2], [1, 3]])
        >>> eigenvector_centrality(two_pairs, 5)
        tensor([0.4472, 0.4472, 0.4472, 0.4472, 0.0000], dtype=torch.float64)

    Reference: [Bonacich, Journal of Mathematical Sociology 1972].
    """
    _check(edge_index, num_nodes, steps)
    source, target = undirected_edges(edge_index.long(), num_nodes)
    ones = torch.ones(len(source), dtype=torch.float64, device=source.device)
    adjacency = csr_from_edges(target, source, ones, (num_nodes, num_nodes))
    pattern = coo_array((ones.cpu(), (source.cpu(), target.cpu())), shape=(num_nodes, num_nodes))
    component = torch.from_numpy(connected_components(pattern, directed=False)[1]).long().to(source.device)
    share = torch.bincount(component).double() / num_nodes
    start = _scaled((torch.bincount(target, minlength=num_nodes) > 0).double(), component, share)
    return _iterate(lambda x: _scaled(x + adjacency @ x, component, share), start, steps)


def _check(edge_index: Edges, num_nodes: int, steps: int) -> None:
    check_some_nodes(edge_index, num_nodes)
    if steps < 0:
        raise ValueError(f"steps must be at least 0; got {steps}")


def _iterate(step: Callable[[Tensor], Tensor], x: Tensor, steps: int) -> Tensor:
    """The value after `steps` steps from x, in fewer once the values repeat (Brent's search for a cycle, 1980).

    Rounding ends a convergent iteration in a fixed point, or in a cycle of few values.
    """
    kept, age, until = x, 0, 1
    for taken in range(1, steps + 1):
        x, age = step(x), age + 1
        if torch.equal(x, kept):  # a cycle of `age` steps
            for _ in range((steps - taken) % age):
                x = step(x)
            break
        if age == until:
            kept, age, until = x, 0, 2 * until
    return x


def _scaled(x: Tensor, component: Tensor, share: Tensor) -> Tensor:
    """Values with the sum of squares in each component that `share` says; zeros stay zeros."""
    square = torch.zeros_like(share).index_add(0, component, x.square())
    return x * torch.where(square > 0, share / square, 0).sqrt()[component]


def _walk(edge_index: Edges, num_nodes: int) -> tuple[Tensor, Tensor]:
    """The matrix that moves the mass of each node along its out-edges, and which nodes have none (1 or 0)."""
    source, target = edge_index.long()  # codes of entries exceed 32 bits
    degree = torch.bincount(source, minlength=num_nodes).double()
    return csr_from_edges(target, source, 1 / degree[source], (num_nodes, num_nodes)), (degree == 0).double()
