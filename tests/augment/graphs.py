"""Small graphs for the tests of the augmenters."""

import torch
from hypothesis import strategies as st
from torch_geometric.utils import to_undirected


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
