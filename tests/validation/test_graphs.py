"""Checks of many graphs: structure, features, categories, and both directions of edges."""

from dataclasses import replace

import pytest
import torch
from torch_geometric.data import Data

from graphcl.datasets import GraphCollection
from graphcl.validation import check_both_directions, check_graphs

X, EDGES = torch.ones(3, 2), torch.tensor([[0, 1], [1, 2]])


def collection(**changes):
    graphs = GraphCollection.of([Data(x=X, edge_index=EDGES), Data(x=X[:1], edge_index=EDGES[:, :0])])
    return replace(graphs, **changes)


def test_graphs_keep_structure_and_features_alone():
    graphs = check_graphs(collection(x=torch.ones(4, 2).byte(), y=torch.ones(2, 1)))
    assert graphs.x.dtype == torch.float32
    assert graphs.y is None
    kinds = {"x": torch.ones(4, 2).byte(), "edge_attr": torch.ones(2, 1).byte()}
    categories = check_graphs(collection(**kinds), features="categories", accepts_edge_attr=True)
    assert categories.x.dtype == torch.uint8
    assert categories.batch([0]).x.dtype == torch.int64
    assert len(check_graphs([Data(x=X, edge_index=EDGES)])) == 1


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({"edge_attr": torch.ones(2, 1)}, {}, r"edge_attr is not used .*replace\(graphs, edge_attr=None\)"),
        ({"x": torch.ones(4, 2) / 0}, {}, "x must be finite; got 8 NaN or infinite entries"),
        ({"node_ptr": torch.tensor([0, 4, 4])}, {}, "every graph must have a node; got 1 without; remove them"),
        ({"edge_index": EDGES + 1}, {}, r"must lie in \[0, 3\), the nodes of graph 0; got an edge of \[2, 3\]"),
        ({"edge_index": EDGES - 1}, {}, r"must lie in \[0, 3\), the nodes of graph 0; got an edge of \[-1, 0\]"),
        ({"edge_ptr": torch.tensor([0, 1, 2])}, {}, r"\[0, 1\), the nodes of graph 1; got an edge of \[1, 2\]"),
        ({}, {"features": "categories"}, "x must hold categories, which are integers; got torch.float32"),
        (
            {"x": -torch.ones(4, 2).long()},
            {"features": "categories"},
            "x must hold categories of at least 0; got",
        ),
        (
            {"x": torch.ones(4, 2).long(), "edge_attr": torch.ones(2, 1)},
            {"features": "categories", "accepts_edge_attr": True},
            "edge_attr must hold categories, which are integers; got torch.float32",
        ),
    ],
)
def test_graphs_that_cannot_be_worked_on_are_refused(changes, options, message):
    with pytest.raises(ValueError, match=message):
        check_graphs(collection(**changes), **options)


def test_a_list_of_graphs_is_checked_as_a_collection_is():
    weighted = Data(x=X, edge_index=EDGES, edge_weight=torch.ones(2))
    with pytest.raises(ValueError, match="edge_weight is not used by this method"):
        check_graphs([Data(x=X, edge_index=EDGES), weighted])
    with pytest.raises(TypeError, match="must be a torch_geometric Data; got Tensor"):
        check_graphs([X])
    with pytest.raises(ValueError, match=r"the nodes of graph 1"):
        check_graphs([Data(x=X, edge_index=EDGES), Data(x=X, edge_index=EDGES + 1)])


@pytest.mark.parametrize(
    ("edges", "attr", "message"),
    [
        ([[0, 1, 1], [1, 0, 1]], None, "graphs must have no self loops; got some"),
        ([[0, 1, 0], [1, 0, 1]], None, "graphs must have no edge twice; got some"),
        ([[0, 1, 1], [1, 0, 2]], None, "every edge in both directions; got some in one"),
        ([[0, 1], [1, 0]], [[0], [1]], "the same edge_attr in both directions of an edge; got others"),
    ],
)
def test_edges_that_cannot_be_counted(edges, attr, message):
    bad = Data(x=X, edge_index=torch.tensor(edges), edge_attr=None if attr is None else torch.tensor(attr))
    good = Data(
        x=X, edge_index=torch.tensor([[0, 1], [1, 0]]), edge_attr=None if attr is None else torch.ones(2, 1).long()
    )
    check_both_directions(GraphCollection.of([good]))
    with pytest.raises(ValueError, match=message):
        check_both_directions(GraphCollection.of([good, bad]))
