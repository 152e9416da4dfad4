"""Collections of graphs for the tests of graph-level evaluation."""

import networkx as nx
import torch
from torch import Tensor


def disjoint(graphs: list[nx.Graph]) -> tuple[Tensor, Tensor, Tensor]:
    """x (one category, or the attribute `kind`), edge_index and batch of graphs as one disconnected graph."""
    x, edges, batch = [], [], []
    for number, graph in enumerate(graphs):
        first = len(x)
        place = {node: first + i for i, node in enumerate(graph.nodes)}
        x += [[kind] for _, kind in graph.nodes(data="kind", default=0)]
        edges += [(place[a], place[b]) for u, v in graph.edges for a, b in ((u, v), (v, u))]
        batch += [number] * len(graph)
    return torch.tensor(x), torch.tensor(edges).T.reshape(2, -1).long(), torch.tensor(batch)
