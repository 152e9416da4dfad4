"""Adaptive probabilities: in range, at most the rate asked for, and finite where the published code is not."""

import networkx as nx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphcl.augment import (
    degree_centrality,
    edge_drop_probabilities,
    edge_drop_weights,
    feature_drop_probabilities,
    feature_drop_weights,
    lazy_walk,
    node_centrality,
)
from graphcl.feature_source import TensorFeatures
from graphcl.ops.graph_matrices.sparse import compress
from tests.augment.graphs import NO_EDGES, cycle, graphs, often, seeded, star

CENTRALITIES = ["degree", "pagerank", "lazy-walk", "eigenvector"]
rates = st.floats(0, 1)


@often
@given(graphs(undirected=False), rates, rates, st.sampled_from(CENTRALITIES))
def test_edge_probabilities_lie_in_range_and_keep_the_mean(graph, rate, cap, centrality):
    edge_index, n = graph
    p = edge_drop_probabilities(edge_index, n, rate, centrality=centrality, cap=cap)
    assert p.shape == (edge_index.size(1),)
    assert ((p >= 0) & (p <= cap)).all()
    if edge_index.size(1):
        assert p.mean() <= rate + 1e-9
        if p.max() < cap:
            assert p.mean() == pytest.approx(rate, abs=1e-9)


tables = st.lists(
    st.lists(st.sampled_from([0.0, 0.0, 1.0, -2.5, 0.3]), min_size=4, max_size=4), min_size=1, max_size=8
)


@often
@given(tables, st.lists(st.floats(0, 10), min_size=8, max_size=8), rates, st.sampled_from(["binary", "dense"]))
def test_column_probabilities_lie_in_range_and_keep_the_mean(rows, centrality, rate, rule):
    x, c = torch.tensor(rows), torch.tensor(centrality)[: len(rows)]
    p = feature_drop_probabilities(x, c, rate, rule=rule)
    assert ((p >= 0) & (p <= 0.7)).all()
    assert p.mean() <= rate + 1e-6
    if p.max() < 0.7:
        assert p.mean() == pytest.approx(rate, abs=1e-6)
    torch.testing.assert_close(feature_drop_probabilities(x.to_sparse_csr(), c, rate, rule=rule), p)


def test_edge_weights_by_a_loop():
    edge_index = torch.tensor([[0, 0, 1, 2, 3, 3], [1, 2, 3, 3, 0, 1]])
    c = torch.tensor([2.0, 3.0, 5.0, 7.0]).double()
    logs = {"target": c.log()[edge_index[1]].tolist(), "source": c.log()[edge_index[0]].tolist()}
    logs["mean"] = [(s + t) / 2 for s, t in zip(logs["source"], logs["target"], strict=True)]
    for ends, log in logs.items():
        mean = sum(log) / len(log)
        expected = [(max(log) - value) / (max(log) - mean) for value in log]
        assert edge_drop_weights(edge_index, c, ends=ends).tolist() == pytest.approx(expected)


def test_column_weights_by_a_loop():
    x = torch.randn(6, 5, generator=seeded()) * (torch.rand(6, 5, generator=seeded(1)) < 0.7)
    c = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    for rule, entry in {"binary": lambda v: float(v != 0), "dense": abs}.items():
        log = [torch.tensor(sum(entry(x[i, f].item()) * c[i].item() for i in range(6))).log() for f in range(5)]
        top, mean = max(log), sum(log) / 5
        expected = [float((top - value) / (top - mean)) for value in log]
        assert feature_drop_weights(x, c, rule=rule).tolist() == pytest.approx(expected, rel=1e-5)


def test_edges_into_the_hub_stay_and_the_cap_lowers_the_rate():
    p = edge_drop_probabilities(star(4), 5, 0.5)
    into_hub = star(4)[1] == 0
    assert (p[into_hub] == 0).all()
    assert (p[~into_hub] == 0.7).all()
    assert p.mean() == pytest.approx(0.35)


@pytest.mark.parametrize("centrality", CENTRALITIES)
def test_a_regular_graph_is_dropped_evenly(centrality):
    """There the published code divides 0 by 0 and drops every edge with probability 0.7."""
    p = edge_drop_probabilities(cycle(30), 30, 0.2, centrality=centrality)
    torch.testing.assert_close(p, torch.full((60,), 0.2, dtype=torch.float64))


@pytest.mark.parametrize("centrality", CENTRALITIES)
def test_isolated_nodes_at_the_end_change_nothing(centrality):
    """There the published code stops: its vectors are shorter than x has rows."""
    edge_index = star(5)
    p = edge_drop_probabilities(edge_index, 6, 0.2, centrality=centrality)
    more = edge_drop_probabilities(edge_index, 9, 0.2, centrality=centrality)
    torch.testing.assert_close(more, p, rtol=1e-6, atol=1e-6)
    x = (torch.rand(9, 4, generator=seeded()) < 0.5).float()
    q = feature_drop_probabilities(x, node_centrality(edge_index, 9, centrality, steps=10), 0.2)
    assert torch.isfinite(q).all()
    assert q.mean() <= 0.2 + 1e-9


