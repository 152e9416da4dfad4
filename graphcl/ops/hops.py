"""Distances in hops by breadth-first search, in all graphs of a batch at once."""

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.typing import Edges


def hop_distances(starts: Int[Tensor, " s"], edge_index: Edges, n: int, limit: int) -> Int[Tensor, " n"]:
    """Breadth-first search: the number of edges from the nearest start to each node, up to a limit.

    Args:
        starts: nodes at distance 0, for instance one in each graph of a batch.
        edge_index: (2, e), followed from row 0 to row 1.
        n: number of nodes.
        limit: at least 0; that many passes over the edges are made.

    Returns:
        (n,), limit + 1 for nodes that are farther away or cannot be reached.

    Example:
        >>> path = torch.tensor([[0, 1, 2, 3], [1, 2, 3, 4]])
        >>> hop_distances(torch.tensor([0]), path, 6, 2)
        tensor([0, 1, 2, 3, 3, 3])
    """
    distance = torch.full((n,), limit + 1, device=edge_index.device)
    distance[starts] = 0
    source, target = edge_index
    for _ in range(limit):
        distance = distance.scatter_reduce(0, target, distance[source] + 1, "amin")
    return distance


def any_at_distance(ptr: Int[Tensor, " bounds"], edge_index: Edges, hops: int) -> bool:
    """Whether any graph of a batch has two nodes whose distance is so many hops.

    In each graph searches start at one node after the other, first at the one of highest degree. A node v from
    which one started bounds the distances from any node u of its component by d(u, v) + max d(., v): where that
    is too little, u need not be tried, so that few searches are enough in most graphs.

    Args:
        ptr: where the nodes of each graph start, from 0.
        edge_index: (2, e), both directions of every edge.
        hops: at least 1.

    Example:
        >>> path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> [any_at_distance(torch.tensor([0, 3]), path, hops) for hops in (1, 2, 3)]
        [True, True, False]

    Reference: [Takes, Kosters, "Determining the diameter of small world networks", CIKM 2011].
    """
    graphs, n = len(ptr) - 1, int(ptr[-1])
    graph = torch.repeat_interleave(torch.arange(graphs, device=ptr.device), ptr.diff(), output_size=n)
    rank = torch.bincount(edge_index[0], minlength=n)
    untried, bound = rank > 0, torch.full((n,), n, device=ptr.device)
    while bool(untried.any()):
        starts = _first_of_highest(rank.masked_fill(~untried, -1), untried, graph, graphs)
        distance = hop_distances(starts, edge_index, n, hops)
        if bool((distance == hops).any()):
            return True
        reached = distance < hops  # the whole component of each start
        farthest = torch.zeros_like(ptr[1:]).scatter_reduce(0, graph, distance * reached, "amax")
        bound = torch.where(reached, torch.minimum(bound, distance + farthest[graph]), bound)
        untried &= bound >= hops
        untried[starts] = False
        rank = bound
    return False


def _first_of_highest(rank: Tensor, among: Tensor, graph: Tensor, graphs: int) -> Tensor:
    """Of each graph the first node of the highest rank, of those that have any."""
    highest = rank.new_full((graphs,), -1).scatter_reduce(0, graph, rank, "amax")
    found = (among & (rank == highest[graph])).nonzero()[:, 0]
    first = rank.new_full((graphs,), len(rank)).scatter_reduce(0, graph[found], found, "amin")
    return first[first < len(rank)]
