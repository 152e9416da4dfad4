"""Small graphs, assignments and naive loops for the tests of soft partitions."""

import torch
from torch import Tensor


def random_graph(n: int = 9, *, directed: bool = False, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Edges with a self loop and weights in float64; no node is without in- and out-edges."""
    generator = torch.Generator().manual_seed(seed)
    weight = torch.rand(n, n, dtype=torch.float64, generator=generator)
    weight *= torch.rand(n, n, generator=generator) < 0.4
    weight += 0.5 * torch.roll(torch.eye(n, dtype=torch.float64), 1, 0)
    weight[0, 0] = 0.7
    if not directed:
        weight = weight + weight.T
    edges = weight.nonzero().T
    return edges, weight[tuple(edges)]


def dense(edges: Tensor, weight: Tensor | None, n: int) -> Tensor:
    values = torch.ones(edges.size(1), dtype=torch.float64) if weight is None else weight.double()
    return torch.zeros(n, n, dtype=torch.float64).index_put(tuple(edges), values, accumulate=True)


def soft(n: int = 9, k: int = 3, seed: int = 1) -> Tensor:
    return torch.randn(n, k, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)).softmax(1)


def triangles() -> Tensor:
    """Two triangles, 0-1-2 and 3-4-5, joined by the edge 2-3."""
    ends = torch.tensor([[0, 0, 1, 2, 3, 3, 4], [1, 2, 2, 3, 4, 5, 5]])
    return torch.cat([ends, ends.flip(0)], 1)
