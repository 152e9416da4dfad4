"""Bad graphs and bad hyper-parameters: what was wrong, what was got, what to do."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from graphcl import GCooL, SCGCStar
from graphcl.datasets import GraphCollection
from graphcl.validation import check_both_directions, check_callbacks, check_graph, check_graphs, check_parameters

X, EDGES = torch.ones(3, 2), torch.tensor([[0, 1], [1, 2]])


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (
            [1, 2],
            TypeError,
            r"a torch_geometric Data; got list; give one of its graphs, as data\[0\]",
        ),
        (Data(edge_index=EDGES), ValueError, r"x must be a tensor of shape \(n, d\); got NoneType"),
        (Data(x=X[0], edge_index=EDGES), ValueError, r"x must be a tensor of shape \(n, d\); got \(2,\)"),
        (Data(x=X[:0], edge_index=EDGES), ValueError, r"at least one row and one column; got \(0, 2\)"),
        (Data(x=X[:, :0], edge_index=EDGES), ValueError, r"at least one row and one column; got \(3, 0\)"),
        (Data(x=X / 0, edge_index=EDGES), ValueError, "x must be finite; got 6 NaN or infinite entries"),
        (Data(x=X), ValueError, r"edge_index must be a tensor of shape \(2, e\); got NoneType"),
        (Data(x=X, edge_index=EDGES.T[:1]), ValueError, r"edge_index must be .* \(2, e\); got \(1, 2\)"),
        (Data(x=X, edge_index=EDGES.float()), TypeError, r"edge_index must hold integers; got torch.float32"),
        (Data(x=X, edge_index=EDGES + 1), ValueError, r"edge_index must lie in \[0, 3\).*from 1 to 3"),
        (Data(x=X, edge_index=EDGES - 1), ValueError, r"edge_index must lie in \[0, 3\).*from -1 to 1"),
        (Data(x=X, edge_index=EDGES, edge_attr=X[:2]), ValueError, "edge_attr is not used by this method"),
        (Data(x=X, edge_index=EDGES, edge_weight=X[0]), ValueError, "edge_weight is not used by this method"),
    ],
)
def test_bad_graphs(data, error, message):
    with pytest.raises(error, match=message):
        check_graph(data)


def test_bad_weights():
    for weight, message in [(X[:, 0], r"one value per edge, \(2,\); got \(3,\)"), (-X[0], "not negative")]:
        with pytest.raises(ValueError, match=message):
            check_graph(Data(x=X, edge_index=EDGES, edge_weight=weight), accepts_edge_weight=True)


def test_a_good_graph_loses_its_labels_and_nothing_else():
    data = Data(x=X.double(), edge_index=EDGES.int(), edge_weight=X[0], y=torch.arange(3), train_mask=X[:, 0] > 0)
    graph = check_graph(data, accepts_edge_weight=True)
    assert set(graph.keys()) == {"x", "edge_index", "edge_weight", "num_nodes"}
    assert graph.x.dtype == torch.float32
    assert graph.edge_index.dtype == torch.long
    assert set(data.keys()) == {"x", "edge_index", "edge_weight", "y", "train_mask"}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_clusters": 0}, "SCGCStar: n_clusters must be greater than or equal to 1; got 0"),
        ({"n_clusters": "3"}, "SCGCStar: n_clusters must be a valid integer; got '3'"),
        ({"n_clusters": True}, "SCGCStar: n_clusters must be a valid integer; got True"),
        ({"tau": 0}, "SCGCStar: tau must be greater than 0; got 0"),
        ({"tau": float("nan")}, "SCGCStar: tau must be greater than 0; got nan"),
        ({"tau": float("inf")}, "SCGCStar: tau must be a finite number; got inf"),
        ({"lr": "fast"}, "SCGCStar: lr must be a valid number; got 'fast'"),
        ({"hidden_channels": (5, 0)}, r"SCGCStar: hidden_channels\[1\] must be greater than or equal to 1"),
        ({"summation": "exact"}, "SCGCStar: summation must be .* 'series' or 'sampled'; got 'exact'"),
        ({"precision": "fp16"}, "SCGCStar: precision must be 'fp32' or 'bf16'; got 'fp16'"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        check_parameters(SCGCStar(**{"n_clusters": 2, **params}))


def test_numpy_scalars_and_lists_are_welcome():
    method = SCGCStar(n_clusters=np.int64(2), tau=np.float32(0.5), lr=1, hidden_channels=[4, 5])
    checked = check_parameters(method)
    assert checked["n_clusters"] == 2
    assert type(checked["n_clusters"]) is int
    assert type(checked["tau"]) is float


def test_every_field_is_checked():
    @dataclass
    class Settings:
        count: int = 1

    with pytest.raises(ValueError, match="Settings: count must be a valid integer"):
        check_parameters(Settings(count="x"))


KINDS = torch.tensor([0, 2])


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        (None, r"edge_type must name the relation of each edge, \(2,\); got NoneType; number them from 0"),
        (KINDS[:1], r"edge_type must name the relation of each edge, \(2,\); got \(1,\)"),
        (KINDS.float(), "edge_type must hold integers from 0; got torch.float32"),
        (KINDS - 1, "edge_type must hold integers from 0; got torch.int64 or negative ones"),
        (KINDS + 10**7, "edge_type must number at most 64 relations, from 0; got 10000002; renumber them"),
    ],
)
def test_bad_relations(kinds, message):
    with pytest.raises(ValueError, match=message):
        check_graph(Data(x=X, edge_index=EDGES, edge_type=kinds), multiplex=True)


def test_relations_are_kept_or_refused():
    data = Data(x=X, edge_index=EDGES, edge_type=KINDS.int(), y=torch.arange(3))
    graph = check_graph(data, multiplex=True)
    assert set(graph.keys()) == {"x", "edge_index", "edge_type", "num_nodes"}
    assert torch.equal(graph.edge_type, KINDS)
    with pytest.raises(ValueError, match="edge_type is not used by this method; remove it first"):
        check_graph(data)


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
        ({"node_ptr": torch.tensor([0, 4, 4])}, {}, "every graph must have a node; got 1 without; leave them out"),
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


def test_features_that_carry_a_gradient_are_taken_without_it():
    x = torch.ones(2, 2, requires_grad=True)
    weight = torch.ones(1, requires_grad=True)
    graph = Data(x=2 * x, edge_index=torch.tensor([[0], [1]]), edge_weight=2 * weight)
    checked = check_graph(graph, accepts_edge_weight=True)
    assert not checked.x.requires_grad
    assert not checked.edge_weight.requires_grad
    assert graph.x.requires_grad


def test_edges_in_another_form_are_named():
    graph = Data(x=torch.ones(2, 1), adj_t=torch.eye(2).to_sparse())
    with pytest.raises(ValueError, match="adj_t is not read; give edge_index"):
        check_graph(graph)


def test_a_list_with_too_few_entries():
    with pytest.raises(ValueError, match=r"GCooL: edge_rates\[1\] must be there; got \(0.1,\)"):
        check_parameters(GCooL(n_clusters=2, edge_rates=(0.1,)))


@pytest.mark.parametrize(
    ("callbacks", "message"),
    [
        (print, "callbacks must be a list of functions; got one builtin_function_or_method; put it into"),
        ([print, "print"], "callbacks must be a list of functions; got 'print' among them"),
    ],
)
def test_callbacks_are_functions_in_a_list(callbacks, message):
    with pytest.raises(TypeError, match=message):
        check_callbacks(callbacks)
    check_callbacks([print])
