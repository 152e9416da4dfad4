"""Attributes of edges are read or refused by name, whatever they are called; those of nodes are left behind."""

import warnings

import networkx as nx
import numpy as np
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx

from graphcl import DGI, METHODS, FeatureKMeans, SmoothKMeans
from graphcl.validation import check_graph, check_graphs

EDGES = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
X = torch.eye(3)
RING = torch.tensor([[0, 1, 2], [1, 2, 0]])  # as many edges as nodes


def karate() -> Data:
    data = from_networkx(nx.karate_club_graph())
    data.x = torch.eye(34)
    return data


def test_weights_of_networkx_are_edge_weights():
    data = karate()
    assert data.weight.unique().numel() > 1
    renamed = Data(x=data.x, edge_index=data.edge_index, edge_weight=data.weight)
    bare = Data(x=data.x, edge_index=data.edge_index)
    read, same, without = (SmoothKMeans(n_clusters=2).fit(graph).embedding_ for graph in (data, renamed, bare))
    assert torch.equal(read, same)
    assert not torch.allclose(read, without)


@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if method.takes != "graphs"])
def test_every_method_reads_or_refuses_them(name):
    data = karate()
    method = METHODS[name](n_clusters=2)
    if method.takes == "multiplex":
        data.edge_type = torch.arange(data.num_edges) % 2
    if method.accepts_edge_weight:
        assert torch.equal(method._checked(data)[0].edge_weight, data.weight.float())
    else:
        with pytest.raises(
            ValueError, match=r"weight is not used by this method; remove it first: del data.weight"
        ):
            method.fit(data)
    del data.weight
    data.length = torch.ones(data.num_edges)
    with pytest.raises(ValueError, match="length has one value per edge, which is not read; remove it"):
        method.fit(data)


UNREAD = {
    "numbers": ({"capacity": torch.ones(4)}, "capacity"),
    "columns": ({"features_of_edges": torch.ones(4, 7)}, "features_of_edges"),
    "an array": ({"capacity": np.ones(4)}, "capacity"),
    "words": ({"kind": ["a", "b", "a", "b"]}, "kind"),
    "a near miss": (
        {"edge_weights": torch.ones(4)},
        r"edge_weights has .* not read \(did you mean edge_weight\?\); remove it first: del data.edge_weights",
    ),
    "named after edges, on a ring": ({"edge_index": RING, "edge_time": torch.arange(3)}, "edge_time"),
}


@pytest.mark.parametrize(("changes", "message"), UNREAD.values(), ids=UNREAD)
def test_others_are_refused_by_name(changes, message):
    graph = Data(**{"x": X, "edge_index": EDGES, **changes})
    with pytest.raises(ValueError, match=message) as caught:
        check_graph(graph, accepts_edge_weight=True)
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match=message):
        check_graphs([graph, graph])


def test_what_is_of_nodes_or_left_behind_on_purpose_is_no_matter():
    graph = Data(x=X, edge_index=EDGES, y=torch.ones(4), e_id=torch.arange(4), edge_label=torch.ones(4))
    graph.age, graph.name, graph.train_mask, graph.neg_edge_index = X[0], "path", torch.ones(4) > 0, EDGES
    ring = Data(x=X, edge_index=RING, y=torch.ones(3), train_mask=torch.ones(3) > 0)
    none = Data(x=X, edge_index=EDGES[:, :0], history=[], empty=torch.zeros(0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        checked = [check_graph(one) for one in (graph, ring, none)]
    assert all(sorted(one.keys()) == ["edge_index", "num_nodes", "x"] for one in checked)


def test_as_many_nodes_as_edges():
    with pytest.warns(UserWarning, match="age has one value per node and per edge, and is not read"):
        check_graph(Data(x=X, edge_index=RING, age=torch.ones(3)))
    with pytest.raises(ValueError, match="weight has 3 values, and there are as many nodes as edges; call it"):
        check_graph(Data(x=X, edge_index=RING, weight=torch.ones(3)), accepts_edge_weight=True)
    with warnings.catch_warnings():  # in another graph the number of values tells what they are of
        warnings.simplefilter("error")
        check_graphs([Data(x=X, edge_index=ends, age=torch.ones(3)) for ends in (RING, EDGES)])


def test_weights_of_nodes_and_two_kinds_of_weights():
    graph = Data(x=X, edge_index=EDGES, weight=torch.ones(3))
    assert check_graph(graph).get("edge_weight") is None
    with pytest.raises(
        ValueError, match=r"weight and edge_weight must not both be there; remove one: del data.weight"
    ):
        FeatureKMeans(n_clusters=2).fit(
            Data(x=X, edge_index=EDGES, weight=torch.ones(4), edge_weight=torch.ones(4))
        )
    with pytest.raises(
        ValueError, match=r"edge_weight is not used by this method; remove it first: del data.edge_w"
    ):
        DGI().fit(Data(x=X, edge_index=EDGES, edge_weight=torch.ones(4)))
    with pytest.raises(ValueError, match=r"edge_weight must have one value per edge, \(4,\); got \(4, 2\) of"):
        check_graph(Data(x=X, edge_index=EDGES, weight=torch.ones(4, 2)), accepts_edge_weight=True)
