"""Small graphs for the tests of the augmenters."""

import torch
from hypothesis import settings
from hypothesis import strategies as st
from torch_geometric.data import Batch, Data
from torch_geometric.utils import to_undirected

often = settings(max_examples=40, deadline=None)
seldom = settings(max_examples=8, deadline=None)
"""For tests whose examples are slow."""


@st.composite
def graphs(draw, *, undirected: bool = True, max_nodes: int = 12) -> tuple[torch.Tensor, int]:
    """Edges and the number of nodes: any graph, possibly without edges, with self loops and isolated nodes."""
    n = draw(st.integers(1, max_nodes))
    node = st.integers(0, n - 1)
    pairs = draw(st.lists(st.tuples(node, node), max_size=3 * n))
    edge_index = torch.tensor(pairs, dtype=torch.long).reshape(-1, 2).T.contiguous()
    return (to_undirected(edge_index, num_nodes=n) if undirected else edge_index), n


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def cycle(n: int) -> torch.Tensor:
    """A regular graph: 0 - 1 - ... - (n - 1) - 0."""
    node = torch.arange(n)
    return to_undirected(torch.stack([node, (node + 1) % n]))


def star(leaves: int) -> torch.Tensor:
    """Node 0 in the middle."""
    return to_undirected(torch.stack([torch.zeros(leaves, dtype=torch.long), torch.arange(1, leaves + 1)]))


NO_EDGES = torch.empty(2, 0, dtype=torch.long)


def numbered(edge_index: torch.Tensor, n: int, graph: int = 0) -> Data:
    """A graph whose attributes say which node, edge and graph of old they belong to."""
    edges = torch.arange(edge_index.size(1))
    return Data(
        x=torch.stack([torch.full((n,), float(graph)), torch.arange(n).float()], dim=1),
        edge_index=edge_index,
        edge_attr=torch.cat([edge_index, edges[None]]).T.float(),
        edge_weight=edges.double(),
        train_mask=torch.arange(n) % 2 == 0,
        y=torch.tensor([graph]),
    )


@st.composite
def batches(draw, *, undirected: bool = True) -> Batch:
    """One to four such graphs."""
    parts = draw(st.lists(graphs(undirected=undirected, max_nodes=6), min_size=1, max_size=4))
    return Batch.from_data_list([numbered(*part, graph=i) for i, part in enumerate(parts)])
