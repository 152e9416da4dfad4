"""Bad graphs handed to every method, and odd ones that it has to take; the whole list of a kind is one table."""

from math import isnan

import numpy as np
import pytest
import torch
from torch_geometric.data import Data, HeteroData

from graphcl import METHODS
from graphcl.datasets import load
from graphcl.evaluation import clustering_scores, structure_scores
from tests.method_cases import brief
from tests.test_every_method import every_clusterer_of_one_graph

GRAPH = load("planted-partition", nodes=60, blocks=3, degree_in=8.0, degree_out=1.0, signal=3.0).graph
X, EDGES = GRAPH.x, GRAPH.edge_index
E = EDGES.size(1)


def changed(**changes) -> Data:
    """The graph, changed."""
    return Data(**{"x": X, "edge_index": EDGES, **changes})


BAD = {
    "no graph": (None, r"data must be a torch_geometric Data; got NoneType; Data\(x=x, edge_index"),
    "a dataset": (load("karate"), "data must be a torch_geometric Data; got GraphDataset; use dataset.graph"),
    "x and edges": ((X, EDGES), r"data must be a torch_geometric Data; got tuple; Data\(x=x, edge_index=edge"),
    "a heterogeneous graph": (HeteroData(), "data must be a torch_geometric Data; got HeteroData"),
    "no x": (changed(x=None), "x is missing, and this method reads features; leiden reads none"),
    "x an array": (changed(x=X.numpy()), r"x must be a tensor of shape \(n, d\); got ndarray"),
    "x with one dimension": (
        changed(x=X[:, 0]),
        r"x must be a tensor of shape \(n, d\); got \(60,\) of torch.float32",
    ),
    "x in COO layout": (
        changed(x=X.to_sparse()),
        r"got \(60, 32\) of torch.float32 in the layout torch.sparse_coo",
    ),
    "x complex": (changed(x=X + 0j), "x must hold real numbers; got torch.complex64"),
    "x with NaN": (
        changed(x=X.clone().index_fill_(0, torch.tensor(3), torch.nan)),
        "got 32 NaN or infinite entries; impute",
    ),
    "x infinite in float32": (
        changed(x=X.double() * 1e200),
        r"x must lie within ±1e\+15, for its squares; got .*e\+200; rescale it$",
    ),
    "x too large to square": (
        changed(x=X * 1e30),
        r"x must lie within ±1e\+15, for its squares; got .*; rescale it or set precision='fp64'$",
    ),
    "fewer rows than nodes": (
        changed(x=X[:50]),
        r"edge_index must lie in \[0, 50\), the rows of x; got values from 0",
    ),
    "another number of nodes": (changed(num_nodes=70), "a row for each node; got 60 rows, and num_nodes is 70"),
    "no nodes": (changed(x=X[:0], edge_index=EDGES[:, :0]), r"at least one row and one column; got \(0, 32\)"),
    "no edges given": (
        changed(edge_index=None),
        r"edge_index must be a tensor of shape \(2, e\); got NoneType; a graph without",
    ),
    "edges an array": (changed(edge_index=EDGES.numpy()), "edge_index must be a tensor .*; got ndarray"),
    "edges transposed": (changed(edge_index=EDGES.T), rf"shape \(2, e\); got \({E}, 2\) of torch.int64"),
    "edges of floats": (
        changed(edge_index=EDGES.float()),
        "edge_index must hold integers; got torch.float32; convert",
    ),
    "edges of booleans": (changed(edge_index=EDGES > 0), "edge_index must hold integers; got torch.bool"),
    "edges beyond the nodes": (
        changed(edge_index=EDGES + 1),
        r"must lie in \[0, 60\), .*; got values from 1 to 60",
    ),
    "edges below 0": (changed(edge_index=EDGES - 1), r"must lie in \[0, 60\), .*; got values from -1 to 58"),
    "edge attributes": (
        changed(edge_attr=torch.ones(E, 2)),
        "edge_attr is not used by this method; remove it first",
    ),
    "edge types": (changed(edge_type=torch.ones(E)), "edge_type is not used by this method; remove it first"),
    "weights a list": (changed(edge_weight=[1.0] * E), rf"one value per edge, \({E},\); got list"),
    "weights too few": (changed(edge_weight=torch.ones(3)), rf"one value per edge, \({E},\); got \(3,\)"),
    "weights in columns": (
        changed(edge_weight=torch.ones(E, 1)),
        rf"one value per edge, \({E},\); got \({E}, 1\)",
    ),
    "weights complex": (changed(edge_weight=torch.ones(E) + 0j), rf"got \({E},\) of torch.complex64"),
    "weights with NaN": (
        changed(edge_weight=torch.full((E,), torch.nan)),
        f"not negative; got {E} invalid values; clamp",
    ),
    "weights infinite": (
        changed(edge_weight=torch.full((E,), torch.inf)),
        f"not negative; got {E} invalid values; clamp",
    ),
    "weights below 0": (
        changed(edge_weight=-torch.ones(E)),
        f"must be finite and not negative; got {E} invalid values; clamp",
    ),
}

