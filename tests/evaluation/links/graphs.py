"""Graphs for the tests of link prediction."""

import networkx as nx
import torch
from torch import Tensor


def both_ways(edges) -> Tensor:
    pairs = torch.tensor(list(edges), dtype=torch.long).T.reshape(2, -1)
    return torch.cat([pairs, pairs.flip(0)], dim=1)


def blocks(n: int = 90, seed: int = 0) -> Tensor:
    """Edges of three dense blocks."""
    graph = nx.planted_partition_graph(3, n // 3, 0.35, 0.02, seed=seed)
    return both_ways(graph.edges)


def many(sizes=(5, 30, 4, 12), seed: int = 0) -> tuple[Tensor, Tensor]:
    """Edges of several graphs, the third a complete one, and the graph of each node."""
    edges, first = [], 0
    for number, size in enumerate(sizes):
        graph = nx.complete_graph(size) if number == 2 else nx.gnp_random_graph(size, 0.5, seed=seed + number)
        edges += [(a + first, b + first) for a, b in graph.edges]
        first += size
    return both_ways(edges), torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))


def as_set(pairs: Tensor) -> set[tuple[int, int]]:
    """Unordered pairs."""
    return {(min(u, v), max(u, v)) for u, v in pairs.T.tolist()}
