"""Small labelled sets of molecules: chains of carbon, in some of which an atom is oxygen, the label."""

from dataclasses import replace
from itertools import pairwise

import torch
from torch_geometric.data import Data

from graphcl.datasets import GraphCollection, GraphCollectionDataset

CARBON, OXYGEN = 5, 7


def chain(length: int, oxygens: int) -> Data:
    first = torch.arange(length - 1)
    pairs = torch.stack([torch.stack([first, first + 1]), torch.stack([first + 1, first])], dim=2).flatten(1)
    x = torch.tensor([[OXYGEN if place < oxygens else CARBON, 0] for place in range(length)])
    return Data(x=x, edge_index=pairs, edge_attr=torch.zeros(pairs.size(1), 2, dtype=torch.long))


def labelled(n: int = 40, *, y: torch.Tensor | None = None, **changes) -> GraphCollectionDataset:
    """Chains of 3 to 6 atoms; the one task by default is whether the first atom is oxygen."""
    graphs = GraphCollection.of([chain(3 + i // 2 % 4, i % 2) for i in range(n)])
    y = (torch.arange(n) % 2)[:, None].float() if y is None else y
    tasks = tuple(f"task {column}" for column in range(y.size(1))) if y.dim() == 2 else ()
    bounds = [0, n // 2, 3 * n // 4, n]
    parts = [torch.arange(a, b) for a, b in pairwise(bounds)]
    splits = dict(zip(("train", "val", "test"), parts, strict=True))
    return replace(GraphCollectionDataset("chains", replace(graphs, y=y), tasks=tasks, splits=splits), **changes)