OF_ONE_GRAPH = [name for name, method in METHODS.items() if method.takes == "graph"]


REFUSED = [
    pytest.param(name, *case, id=f"{name}-{kind}")
    for name in OF_ONE_GRAPH
    for kind, case in BAD.items()
    if kind != "no x" or METHODS[name].needs_features  # Leiden takes it, see its tests
]


@pytest.mark.parametrize(("name", "data", "message"), REFUSED)
def test_bad_graphs_are_refused(name, data, message):
    if "edge_weight" in (data if isinstance(data, Data) else ()) and not METHODS[name].accepts_edge_weight:
        message = "edge_weight is not used by this method; remove it first: del data.edge_weight"
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        METHODS[name](n_clusters=3).fit(data)
    assert "\n" not in str(caught.value)


ODD = {
    "rows of zeros": changed(x=torch.cat([X[:30], torch.zeros(30, 32)])),
    "integers": changed(x=(X > 0).long()),
    "truth values": changed(x=X > 0),
    "float64 and int32": changed(x=X.double(), edge_index=EDGES.int()),
    "edges repeated": changed(edge_index=EDGES.repeat(1, 2)),
    "self loops alone": changed(edge_index=torch.arange(60).repeat(2, 1)),
    "no edges": changed(edge_index=EDGES[:, :0]),
    "y too short, of floats": changed(y=torch.rand(7)),
    "y of one class": changed(y=torch.zeros(60, dtype=torch.long)),
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
@every_clusterer_of_one_graph
def test_odd_graphs_are_taken(case, data):
    method = brief(case).fit(data)
    assert torch.isfinite(method.embedding_).all()
    assert set(method.labels_.tolist()) <= {0, 1, 2}


@every_clusterer_of_one_graph
def test_one_direction_of_each_edge_is_as_good_as_both_or_refused(case):
    one_way = changed(edge_index=EDGES[:, EDGES[0] < EDGES[1]])
    try:
        method = brief(case).fit(one_way)
    except ValueError as error:
        assert "direct" in str(error)  # noqa: PT017
        return
    assert torch.equal(method.embedding_, brief(case).fit(GRAPH).embedding_)


@every_clusterer_of_one_graph
def test_one_cluster_and_one_node(case):
    method = brief(case).set_params(n_clusters=1)
    if "n_communities" in method.get_params():  # of which there must be two
        method.set_params(n_communities=2)
    assert method.fit(GRAPH).labels_.unique().tolist() == [0]
    one = Data(x=torch.ones(1, 3), edge_index=torch.empty(2, 0, dtype=torch.long))
    assert method.fit(one).labels_.tolist() == [0]


def test_scores_of_one_class_and_of_one_cluster():
    many, one = torch.arange(4), torch.zeros(4, dtype=torch.long)
    assert clustering_scores(one, one) == {"acc": 1.0, "nmi": 1.0, "ari": 1.0, "f1": 1.0}
    assert clustering_scores(one, many) == {"acc": 0.25, "nmi": 0.0, "ari": 0.0, "f1": 0.4}
    assert clustering_scores(many, one)["nmi"] == 0.0
    alone = structure_scores(torch.tensor([[0, 1], [1, 0]]), one)
    assert alone["modularity"] == 0.0
    assert isnan(alone["conductance"])


@pytest.mark.parametrize(
    ("y", "labels", "message"),
    [
        (
            torch.zeros(4),
            torch.arange(4),
            r"y must be one integer per node; got shape \(4,\) of float32; take the",
        ),
        (torch.arange(4), torch.zeros(4), r"labels must be one integer per node; got shape \(4,\) of float32"),
        (torch.arange(4), torch.arange(3), "one entry per node each; got 4 and 3 entries"),
        (np.zeros((4, 1), int), torch.arange(4), r"y must be one integer per node; got shape \(4, 1\) of int64"),
        (-torch.ones(4, dtype=torch.long), torch.arange(4), "y must label at least one node; got none among 4"),
    ],
)
def test_scores_of_bad_labels(y, labels, message):
    with pytest.raises(ValueError, match=message):
        clustering_scores(y, labels)
