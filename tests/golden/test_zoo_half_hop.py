"""Half-Hop as the authors' own code makes it."""

import re
from pathlib import Path

import numpy as np
import torch
from torch_geometric.data import Data

from graphcl.augment import HalfHop
from tests.golden.arrays import Arrays


def test_half_hop(golden: Path):
    """The nodes drawn there are drawn here; the authors' code raises at p = 1, ours does not."""
    file = np.load(golden / "zoo" / "ssl" / "halfhop.npz")
    arrays = Arrays({name: torch.from_numpy(value) for name, value in file.items()})
    graph = Data(x=arrays["x"], edge_index=arrays["edge_index"])
    found = [match for match in map(re.compile(r"a([\d.]+)_p([\d.]+)_node_mask").fullmatch, arrays) if match]
    assert len(found) == 3
    for match in found:
        name = match[0].removesuffix("_node_mask")
        view = HalfHop(float(match[1]), arrays[match[0]].double())(graph, torch.Generator())
        for part in ("x", "edge_index", "slow_node_mask"):
            arrays.near(view[part], f"{name}_{part}")
    everyone = HalfHop(0.0, 1.0)(graph, torch.Generator())
    arrays.near(everyone.edge_index, "a0.0_p0.999999_edge_index")
    assert int(arrays["p1_raises"]) == 1
    masks = {match[0] for match in found}
    assert set(arrays) == arrays.compared | masks | {"x", "edge_index", "p1_raises"}
