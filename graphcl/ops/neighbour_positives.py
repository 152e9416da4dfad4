"""Positives among nearest rows: those that are neighbours in the graph, or share a cluster with the node."""

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.typing import Edges, Nodes

ENTRIES = 2**24
"""Most similarities in memory at once: 64 MB in float32."""

Near = Int[Tensor, "n k"]


@torch.no_grad()
def nearest_rows(rows: Nodes, others: Nodes, k: int) -> Near:
    """The k rows of another matrix with the largest product with each row; row i is the first of its own.

    In blocks of rows: memory is linear in n, time quadratic.

    Args:
        rows: (n, d).
        others: (n, d), of the same nodes.
        k: how many, the node itself included; at most n are given.

    Returns:
        (n, min(k, n)), node numbers.

    Example:
        >>> nearest_rows(torch.eye(3), torch.eye(3)[[1, 0, 2]], 2)[:2]
        tensor([[0, 1],
                [1, 0]])
    """
    n = len(rows)
    with full_precision(rows):
        rows, others = at_least_float32(rows), at_least_float32(others)
        found = []
        for nodes in torch.arange(n, device=rows.device).split(max(ENTRIES // max(n, 1), 1)):
            products = rows[nodes] @ others.T
            products[torch.arange(len(nodes), device=rows.device), nodes] = torch.inf
            found.append(products.topk(min(k, n), dim=1).indices)
    return torch.cat([*found, torch.empty(0, min(k, n), dtype=torch.long, device=rows.device)])


def agreeing_pairs(near: Near, edge_index: Edges, labels: Int[Tensor, "runs n"]) -> Int[Tensor, "2 p"]:
    """The pairs of a node and one of its nearest rows that an edge joins, or that share a cluster in any run.

    A node and itself always are one.

    Args:
        near: (n, k), node numbers.
        edge_index: (2, e), in both directions.
        labels: (runs, n), a cluster of each node for each run; no run at all leaves the edges alone.

    Returns:
        (2, p), in the order of `near`.

    Example:
        >>> near, edges = torch.tensor([[0, 1], [1, 2], [2, 0]]), torch.tensor([[0, 1], [1, 0]])
        >>> agreeing_pairs(near, edges, torch.tensor([[0, 1, 1]]))
        tensor([[0, 0, 1, 1, 2],
                [0, 1, 1, 2, 2]])
    """
    n = len(near)
    own = torch.arange(n, device=near.device)[:, None].expand_as(near)
    joined = torch.isin(own * n + near, edge_index[0] * n + edge_index[1]) | (own == near)
    for run in labels:
        joined |= run[own] == run[near]
    return torch.stack([own[joined], near[joined]])
