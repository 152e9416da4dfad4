"""Subgraphs: renumbering, rates, graphs that keep a node, walks that follow edges."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.utils import subgraph

from graphcl.augment import (
    add_edges,
    drop_nodes,
    induced_subgraph,
    pagerank,
    random_walk_subgraph,
    random_walks,
)
from tests.augment.graphs import NO_EDGES, batches, cycle, graphs, often, seeded, star


@often
@given(graphs(undirected=False), st.data())
def test_induced_subgraph_is_that_of_pyg(graph, data):
    edge_index, n = graph
    nodes = torch.tensor(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    part = induced_subgraph(edge_index, nodes)
    expected, _, mask = subgraph(nodes, edge_index, relabel_nodes=True, num_nodes=n, return_edge_mask=True)
    assert torch.equal(part.edge_index, expected)
    assert torch.equal(part.edges, mask)
    old = nodes.nonzero().flatten()
    assert torch.equal(old[part.edge_index], edge_index[:, part.edges])


@often
@given(batches(), st.floats(0, 1), st.integers(0, 99))
def test_every_graph_keeps_a_node(batch, p, seed):
    before = batch.edge_index.clone()
    part = drop_nodes(batch.edge_index, batch.num_nodes, p, generator=seeded(seed), batch=batch.batch)
    again = drop_nodes(batch.edge_index, batch.num_nodes, p, generator=seeded(seed), batch=batch.batch)
    assert torch.equal(part.nodes, again.nodes)
    assert torch.equal(batch.edge_index, before)
    left = torch.bincount(batch.batch[part.nodes], minlength=batch.num_graphs)
    assert (left >= 1).all()
    if p == 1:
        assert (left == 1).all()
    if p == 0:
        assert part.nodes.all()


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_the_rate_is_that_asked_for(p):
    part = drop_nodes(cycle(20_000), 20_000, p, generator=seeded())
    assert 1 - part.nodes.double().mean() == pytest.approx(p, abs=0.01)
    assert part.edges.double().mean() == pytest.approx((1 - p) ** 2, abs=0.02)


def test_own_probabilities():
    p = torch.cat([torch.ones(500), torch.zeros(501)])
    part = drop_nodes(star(1000), 1001, p, generator=seeded())
    assert torch.equal(part.nodes, p == 0)
    assert part.edge_index.size(1) == 0  # the hub went


def test_isolated_nodes_stay_or_go_like_others():
    part = drop_nodes(cycle(3), 6, torch.tensor([0.0, 0, 0, 0, 1, 0]), generator=seeded())
    assert part.nodes.tolist() == [True, True, True, True, False, True]
    assert part.edge_index.max() == 2
    assert drop_nodes(NO_EDGES, 4, 0.5, generator=seeded()).edge_index.shape == (2, 0)


@often
@given(graphs(undirected=False), st.integers(0, 5), st.floats(0, 1), st.integers(0, 99))
def test_walks_follow_edges_or_go_back(graph, length, restart, seed):
    edge_index, n = graph
    edges = set(map(tuple, edge_index.T.tolist()))
    starts = torch.arange(n)
    walks = random_walks(edge_index, n, starts, length, generator=seeded(seed), restart=restart)
    assert walks.shape == (n, length + 1)
    for start, walk in zip(starts.tolist(), walks.tolist(), strict=True):
        assert walk[0] == start
        for here, there in pairwise(walk):
            dead_end = not any(u == here for u, _ in edges)
            assert (there == start and (restart > 0 or dead_end)) or (here, there) in edges


def test_walks_choose_neighbours_evenly():
    walks = random_walks(star(4), 5, torch.zeros(20_000, dtype=torch.long), 1, generator=seeded())
    share = torch.bincount(walks[:, 1], minlength=5) / 20_000
    torch.testing.assert_close(share, torch.tensor([0.0, 0.25, 0.25, 0.25, 0.25]), atol=0.01, rtol=0)


def test_restart_keeps_walks_near_their_start():
    starts = torch.zeros(200, dtype=torch.long)
    far = [random_walks(cycle(1000), 1000, starts, 60, generator=seeded(), restart=r) for r in (0.0, 0.5)]
    spread = [torch.minimum(walk, 1000 - walk).double().mean() for walk in far]
    assert spread[1] < spread[0] / 2


@often
@given(batches(), st.integers(1, 3), st.integers(0, 4), st.integers(0, 99))
def test_walks_reach_every_graph_and_at_most_so_many_nodes(batch, walks, length, seed):
    part = random_walk_subgraph(
        batch.edge_index, batch.num_nodes, walks=walks, length=length, generator=seeded(seed), batch=batch.batch
    )
    visited = torch.bincount(batch.batch[part.nodes], minlength=batch.num_graphs)
    assert (visited >= 1).all()
    assert (visited <= walks * (length + 1)).all()


def test_a_walk_on_a_path_visits_neighbours():
    part = random_walk_subgraph(cycle(50), 50, walks=1, length=8, generator=seeded())
    assert 2 <= part.nodes.sum() <= 9
    assert part.edge_index.size(1) == 2 * (part.nodes.sum() - 1)  # what a walk visits hangs together


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: drop_nodes(cycle(3), 3, 1.5, generator=seeded()), r"p must lie in \[0, 1\]; got 1.5"),
        (lambda: drop_nodes(cycle(3), 2, 0.5, generator=seeded()), "got 2 nodes and node 2; give at least 3"),
        (
            lambda: random_walk_subgraph(cycle(5), 3, walks=1, length=1, generator=seeded()),
            "num_nodes must exceed every node of edge_index; got 3 nodes and node 4",
        ),
        (lambda: drop_nodes(cycle(3), 3, torch.ones(2), generator=seeded()), r"shape \(3,\); got \(2,\)"),
        (
            lambda: random_walks(cycle(3), 3, torch.zeros(1).long(), -1, generator=seeded()),
            "length must be at least 0; got -1",
        ),
        (
            lambda: random_walk_subgraph(cycle(3), 3, walks=0, length=1, generator=seeded()),
            "walks must be at least 1; got 0",
        ),
    ],
)
def test_bad_input_says_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    "draw",
    [
        lambda edges: drop_nodes(edges, 9, 0.3, generator=seeded()),
        lambda edges: random_walk_subgraph(edges, 9, walks=2, length=3, generator=seeded()),
    ],
)
def test_edges_of_32_bits_stay_so(draw):
    got, expected = draw(cycle(9).int()), draw(cycle(9))
    assert got.edge_index.dtype == torch.int32
    assert torch.equal(got.edge_index, expected.edge_index.int())
    assert torch.equal(got.nodes, expected.nodes)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: drop_nodes(NO_EDGES, 0, 0.5), "num_nodes must be at least 1; got 0; give a graph with a node"),
        (lambda: drop_nodes(NO_EDGES, -1, 0.5), "num_nodes must be at least 1; got -1; give a graph with a node"),
        (lambda: random_walk_subgraph(NO_EDGES, 0, walks=1, length=2), "num_nodes must be at least 1; got 0"),
        (
            lambda: drop_nodes(NO_EDGES, 3, 0.5, batch=NO_EDGES[0]),
            r"graph of each of 3 nodes, .* \(0,\)",
        ),
        (
            lambda: random_walk_subgraph(NO_EDGES, 1, walks=1, length=2, batch=torch.zeros(2).long()),
            "batch must have",
        ),
        (
            lambda: add_edges(NO_EDGES, 3, 0.5, batch=torch.tensor([0, 0, -1])),
            r"of 3 nodes, .* got -1",
        ),
        (
            lambda: random_walks(NO_EDGES, 2, torch.tensor([0, 2]), 1),
            r"starts must be node numbers in \[0, 2\)",
        ),
        (lambda: pagerank(NO_EDGES, 0), "num_nodes must be at least 1; got 0"),
    ],
)
def test_graphs_without_a_node_and_batches_that_do_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()
