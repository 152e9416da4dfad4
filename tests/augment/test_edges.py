"""Dropping edges: the rate, the draw, undirected graphs, and input that has no edges."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.utils import is_undirected

from graphcl.augment import add_edges, drop_edges, edge_drop_probabilities, keep_edges
from graphcl.augment.draws import check_probability, device_of
from graphcl.augment.edges import undirected_pairs
from tests.augment.graphs import NO_EDGES, batches, cycle, graphs, often, seeded, star


@often
@given(graphs(undirected=False), st.floats(0, 1), st.integers(0, 99), st.booleans())
def test_same_generator_same_draw_and_nothing_changed(graph, p, seed, undirected):
    edge_index, _ = graph
    before = edge_index.clone()
    kept = keep_edges(edge_index, p, generator=seeded(seed), undirected=undirected)
    again = drop_edges(edge_index, p, generator=seeded(seed), undirected=undirected)
    assert torch.equal(edge_index[:, kept], again)
    assert torch.equal(edge_index, before)


@often
@given(graphs(), st.floats(0, 1), st.integers(0, 99))
def test_an_undirected_graph_stays_one(graph, p, seed):
    edge_index, n = graph
    assert is_undirected(drop_edges(edge_index, p, generator=seeded(seed), undirected=True), num_nodes=n)
    own = edge_drop_probabilities(edge_index, n, p)
    assert is_undirected(drop_edges(edge_index, own, generator=seeded(seed), undirected=True), num_nodes=n)


@pytest.mark.parametrize("undirected", [False, True])
@pytest.mark.parametrize("p", [0.0, 0.25, 0.8, 1.0])
def test_the_rate_is_that_asked_for(p, undirected):
    kept = keep_edges(cycle(20_000), p, generator=seeded(), undirected=undirected)
    assert 1 - kept.double().mean() == pytest.approx(p, abs=0.01)


@pytest.mark.parametrize("undirected", [False, True])
def test_the_rate_of_own_probabilities(undirected):
    edge_index = star(20_000)
    p = torch.where(edge_index[1] == 0, 0.1, 0.5)
    kept = keep_edges(edge_index, p, generator=seeded(), undirected=undirected)
    towards_hub = edge_index[1] == 0
    expected = (0.3, 0.3) if undirected else (0.1, 0.5)
    assert 1 - kept[towards_hub].double().mean() == pytest.approx(expected[0], abs=0.01)
    assert 1 - kept[~towards_hub].double().mean() == pytest.approx(expected[1], abs=0.01)


def test_directions_are_drawn_apart_unless_asked():
    edge_index = cycle(1000)
    assert not is_undirected(drop_edges(edge_index, 0.5, generator=seeded()), num_nodes=1000)


def test_adaptive_dropping_keeps_the_edges_into_the_hub():
    p = edge_drop_probabilities(star(50), 51, 0.3)
    kept = drop_edges(star(50), p, generator=seeded())
    assert (kept[1] == 0).sum() == 50
    assert 10 < (kept[0] == 0).sum() < 40


@pytest.mark.parametrize("undirected", [False, True])
def test_no_edges(undirected):
    assert drop_edges(NO_EDGES, 0.5, generator=seeded(), undirected=undirected).shape == (2, 0)
    assert drop_edges(NO_EDGES, torch.empty(0), generator=seeded(), undirected=undirected).shape == (2, 0)


@pytest.mark.parametrize("undirected", [False, True])
@pytest.mark.parametrize(
    ("p", "message"),
    [
        (1.5, r"p must lie in \[0, 1\]; got 1.5"),
        (float("nan"), r"p must lie in \[0, 1\]; got nan"),
        (torch.full((6,), -0.5), r"p must lie in \[0, 1\]; got values from -0.5 to -0.5"),
        (torch.ones(5), r"p must be a number or have shape \(6,\); got \(5,\)"),
    ],
)
def test_bad_input_says_what_is_wrong(p, message, undirected):
    with pytest.raises(ValueError, match=message):
        keep_edges(cycle(3), p, generator=seeded(), undirected=undirected)


def pairs(edge_index: torch.Tensor) -> list[tuple[int, int]]:
    return [tuple(pair) for pair in edge_index.T.tolist()]


@often
@given(batches(), st.floats(0, 1), st.integers(0, 99), st.booleans())
def test_new_edges_are_new_and_stay_within_their_graph(batch, p, seed, undirected):
    edge_index, n = batch.edge_index, batch.num_nodes
    before = edge_index.clone()
    grown = add_edges(edge_index, n, p, generator=seeded(seed), undirected=undirected, batch=batch.batch)
    again = add_edges(edge_index, n, p, generator=seeded(seed), undirected=undirected, batch=batch.batch)
    assert torch.equal(grown.edge_index, again.edge_index)
    assert torch.equal(edge_index, before)
    count = edge_index.size(1)
    assert torch.equal(grown.edge_index[:, :count], edge_index)
    assert grown.origin[:count].tolist() == list(range(count))
    new = pairs(grown.edge_index[:, count:])
    assert len(new) == len(set(new)) <= count
    assert not set(new) & set(pairs(edge_index))
    assert all(u != v for u, v in new)
    graph = batch.batch[grown.edge_index]
    assert torch.equal(graph[0], graph[1])
    assert torch.equal(graph[0], graph[0][grown.origin])
    if undirected:
        assert is_undirected(grown.edge_index, num_nodes=n)


@pytest.mark.parametrize("undirected", [False, True])
def test_about_p_edges_come_to_a_sparse_graph(undirected):
    grown = add_edges(cycle(20_000), 20_000, 0.3, generator=seeded(), undirected=undirected)
    assert grown.edge_index.size(1) / 40_000 == pytest.approx(1.3, abs=0.01)
    new = grown.edge_index[0, 40_000:].double()
    assert new.mean() == pytest.approx(10_000, rel=0.02)  # ends are uniform
    assert new.std() == pytest.approx(20_000 / 12**0.5, rel=0.02)


def test_nothing_is_added_to_a_full_graph_or_one_without_edges():
    full = torch.cartesian_prod(torch.arange(5), torch.arange(5)).T
    assert add_edges(full, 5, 1.0, generator=seeded()).edge_index.size(1) == 25
    assert add_edges(NO_EDGES, 5, 1.0, generator=seeded(), undirected=True).edge_index.shape == (2, 0)


def test_share_out_of_range():
    with pytest.raises(ValueError, match=r"p must lie in \[0, 1\]; got 2.0"):
        add_edges(cycle(3), 3, 2.0, generator=seeded())


def test_too_few_nodes_for_the_edges():
    with pytest.raises(ValueError, match="num_nodes must exceed every node of edge_index; got 3 nodes and node 4"):
        add_edges(cycle(5), 3, 0.5, generator=seeded())


@pytest.mark.parametrize("undirected", [False, True])
def test_edges_of_32_bits(undirected):
    """A code row * n + column of 100,000 nodes does not fit into 32 bits."""
    n = 100_000
    edge_index = cycle(n)
    narrow = edge_index.int()
    assert torch.equal(undirected_pairs(narrow), undirected_pairs(edge_index))
    got = add_edges(narrow, n, 0.3, generator=seeded(), undirected=undirected)
    expected = add_edges(edge_index, n, 0.3, generator=seeded(), undirected=undirected)
    assert got.edge_index.dtype == torch.int32
    assert torch.equal(got.edge_index, expected.edge_index.int())
    assert torch.equal(got.origin, expected.origin)


def test_what_is_not_a_generator():
    with pytest.raises(TypeError, match=r"generator must be a torch\.Generator or None; got 0; seed one"):
        device_of.__wrapped__(0, torch.device("cpu"))


@pytest.mark.parametrize("p", ["0.5", [0.5, 0.5]])
def test_probability_of_another_type(p):
    with pytest.raises(TypeError, match=r"p must be a number or a tensor; got (str|list); convert it"):
        check_probability.__wrapped__(p, 2)
