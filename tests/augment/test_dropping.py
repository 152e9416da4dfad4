"""Views by dropping: the draws of mask_columns and drop_edges, with the same bits prepared or not."""

import copy

import pytest
import torch
from torch_geometric.data import Data

from graphcl.augment import (
    AdaptiveDropEdges,
    AdaptiveMaskColumns,
    Dropping,
    adaptive_rates,
    drop_edges,
    edge_drop_probabilities,
    feature_drop_probabilities,
    mask_columns,
    node_centrality,
)
from graphcl.augment.adaptive_rates import ColumnRate, EdgeRate, attach_centrality, centrality_name
from graphcl.augment.centrality import steps_for_columns
from graphcl.augment.importance import FLOOR, positive_centrality
from graphcl.datasets import load
from graphcl.ops.graph_matrices.sparse import compress
from tests.augment.graphs import NO_EDGES, seeded

CENTRALITIES = ["degree", "pagerank", "lazy-walk", "eigenvector"]


@pytest.fixture(scope="module")
def graph() -> Data:
    blocks = load("planted-partition", nodes=90, blocks=3).graph
    return Data(x=(blocks.x > 0).float(), edge_index=blocks.edge_index)


@pytest.fixture
def computed(monkeypatch) -> list[tuple[str, int]]:
    """The centralities that are computed, with their steps."""
    calls: list[tuple[str, int]] = []

    def counted(edge_index, num_nodes, centrality, *, steps):
        calls.append((centrality, steps))
        return node_centrality(edge_index, num_nodes, centrality, steps=steps)

    monkeypatch.setattr(adaptive_rates, "node_centrality", counted)
    return calls


def as_before(data: Data, rates: tuple[float, float], centrality: str | None, rule: str, generator):
    """One view as GRACE and GCA drew it: probabilities in float32, columns first."""
    e, (n, d) = data.edge_index.size(1), data.x.shape
    if centrality is None:
        by_edge, by_column = torch.tensor(rates[0]).repeat(e), torch.tensor(rates[1]).repeat(d)
    else:
        c = node_centrality(data.edge_index, n, centrality, steps=steps_for_columns(centrality))
        by_edge = edge_drop_probabilities(data.edge_index, n, rates[0], centrality=centrality).float()
        by_column = feature_drop_probabilities(data.x, c, rates[1], rule=rule).float()
    x = mask_columns(data.x, by_column, generator=generator)
    return x, drop_edges(data.edge_index, by_edge, generator=generator)


@pytest.mark.parametrize("rule", ["binary", "dense"])
@pytest.mark.parametrize("centrality", [None, *CENTRALITIES])
def test_the_bits_are_those_of_mask_columns_and_drop_edges(graph, centrality, rule):
    view = Dropping(0.3, 0.4, centrality=centrality, rule=rule)
    ready = view.prepare(graph)
    expected, generator, mine = seeded(5), seeded(5), seeded(5)
    for _ in range(3):
        x, edge_index = as_before(graph, (0.3, 0.4), centrality, rule, expected)
        for out in (view(ready, generator), view(graph, mine)):
            assert torch.equal(out.x, x)
            assert torch.equal(out.edge_index, edge_index)
    assert set(view(graph).keys()) == {"x", "edge_index"}


@pytest.mark.parametrize("rate", [0.1, 0.2, 0.3, 0.7, 0.9])
def test_a_number_draws_like_float32_probabilities(rate):
    """Draws are multiples of 2^-24; one that equals the rate rounded to float32 must stay."""
    edges = torch.zeros(2, 200_000, dtype=torch.long)
    as_numbers = drop_edges(edges, rate, generator=seeded())
    assert torch.equal(as_numbers, drop_edges(edges, torch.full((200_000,), rate), generator=seeded()))
    assert (torch.tensor(rate) >= rate).item()


@pytest.mark.parametrize("centrality", CENTRALITIES)
def test_a_centrality_is_computed_once_however_many_views(graph, centrality, computed):
    views = [
        Dropping(0.3, 0.4, centrality=centrality),
        Dropping(0.1, 0.2, centrality=centrality),
        AdaptiveDropEdges(0.3, centrality=centrality),
        AdaptiveMaskColumns(0.3, centrality=centrality),
    ]
    ready = graph
    for view in views:
        ready = view.prepare(ready)
    expected = {(centrality, 200), (centrality, steps_for_columns(centrality))}
    assert sorted(computed) == sorted(expected)
    for view in views:
        view(ready, seeded())
        assert view.prepare(ready) is ready
    assert len(computed) == len(expected)
    views[0](graph, seeded())
    assert len(computed) == 2 * len(expected)


