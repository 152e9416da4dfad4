"""The graphs that are measured on, made of random numbers: no file and no network is needed."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.datasets import GraphCollection

FEATURES, BLOCKS, INSIDE, EXPONENT = 128, 40, 0.65, 2.5
"""Columns of x, blocks, share of the edges within blocks, exponent of the degrees' power law."""


@dataclass(frozen=True)
class Sizes:
    """How much is measured; the defaults are those of the report, `TINY` those of a test on a CPU."""

    nodes: int = 169_343
    edges: int = 1_166_243
    hidden: int = 256
    out: int = 128
    widths: tuple[int, ...] = (500, 500, 2000)
    batch: int = 1024
    molecules: int = 4096
    graphs: int = 256
    channels: int = 300
    rows: int = 1_000_000
    copied: int = 2**28
    square: int = 8192
    steps: int = 10
    cap: float = 15.0


TINY = Sizes(300, 1200, 8, 4, (8,), 64, 24, 8, 8, 3000, 10_000, 64, 2, 5.0)


def arxiv_like(sizes: Sizes) -> Data:
    """A planted partition with power-law degrees, of the size of ogbn-arxiv; each edge once, features by block."""
    generator = torch.Generator().manual_seed(0)
    n, m = sizes.nodes, sizes.edges
    block = torch.arange(n) * BLOCKS // n
    weight = (1 - torch.rand(n, generator=generator, dtype=torch.double)) ** (-1 / (EXPONENT - 1))
    ends = weight.clamp(max=n**0.5).cumsum(0)
    source = pick(ends, torch.zeros(m).double(), ends[-1].expand(m), generator)
    first = torch.searchsorted(block, block[source])
    last = torch.searchsorted(block, block[source], right=True) - 1
    start = torch.where(first > 0, ends[(first - 1).clamp(min=0)], 0.0)
    inside = torch.rand(m, generator=generator) < INSIDE
    low, high = torch.where(inside, start, 0.0), torch.where(inside, ends[last], ends[-1])
    target = pick(ends, low, high, generator)
    place = torch.randperm(n, generator=generator)  # so that blocks are not neighbours in memory
    edge_index = place[torch.stack([source, target])[:, source != target]]
    centres = torch.randn(BLOCKS, FEATURES, generator=generator)
    x = torch.empty(n, FEATURES)
    x[place] = centres[block] + torch.randn(n, FEATURES, generator=generator)
    return Data(x=x, edge_index=edge_index)


def pick(ends: Tensor, low: Tensor, high: Tensor, generator: torch.Generator) -> Tensor:
    """Nodes drawn with the weights whose running sums are `ends`, from an interval of these sums each."""
    at = low + (high - low) * torch.rand(len(low), generator=generator, dtype=torch.double)
    return torch.searchsorted(ends, at, right=True).clamp(max=len(ends) - 1)


def molecules(count: int) -> GraphCollection:
    """Graphs like molecules: trees of 10 to 45 atoms of small degree with a ring bond for every eighth atom."""
    generator = torch.Generator().manual_seed(0)
    atoms = torch.randint(10, 46, (count,), generator=generator)
    node_ptr = torch.cat([torch.zeros(1).long(), atoms.cumsum(0)])
    graph = torch.repeat_interleave(torch.arange(count), atoms)
    place = torch.arange(len(graph)) - node_ptr[graph]
    back = 1 + (torch.rand(len(graph), generator=generator) * place.clamp(max=3)).long()
    tree, ring = place > 0, (place % 8 == 7)
    child = torch.cat([torch.arange(len(graph))[tree], torch.arange(len(graph))[ring]])
    parent = torch.cat([place[tree] - back[tree], place[ring] - 5])
    owner, ends = graph[child], torch.stack([place[child], parent])
    order = torch.argsort(torch.cat([owner, owner]), stable=True)
    edge_index = torch.cat([ends, ends.flip(0)], dim=1)[:, order]
    edge_ptr = torch.cat(
        [torch.zeros(1).long(), torch.bincount(torch.cat([owner, owner]), minlength=count).cumsum(0)]
    )
    kinds = torch.tensor([5, 5, 5, 6, 7])
    x = torch.stack(
        [kinds[torch.randint(5, (len(graph),), generator=generator)], torch.zeros(len(graph)).long()], 1
    )
    bond = torch.randint(3, (len(owner),), generator=generator).repeat(2)[order]
    edge_attr = torch.stack([bond, torch.zeros_like(bond)], dim=1)
    return GraphCollection(x, edge_index, node_ptr, edge_ptr, edge_attr)
