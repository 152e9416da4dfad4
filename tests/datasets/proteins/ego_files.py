"""Files in the layout of pretrain-gnns' processed ego networks, as old and as new versions of PyG write them."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
import torch_geometric.data.data as pyg
from torch_geometric.data import Data

SPECIES = (9606, 4932, 3702)


def ego(size: int, centre: int, species: int, positive: int) -> dict[str, torch.Tensor]:
    """A ring of proteins around one that is joined to all: edges in both directions, evidence by their ends."""
    others = [node for node in range(size) if node != centre]
    pairs = [*pairwise(others), *((node, centre) for node in others)]
    edges = [end for a, b in pairs for end in ((a, b), (b, a))]
    marks = torch.zeros(len(edges), 9)
    for place, (a, b) in enumerate(edges):
        marks[place, (a + b) % 7] = 1
    target = torch.zeros(40, dtype=torch.long)
    target[positive % 40 :: 3] = 1
    return {
        "x": torch.ones(size, 1),
        "edge_index": torch.tensor(edges).T,
        "edge_attr": marks,
        "species_id": torch.tensor([species]),
        "center_node_idx": torch.tensor([centre]),
        "go_target_downstream": target,
        "go_target_pretrain": torch.zeros(5, dtype=torch.long),
    }


def egos(n: int) -> list[dict[str, torch.Tensor]]:
    """A third of them human; the size says whether functions are positive."""
    return [ego(4 + i % 3, i % 4, SPECIES[i % 3], i % 3 + i % 2) for i in range(n)]


def collated(graphs: list[dict[str, torch.Tensor]]) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """All tensors concatenated, and where each graph starts in them."""
    tensors, slices = {}, {}
    for name in graphs[0]:
        axis = 1 if name == "edge_index" else 0
        parts = [graph[name] for graph in graphs]
        tensors[name] = torch.cat(parts, dim=axis)
        slices[name] = torch.tensor([0, *(part.size(axis) for part in parts)]).cumsum(0)
    return tensors, slices


def write_old(path: Path, tensors: dict[str, Any], slices: Any, monkeypatch) -> None:
    """As PyG 1.0 and torch 1.0 write it: attributes of `Data` itself, in the format without an archive."""

    class OldData:
        pass

    OldData.__module__, OldData.__qualname__ = "torch_geometric.data.data", "Data"
    record = OldData()
    vars(record).update({**tensors, "y": None, "pos": None, "norm": None, "face": None})
    path.parent.mkdir(parents=True, exist_ok=True)
    with monkeypatch.context() as patch:
        patch.setattr(pyg, "Data", OldData)
        torch.save((record, slices), path, _use_new_zipfile_serialization=False)


def write_new(path: Path, tensors: dict[str, Any], slices: Any) -> None:
    """As today's PyG does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save((Data(**tensors), slices), path)
