"""Dense community aggregation (DeCA): the share of edges inside the communities of a soft clustering.

[Li, Jing, Tong, "Graph Communal Contrastive Learning", WWW 2022, arXiv 2110.14863]. The form "reference" follows
the authors' code; "null_model" is ours.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.graph_matrices.sparse import csr_from_edges
from graphcl.ops.graph_matrices.sparse_product import multiply
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Edges

Form = Literal["reference", "null_model"]
"""The term that keeps all nodes from joining one community: tr R'R (published), or a modularity null model."""


def community_edges(assign: Float[Tensor, "n k"], edge_index: Edges) -> Float[Tensor, "k k"]:
    """Soft edge counts between communities, E = R'AR, in O(e k + n k^2) without an n x n matrix.

    Args:
        assign: R, soft assignment, (n, k); gradients reach it.
        edge_index: (2, e), each direction an edge of its own; duplicates count once, a self loop counts.

    Returns:
        E, (k, k), in float32 at least: E_kl counts edges from community k to community l. Its sum is the number of
        distinct edges if the rows of R sum to 1.

    Raises:
        ValueError: an edge with a node outside [0, n).

    Example:
        >>> community_edges(torch.eye(3)[:, :2], torch.tensor([[0, 0, 1], [1, 1, 0]]))
        tensor([[0., 1.],
                [1., 0.]])
    """
    assign = at_least_float32(assign)
    return _edges_between(assign, _adjacency(edge_index, len(assign), assign.dtype))


def edge_density(assign: Float[Tensor, "n k"], edge_index: Edges) -> Float[Tensor, "k k"]:
    """Edge density between communities: D_kl = E_kl / (s_k s_l), s = R'1, the share of possible edges.

    Args:
        assign: R, soft assignment, (n, k).
        edge_index: as for `community_edges`.

    Returns:
        D, (k, k); 0 for an empty community.

    Raises:
        ValueError: an edge with a node outside [0, n).

    Example:
        >>> edge_density(torch.eye(2), torch.tensor([[0, 1], [1, 0]]))
        tensor([[0., 1.],
                [1., 0.]])
    """
    size = at_least_float32(assign).sum(0)
    pairs = size[:, None] * size
    return community_edges(assign, edge_index) / torch.where(pairs > 0, pairs, 1)


def dense_community_aggregation(
    assign: Float[Tensor, "n k"], edge_index: Edges, *, inter_weight: float = 1.0, form: Form = "reference"
) -> Float[Tensor, ""]:
    """DeCA loss: rewards edges inside communities and penalises edges between them.

    With E = R'AR, lambda the `inter_weight`, m = n (n - 1) pairs and |E| distinct edges, d = |E| / m:

        reference   ( lambda sum E - (n - 1 + lambda) tr E ) / m + tr(R'R) / 2n
        null_model  lambda (|E| - tr E) / m - ( tr E - d |R'1|^2 ) / n

    The global minimum of "reference" is one community per connected component, and lambda has little effect on it:
    its last term favours soft assignments, not balanced ones. "null_model" subtracts from each community the edges
    expected at random for its size, as modularity does; it is ours.

    Args:
        assign: R, soft assignment, (n, k), rows sum to 1; gradients reach it.
        edge_index: (2, e), each direction an edge of its own; duplicates count once, a self loop counts.
        inter_weight: lambda, at least 0.
        form: "reference" or "null_model".

    Returns:
        A scalar in float32 at least; without edges, the size term alone.

    Raises:
        ValueError: an unknown form, a negative `inter_weight`, or an edge with a node outside [0, n).

    Example:
        >>> triangle = torch.tensor([[0, 1, 1, 2, 2, 0], [1, 0, 2, 1, 0, 2]])
        >>> dense_community_aggregation(torch.ones(3, 1), triangle)  # -tr E / n + 1 / 2
        tensor(-1.5000)

    Reference:
        [Li, Jing, Tong, WWW 2022, arXiv 2110.14863], the intra- and inter-community terms as in the authors' code.
    """
    if not inter_weight >= 0:
        raise ValueError(f"inter_weight must not be negative; got {inter_weight}")
    assign = at_least_float32(assign)
    n = len(assign)
    pairs = max(n * (n - 1), 1)
    adjacency = _adjacency(edge_index, n, assign.dtype)
    edges = _edges_between(assign, adjacency)
    inside = edges.trace()
    if form == "reference":
        links = (inter_weight * edges.sum() - (n - 1 + inter_weight) * inside) / pairs
        return links + assign.square().sum() / (2 * n)
    if form == "null_model":
        total = len(adjacency.values())
        expected = total / pairs * assign.sum(0).square().sum()
        return inter_weight * (total - inside) / pairs - (inside - expected) / n
    raise ValueError(f"form must be reference or null_model; got {form!r}")


def _edges_between(assign: Tensor, adjacency: Tensor) -> Tensor:
    """R'AR."""
    with full_precision(assign):
        return assign.T @ multiply(adjacency, assign)


def _adjacency(edge_index: Edges, n: int, dtype: torch.dtype) -> Tensor:
    """The 0/1 adjacency matrix of the distinct edges, CSR."""
    if edge_index.numel() and not 0 <= edge_index.min() <= edge_index.max() < n:
        found = f"{int(edge_index.min())} to {int(edge_index.max())}"
        raise ValueError(f"edge_index must name nodes in [0, {n}), the rows of assign; got {found}")
    sources, targets = edge_index.long()  # codes of edges are up to n^2
    edges = torch.unique(sources * n + targets)
    ones = torch.ones(len(edges), dtype=dtype, device=edges.device)
    return csr_from_edges(edges // n, edges % n, ones, (n, n))