def test_unused_columns_have_weight_one():
    x = torch.tensor([[1.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    c = torch.tensor([1.0, 1.0, 0.0])  # the last column lives on a node of centrality 0
    w = feature_drop_weights(x, c)
    torch.testing.assert_close(w, torch.tensor([0.0, 1.0, 2.0, 1.0], dtype=torch.float64))
    torch.testing.assert_close(feature_drop_weights(torch.zeros(3, 4), c), torch.ones(4, dtype=torch.float64))


def test_equal_columns_are_dropped_evenly():
    p = feature_drop_probabilities(torch.ones(3, 4), torch.ones(3), 0.25)
    assert p.tolist() == [0.25] * 4


def test_lazy_walk_gives_the_probabilities_of_the_degree_on_a_connected_graph():
    edge_index = torch.cat([star(4), torch.tensor([[1, 2], [2, 1]])], dim=1)
    torch.testing.assert_close(
        edge_drop_probabilities(edge_index, 5, 0.2, centrality="lazy-walk"),
        edge_drop_probabilities(edge_index, 5, 0.2),
    )


def test_nothing_is_changed_in_place():
    edge_index, x = star(4), torch.rand(5, 3, generator=seeded())
    c = degree_centrality(edge_index, 5)
    before = [t.clone() for t in (edge_index, x, c)]
    edge_drop_probabilities(edge_index, 5, 0.3)
    feature_drop_probabilities(x, c, 0.3, rule="dense")
    assert all(torch.equal(a, b) for a, b in zip(before, (edge_index, x, c), strict=True))


def test_no_edges():
    assert edge_drop_probabilities(NO_EDGES, 3, 0.2).shape == (0,)
    q = feature_drop_probabilities(torch.eye(3), lazy_walk(NO_EDGES, 3, steps=10), 0.2)
    assert q.tolist() == pytest.approx([0.2] * 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: edge_drop_probabilities(cycle(3), 3, 1.5), r"rate must lie in \[0, 1\]; got 1.5"),
        (lambda: edge_drop_probabilities(cycle(3), 3, 0.2, cap=-1.0), r"cap must lie in \[0, 1\]; got -1"),
        (lambda: edge_drop_weights(cycle(3), -torch.ones(3)), "must be finite and not negative; got -1"),
        (lambda: edge_drop_weights(cycle(3), torch.full((3,), torch.nan)), "centrality must be .*; got nan"),
        (lambda: feature_drop_weights(torch.ones(2, 2), torch.tensor([9.0, -1])), "centrality must be .*; got -1"),
        (lambda: edge_drop_probabilities(cycle(20), 10, 0.3), "got 10 nodes and node 19; give at least 20"),
    ],
)
def test_bad_input_says_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("rule", ["binary", "dense"])
def test_a_feature_source_is_read_in_blocks(rule, monkeypatch):
    monkeypatch.setattr("graphcl.augment.importance.GATHERED", 7)
    x = torch.randn(30, 5, generator=torch.Generator().manual_seed(0)).relu()
    c = torch.rand(30, generator=torch.Generator().manual_seed(1))
    expected = feature_drop_weights(x, c, rule=rule)
    torch.testing.assert_close(feature_drop_weights(TensorFeatures(x), c, rule=rule), expected)
    sparse = TensorFeatures(compress(x * (x > 2)))
    torch.testing.assert_close(
        feature_drop_weights(sparse, c, rule=rule), feature_drop_weights(x * (x > 2), c, rule=rule)
    )


@pytest.mark.parametrize("centrality", ["lazy-walk", "pagerank", "eigenvector", "degree"])
@pytest.mark.parametrize("steps", [10, 200])
def test_a_path_that_nothing_leads_to_keeps_the_mean_rate(centrality, steps):
    """The lazy walk leaves 1e-165 on its nodes, whose log would outweigh those of all other edges."""
    whole = nx.gnp_random_graph(200, 0.05, seed=0, directed=True)
    assert nx.is_strongly_connected(whole)
    edges = torch.tensor(list(whole.edges)).T
    path = torch.tensor([[200, 201, 202, 203], [201, 202, 203, 0]])
    alone = edge_drop_probabilities(edges, 200, 0.3, centrality=centrality, steps=steps)
    both = edge_drop_probabilities(torch.cat([edges, path], dim=1), 204, 0.3, centrality=centrality, steps=steps)
    assert 0.27 < both.mean() <= 0.3
    assert (both[:-4] - alone).abs().mean() < 0.03
    if (centrality, steps) == ("lazy-walk", 200):
        torch.testing.assert_close(both[-4:-1], torch.full((3,), 0.3).double())


def test_a_centrality_for_another_number_of_nodes():
    with pytest.raises(ValueError, match="centrality must have a value for each of 3 nodes; got 2"):
        feature_drop_probabilities(TensorFeatures(torch.ones(3, 2)), torch.ones(2), 0.3)
