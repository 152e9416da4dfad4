"""Easy data for the checklist of every method: one graph, one of several relations, many graphs."""

import torch
from torch_geometric.data import Data

from graphcl.datasets import load


def planted() -> Data:
    """An easy graph: three blocks of 50 nodes, told apart by edges and by features."""
    return load("planted-partition", nodes=150, blocks=3, degree_in=10.0, degree_out=1.0, signal=3.0).graph


def several() -> Data:
    """The same with two relations."""
    shape = {"nodes": 150, "blocks": 3, "degree_in": 10.0, "degree_out": 1.0}
    return load("planted-multiplex", signal=3.0, **shape).graph


def many(kind: str = "numbers") -> list[Data]:
    """Graphs of several sizes: parts of a planted partition, with features or categories of the kind."""
    whole = planted()
    parts = [whole.subgraph(torch.arange(start, start + 5 + start % 4)) for start in range(0, 140, 6)]
    for part in parts if kind != "numbers" else []:
        ends = part.edge_index.sum(0)
        if kind == "molecule":
            part.x = torch.stack([part.y + 5, part.y % 3], dim=1)
            part.edge_attr = torch.stack([ends % 4, ends % 3], dim=1)
        elif kind == "protein":
            part.x = torch.ones(part.num_nodes, 1, dtype=torch.long)
            part.edge_attr = (ends[:, None] >> torch.arange(9)) & 1
        else:
            part.x = torch.bincount(part.edge_index[0], minlength=part.num_nodes)[:, None]
    return parts


def unlabelled(data: Data) -> Data:
    """A copy without y, as training sees it."""
    return Data(**{name: value for name, value in data.to_dict().items() if name != "y"})
