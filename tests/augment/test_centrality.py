"""Centralities against networkx, closed forms, and graphs that are not connected."""

import networkx as nx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.utils import from_networkx

from graphcl.augment import degree_centrality, eigenvector_centrality, lazy_walk, node_centrality, pagerank
from graphcl.augment.centrality import _iterate
from tests.augment.graphs import NO_EDGES, cycle, graphs, often, seldom, star

TIGHT = {"rtol": 1e-9, "atol": 1e-12}


def values(of_node: dict[int, float], n: int) -> torch.Tensor:
    return torch.tensor([float(of_node[i]) for i in range(n)], dtype=torch.float64)


@often
@given(graphs(undirected=False))
def test_pagerank_is_that_of_networkx(graph):
    edge_index, n = graph
    edge_index = edge_index.unique(dim=1)  # a DiGraph has no parallel edges
    directed = nx.DiGraph()
    directed.add_nodes_from(range(n))
    directed.add_edges_from(edge_index.T.tolist())
    expected = values(nx.pagerank(directed, tol=1e-14, max_iter=1000), n)
    torch.testing.assert_close(pagerank(edge_index, n), expected, **TIGHT)


@pytest.mark.parametrize("seed", range(3))
def test_eigenvector_is_that_of_networkx_where_it_answers(seed):
    graph = nx.barabasi_albert_graph(40, 2, seed=seed)
    expected = values(nx.eigenvector_centrality_numpy(graph), 40)
    edge_index = from_networkx(graph).edge_index
    torch.testing.assert_close(eigenvector_centrality(edge_index, 40, steps=500), expected, rtol=0, atol=1e-9)


def test_eigenvector_of_a_disconnected_graph_is_that_of_each_part():
    """A star of 5 nodes, a cycle of 4 and a node alone; networkx refuses such a graph."""
    apart = torch.cat([star(4), cycle(4) + 5], dim=1)
    c = eigenvector_centrality(apart, 10)
    hub, leaf = 0.5**0.5, (0.5 / 4) ** 0.5  # of length 1
    expected = torch.tensor([hub, leaf, leaf, leaf, leaf], dtype=torch.float64) * (5 / 10) ** 0.5
    torch.testing.assert_close(c[:5], expected)
    torch.testing.assert_close(c[5:9], torch.full((4,), 0.1**0.5, dtype=torch.float64))
    assert c[9] == 0


@often
@given(graphs())
def test_degree_counts_neighbours(graph):
    edge_index, n = graph
    neighbours = to_networkx_graph(edge_index, n)
    assert degree_centrality(edge_index, n).tolist() == [len(neighbours[i]) for i in range(n)]
    one_way = edge_index[:, edge_index[0] <= edge_index[1]]
    assert torch.equal(degree_centrality(one_way, n), degree_centrality(edge_index, n))


def to_networkx_graph(edge_index: torch.Tensor, n: int) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(edge_index.T.tolist())
    return graph


@often
@given(graphs(undirected=False), st.integers(0, 12))
def test_lazy_walk_by_a_loop(graph, steps):
    edge_index, n = graph
    out = torch.bincount(edge_index[0], minlength=n).tolist()
    x = [1.0] * n
    for _ in range(steps):
        y = [0.15 * value for value in x]
        for u, v in edge_index.T.tolist():
            y[v] += 0.85 * x[u] / out[u]
        x = y
    torch.testing.assert_close(lazy_walk(edge_index, n, steps=steps), torch.tensor(x, dtype=torch.float64))


def test_lazy_walk_tends_to_the_degree_and_pagerank_does_not():
    graph = nx.connected_watts_strogatz_graph(30, 4, 0.3, seed=0)
    edge_index = from_networkx(graph).edge_index
    degree = degree_centrality(edge_index, 30)
    limit = 30 * degree / degree.sum()
    torch.testing.assert_close(lazy_walk(edge_index, 30, steps=2000), limit)
    assert (pagerank(edge_index, 30) * 30 - limit).abs().max() > 0.01


def test_a_node_alone_decays_in_the_lazy_walk_alone():
    assert lazy_walk(cycle(4), 5, steps=3)[4] == pytest.approx(0.15**3)
    assert pagerank(cycle(4), 5)[4] > 0.03


@pytest.mark.parametrize("name", ["degree", "pagerank", "lazy-walk", "eigenvector"])
def test_equal_on_a_regular_graph_and_finite_without_edges(name):
    c = node_centrality(cycle(7), 7, name)
    torch.testing.assert_close(c, c[:1].expand(7))
    empty = node_centrality(NO_EDGES, 3, name)
    assert empty.shape == (3,)
    assert torch.isfinite(empty).all()
    assert (empty >= 0).all()


@seldom
@given(graphs(), st.randoms(use_true_random=False))
def test_renumbering_the_nodes_renumbers_the_values(graph, random):
    edge_index, n = graph
    place = torch.tensor(random.sample(range(n), n))
    for name in ("degree", "pagerank", "lazy-walk", "eigenvector"):
        moved = node_centrality(place[edge_index], n, name)
        torch.testing.assert_close(moved[place], node_centrality(edge_index, n, name))


@pytest.mark.parametrize("steps", [0, 1, 4, 5, 6, 7, 8, 9, 1_000_000_000, 1_000_000_001, 1_000_000_002])
def test_values_that_repeat_are_not_computed_again(steps):
    taken = []

    def next_of(x):  # 5, 4, 3 and then 2, 1, 0, 2, 1, 0, ...
        taken.append(x)
        return torch.where(x > 0, x - 1, 2)

    expected = 5 - steps if steps < 4 else (5 - steps) % 3
    assert _iterate(next_of, torch.tensor([5]), steps).item() == expected
    assert len(taken) <= 14


def test_unknown_name():
    with pytest.raises(ValueError, match="one of degree, pagerank, lazy-walk, eigenvector; got 'closeness'"):
        node_centrality.__wrapped__(cycle(3), 3, "closeness")


@pytest.mark.parametrize("name", ["degree", "pagerank", "lazy-walk", "eigenvector"])
def test_too_few_nodes_for_the_edges(name):
    with pytest.raises(ValueError, match="num_nodes must exceed every node of edge_index; got 3 nodes and node 4"):
        node_centrality(cycle(5), 3, name)


@pytest.mark.parametrize("name", ["degree", "pagerank", "lazy-walk", "eigenvector"])
def test_edges_of_32_bits(name):
    """A code row * n + column of 50,000 nodes does not fit into 32 bits."""
    n = 50_000
    edge_index = torch.cat([star(4) + n - 5, cycle(6)], dim=1)
    torch.testing.assert_close(node_centrality(edge_index.int(), n, name), node_centrality(edge_index, n, name))


@pytest.mark.parametrize("iterate", [pagerank, lazy_walk, eigenvector_centrality])
def test_negative_steps(iterate):
    with pytest.raises(ValueError, match="steps must be at least 0; got -1"):
        iterate(cycle(3), 3, steps=-1)


@pytest.mark.parametrize("iterate", [pagerank, lazy_walk])
@pytest.mark.parametrize("damping", [2.0, -0.5, float("nan")])
def test_damping_out_of_range(iterate, damping):
    with pytest.raises(ValueError, match=f"damping must lie in .*; got {damping}"):
        iterate(cycle(3), 3, damping=damping)
