"""Bad graphs and what a checked graph keeps."""

import networkx as nx
import pytest
import torch
from scipy.sparse import csr_array
from torch_geometric.data import Data

from graphcl.validation import check_graph

X, EDGES = torch.ones(3, 2), torch.tensor([[0, 1], [1, 2]])


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (
            [1, 2],
            TypeError,
            r"a torch_geometric Data; got list; give one of its graphs, as data\[0\]",
        ),
        (nx.path_graph(3), TypeError, r"got Graph; convert it: graphcl.datasets.from_networkx\(graph\).graph"),
        (csr_array((3, 3)), TypeError, r"got csr_array; convert it: graphcl.datasets.from_scipy\(graph\).graph"),
        (Data(x=X.numpy(), edge_index=EDGES), ValueError, r"got ndarray; convert it by torch.from_numpy"),
        (Data(x=csr_array((3, 2)), edge_index=EDGES), ValueError, r"got csr_array; .*from_scipy\(adjacency, x\)"),
        (Data(edge_index=EDGES), ValueError, r"x is missing, and this method reads features; leiden reads none"),
        (Data(x=X), ValueError, r"edge_index must be a tensor of shape \(2, e\); got NoneType"),
        (Data(x=X, edge_index=EDGES.T[:1]), ValueError, r"edge_index must be .* \(2, e\); got \(1, 2\)"),
        (Data(x=X, edge_index=EDGES.float()), TypeError, r"edge_index must hold integers; got torch.float32"),
        (Data(x=X, edge_index=EDGES + 0j), TypeError, r"edge_index must hold integers; got torch.complex64"),
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


def test_edges_in_another_form_are_named():
    graph = Data(x=torch.ones(2, 1), adj_t=torch.eye(2).to_sparse())
    with pytest.raises(ValueError, match="adj_t is not read; give edge_index"):
        check_graph(graph)


def test_a_method_that_reads_no_features_gets_a_column_of_zeros():
    assert torch.equal(check_graph(Data(edge_index=EDGES), needs_features=False).x, torch.zeros(3, 1))
    assert check_graph(Data(edge_index=EDGES, num_nodes=5), needs_features=False).num_nodes == 5
    with pytest.raises(ValueError, match="a graph without x and edges must say num_nodes"):
        check_graph(Data(edge_index=EDGES[:, :0]), needs_features=False)
    with pytest.raises(ValueError, match=r"edge_index must lie in \[0, 2\)"):
        check_graph(Data(edge_index=EDGES, num_nodes=2), needs_features=False)
