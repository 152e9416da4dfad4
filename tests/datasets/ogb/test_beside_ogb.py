"""The package ogb reads our fixtures too, on its first opening, and finds the graphs that our readers find."""

import numpy as np
import pytest
import torch

from graphcl.datasets import load
from graphcl.datasets.edges import undirected
from graphcl.ogb_package import import_ogb
from tests.datasets.ogb.layouts import node_set, write_link_set, write_molecule_set, write_node_set
from tests.datasets.ogb.test_node_sets import SMALL, root  # noqa: F401


def both_ways(graph):
    """Edges of ogb's graph as ours are: each in both directions once, no loops."""
    return undirected(torch.from_numpy(np.asarray(graph["edge_index"])), int(graph["num_nodes"]))


@pytest.mark.parametrize("name", ["ogbn-arxiv", "ogbn-products", "ogbn-papers100M"])
def test_nodes(root, name):  # noqa: F811
    write_node_set(root, name.lower(), node_set(name.lower()))
    ours = load(name, root, **SMALL)
    graph, y = (theirs := import_ogb("ogb.nodeproppred").NodePropPredDataset(name, root=str(root / "ogb")))[0]
    assert torch.equal(ours.graph.edge_index, both_ways(graph))
    assert torch.equal(ours.graph.x, torch.from_numpy(graph["node_feat"]))
    assert torch.equal(ours.graph.y, torch.from_numpy(y.reshape(-1).astype(np.int64)))
    for mine, part in (("train", "train"), ("val", "valid"), ("test", "test")):
        assert ours.splits[mine].nonzero()[:, 0].tolist() == sorted(theirs.get_idx_split()[part].tolist())


def test_links(root):  # noqa: F811
    write_link_set(root)
    ours = load("ogbl-collab", root, **SMALL)
    graph = import_ogb("ogb.linkproppred").LinkPropPredDataset("ogbl-collab", root=str(root / "ogb"))[0]
    assert torch.equal(ours.graph.edge_index, both_ways(graph))
    torch.testing.assert_close(ours.graph.x, torch.from_numpy(graph["node_feat"]))


@pytest.mark.parametrize("name", ["ogbg-molhiv", "ogbg-molpcba"])
def test_molecules(root, name):  # noqa: F811
    write_molecule_set(root, name)
    ours = load(name, root, **SMALL)
    theirs = import_ogb("ogb.graphproppred").GraphPropPredDataset(name, root=str(root / "ogb"))
    assert len(ours.graphs) == len(theirs)
    for number, graph in enumerate(ours.graphs):
        other, y = theirs[number]
        kinds = other["edge_feat"][:, 0]
        assert np.array_equal(graph.edge_index, other["edge_index"])
        assert np.array_equal(graph.x[:, 0], np.minimum(other["node_feat"][:, 0], 117))
        assert np.array_equal(graph.edge_attr[:, 0], np.where(kinds < 4, kinds, 0))
        np.testing.assert_array_equal(ours.graphs.y[number], y)
    parts = theirs.get_idx_split()
    assert {part: index.tolist() for part, index in ours.splits.items()} == {
        "train": parts["train"].tolist(), "val": parts["valid"].tolist(), "test": parts["test"].tolist()
    }  # fmt: skip
