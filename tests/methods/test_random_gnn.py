"""What is particular to the untrained network, and what all methods with a graph encoder share."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import GCooL, RandomGNN
from graphcl.datasets import load
from graphcl.ops.graph_matrices.sparse import divide_rows, unit_rows

SMALL = {"n_clusters": 3, "hidden_channels": 16, "out_channels": 8}


@pytest.fixture(scope="module")
def graph() -> Data:
    return load("planted-partition", nodes=90, blocks=3, signal=2.0).graph


def test_it_is_gcool_before_its_first_step(graph):
    untrained, trained = RandomGNN(**SMALL).fit(graph), GCooL(epochs=0, **SMALL).fit(graph)
    assert untrained.history_ == []
    torch.testing.assert_close(untrained.embedding_, trained.embedding_)
    assert torch.equal(untrained.labels_, trained.labels_)


def test_clusters_are_of_rows_at_unit_length(graph):
    model = RandomGNN(**SMALL).fit(graph)
    distance = torch.cdist(unit_rows(model.embedding_), model.cluster_centers_)
    assert torch.equal(distance.argmin(1), model.labels_)
    assert torch.equal(model.predict(graph), model.labels_)


def test_features_are_divided_by_their_row_sums(graph):
    counts = Data(x=graph.x.abs().round(), edge_index=graph.edge_index)
    divided = Data(x=divide_rows(counts.x), edge_index=graph.edge_index)
    model = RandomGNN(**SMALL).fit(counts)
    torch.testing.assert_close(RandomGNN(**SMALL).fit(divided).embedding_, model.embedding_)
    assert torch.equal(model.transform(counts), model.embedding_)
    as_given = RandomGNN(row_normalize=False, **SMALL).fit(counts).embedding_
    assert not torch.allclose(as_given, model.embedding_, rtol=0.1)


def test_edges_count_in_both_directions_and_once(graph):
    one_way = graph.edge_index[:, graph.edge_index[0] < graph.edge_index[1]]
    model = RandomGNN(**SMALL).fit(graph)
    for edge_index in (one_way, one_way.flip(0), graph.edge_index.repeat(1, 2)):
        assert torch.equal(model.transform(Data(x=graph.x, edge_index=edge_index)), model.embedding_)
