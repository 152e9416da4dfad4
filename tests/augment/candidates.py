"""Random graphs for the tests of the augmenters, and what they look at in the outcome."""

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.graph_collection import GraphCollection


def random_graph(generator: torch.Generator, nodes: int, share: float = 0.3) -> Data:
    """An undirected graph whose edges have two categories; it may have isolated nodes, or no edge."""
    ends = torch.combinations(torch.arange(nodes)).T
    ends = ends[:, torch.rand(ends.size(1), generator=generator) < share]
    attr = torch.stack([ends[0] % 4, ends[1] % 3], dim=1)
    return Data(
        x=torch.randint(3, (nodes, 2), generator=generator),
        edge_index=torch.stack([ends, ends.flip(0)], dim=2).flatten(1),
        edge_attr=attr.repeat_interleave(2, dim=0),
    )


def random_batch(seed: int, graphs: int = 6, largest: int = 12, share: float = 0.3) -> Data:
    generator = torch.Generator().manual_seed(seed)
    sizes = torch.randint(1, largest + 1, (graphs,), generator=generator).tolist()
    collection = GraphCollection.of([random_graph(generator, n, share) for n in sizes])
    return collection.batch(range(graphs))


def edge_sets(batch: Data) -> list[set[tuple[int, int]]]:
    """The edges of each graph of a batch, both ends numbered within it."""
    sets: list[set[tuple[int, int]]] = [set() for _ in range(len(batch.ptr) - 1)]
    for u, v in batch.edge_index.T.tolist():
        graph = int(torch.searchsorted(batch.ptr, u, right=True)) - 1
        assert batch.ptr[graph] <= v < batch.ptr[graph + 1]
        pair = (u - int(batch.ptr[graph]), v - int(batch.ptr[graph]))
        assert pair not in sets[graph], "an edge stands twice"
        assert u != v
        sets[graph].add(pair)
    return sets


def presence(batch: Data, nodes: int) -> Tensor:
    """How often each pair is an edge in copies of one graph, (nodes, nodes)."""
    u, v = batch.edge_index % nodes
    return torch.bincount(u * nodes + v, minlength=nodes**2).view(nodes, nodes)
