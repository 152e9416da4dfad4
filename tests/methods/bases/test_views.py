"""Views: what is dropped, how often, by whose draws; and what is attached for it."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl.augment import edge_drop_probabilities, feature_drop_probabilities, node_centrality
from graphcl.datasets import load
from graphcl.methods.bases.views import Dropping
from graphcl.ops.sparse import compress


@pytest.fixture(scope="module")
def graph() -> Data:
    return load("planted-partition", nodes=90, blocks=3).graph


def test_even_rates(graph):
    dropping = Dropping((0.2, 0.6), (0.5, 0.0))
    prepared = dropping.attach(graph)
    assert set(prepared.keys()) - set(graph.keys()) == {"edge_drop", "feature_drop"}
    assert "edge_drop" not in graph
    draws = [dropping.draw(prepared, torch.Generator().manual_seed(seed)) for seed in range(50)]
    for view, (by_edge, by_column) in enumerate([(0.2, 0.5), (0.6, 0.0)]):
        lost = [1 - draw[view][1].size(1) / graph.edge_index.size(1) for draw in draws]
        masked = [(draw[view][0] == 0).all(0).double().mean().item() for draw in draws]
        assert sum(lost) / 50 == pytest.approx(by_edge, abs=0.02)
        assert sum(masked) / 50 == pytest.approx(by_column, abs=0.05)


def test_adaptive_rates_are_those_of_the_augmentation(graph):
    x = graph.x.abs()
    dropping = Dropping((0.2, 0.4), (0.1, 0.3), "lazy-walk", "dense")
    prepared = dropping.attach(Data(x=x, edge_index=graph.edge_index))
    for view, rate in enumerate((0.2, 0.4)):
        expected = edge_drop_probabilities(graph.edge_index, 90, rate, centrality="lazy-walk", steps=200)
        torch.testing.assert_close(prepared.edge_drop[:, view], expected.float())
    c = node_centrality(graph.edge_index, 90, "lazy-walk", steps=10)
    for view, rate in enumerate((0.1, 0.3)):
        expected = feature_drop_probabilities(x, c, rate, rule="dense")
        torch.testing.assert_close(prepared.feature_drop[view], expected.float())


def test_only_the_lazy_walk_is_cut_short_for_columns(graph):
    x = graph.x.abs()
    for centrality in ("eigenvector", "pagerank", "degree"):
        prepared = Dropping((0.2,), (0.3,), centrality).attach(Data(x=x, edge_index=graph.edge_index))
        c = node_centrality(graph.edge_index, 90, centrality)
        torch.testing.assert_close(prepared.feature_drop[0], feature_drop_probabilities(x, c, 0.3).float())


def test_views_differ_and_repeat(graph):
    dropping = Dropping((0.3, 0.3), (0.3, 0.3))
    prepared = dropping.attach(graph)
    first, second = dropping.draw(prepared, torch.Generator().manual_seed(0))
    again, _ = dropping.draw(prepared, torch.Generator().manual_seed(0))
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert not torch.equal(first[0], second[0])
    assert first[1].shape != second[1].shape


def test_rate_zero_is_the_graph_and_sparse_features_work():
    graph = Data(x=compress(torch.eye(60)), edge_index=torch.tensor([[0, 1], [1, 0]]))
    dropping = Dropping((0.0,), (0.0,), "degree")
    [(x, edge_index)] = dropping.draw(dropping.attach(graph), torch.Generator())
    assert torch.equal(x.to_dense(), torch.eye(60))
    assert torch.equal(edge_index, graph.edge_index)


def test_degenerate_graphs_have_sound_probabilities():
    """A column that nobody has, a trailing isolated node, a regular graph, no edges."""
    x = torch.tensor([[1.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    triangle = torch.tensor([[0, 1, 1, 2, 2, 0], [1, 0, 2, 1, 0, 2]])
    for edge_index in (triangle, triangle[:, :0]):
        prepared = Dropping((0.3, 0.3), (0.2, 0.2), "degree").attach(Data(x=x, edge_index=edge_index))
        assert torch.isfinite(prepared.feature_drop).all()
        assert prepared.feature_drop.mean().item() == pytest.approx(0.2, abs=0.1)
        if edge_index.size(1):
            torch.testing.assert_close(prepared.edge_drop, torch.full((6, 2), 0.3))