def test_attachments_of_different_settings_are_apart_and_equal_ones_shared(graph):
    ready = Dropping(0.3, 0.4, centrality="degree").prepare(graph)
    names = set(ready.axes)
    assert sorted(ready.axes.values()) == ["edge_index", "node", "whole"]
    assert set(Dropping(0.3, 0.4, centrality="degree").prepare(ready).axes) == names
    for other in (
        Dropping(0.2, 0.4, centrality="degree"),
        Dropping(0.3, 0.1, centrality="degree"),
        Dropping(0.3, 0.4, centrality="degree", rule="dense"),
    ):
        assert len(set(other.prepare(ready).axes) - names) == 1
    assert set(graph.keys()) == {"x", "edge_index"}
    assert Dropping(0.3, 0.4).prepare(graph) is graph


@pytest.mark.parametrize("make", [AdaptiveDropEdges, AdaptiveMaskColumns])
def test_adaptive_augmenters_prepared_or_not(graph, make):
    for centrality in CENTRALITIES:
        augment = make(0.4, centrality=centrality)
        a, b = augment(augment.prepare(graph), seeded(2)), augment(graph, seeded(2))
        assert torch.equal(a.x, b.x)
        assert torch.equal(a.edge_index, b.edge_index)


def test_a_sample_uses_the_probabilities_of_the_whole_graph(graph):
    view = Dropping(0.6, 0.4, centrality="degree")
    ready = view.prepare(graph)
    kept = torch.arange(0, graph.edge_index.size(1), 3)
    sample = copy.copy(ready)
    sample.edge_index = ready.edge_index[:, kept]
    for name in [name for name, axis in ready.axes.items() if axis == "edge_index"]:
        sample[name] = ready[name][kept]
    by_edge, by_column = view.probabilities(sample)
    whole = view.probabilities(ready)
    assert torch.equal(by_edge, whole[0][kept])
    assert torch.equal(by_column, whole[1])
    out = view(sample, seeded())
    name = next(name for name, axis in out.axes.items() if axis == "edge_index")
    assert len(out[name]) == out.edge_index.size(1) < len(kept)


def test_columns_of_another_width_are_computed_anew(graph):
    view = Dropping(0.2, 0.4, centrality="degree")
    wide = view.prepare(graph)
    wide.x = torch.cat([graph.x, graph.x], dim=1)
    assert len(view.probabilities(wide)[1]) == 2 * graph.x.size(1)


def test_sparse_features_and_no_edges():
    data = Data(x=compress(torch.eye(60)), edge_index=torch.tensor([[0, 1], [1, 0]]))
    out = Dropping(0.0, 0.0, centrality="degree")(data)
    assert out.x.layout == torch.sparse_csr
    assert torch.equal(out.x.to_dense(), torch.eye(60))
    assert torch.equal(out.edge_index, data.edge_index)
    assert Dropping(0.5, 0.5, centrality="degree")(Data(x=torch.eye(3), edge_index=NO_EDGES)).num_edges == 0


def test_a_centrality_as_a_tensor(graph):
    n = graph.num_nodes
    for centrality in CENTRALITIES:
        c = node_centrality(graph.edge_index, n, centrality)
        expected = edge_drop_probabilities(graph.edge_index, n, 0.3, centrality=centrality)
        given = edge_drop_probabilities(graph.edge_index, n, 0.3, centrality=positive_centrality(c, centrality))
        assert torch.equal(given, expected)
        assert torch.equal(EdgeRate(0.3, centrality).of(graph), expected)
        columns = ColumnRate(0.3, centrality).of(graph)
        assert torch.equal(columns, feature_drop_probabilities(graph.x, c, 0.3))
        name = centrality_name(centrality, 200)
        assert torch.equal(attach_centrality(graph, centrality, 200)[name], c)
    assert torch.equal(positive_centrality(c, "eigenvector"), c + FLOOR)
    with pytest.raises(ValueError, match="centrality must have a value for each of 90 nodes; got 3"):
        edge_drop_probabilities(graph.edge_index, n, 0.3, centrality=torch.ones(3))
    with pytest.raises(ValueError, match="got 2 nodes"):
        edge_drop_probabilities(graph.edge_index, 2, 0.3, centrality=torch.ones(2))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"edge_rate": 1.5}, r"edge_rate must lie in \[0, 1\]; got 1.5"),
        ({"feature_rate": -0.1}, r"feature_rate must lie in \[0, 1\]; got -0.1"),
        ({"edge_rate": float("nan")}, r"edge_rate must lie in \[0, 1\]; got nan"),
    ],
)
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        Dropping(**{"edge_rate": 0.1, "feature_rate": 0.1, **settings})
    with pytest.raises(ValueError, match="rule must be one of binary, dense; got 'sum'"):
        Dropping.__init__.__wrapped__(Dropping(0.1, 0.1), 0.1, 0.1, rule="sum")
