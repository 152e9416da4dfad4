import networkx as nx
import numpy as np
import pytest
import torch

from graphcl.evaluation import HardNegatives, hard_negatives, leaky_links, split_links, uniform_negatives
from graphcl.evaluation.links import hard_negatives as hard_module
from graphcl.evaluation.links.non_edges import NonEdges
from tests.evaluation.links.graphs import as_set, blocks, both_ways, many


def all_non_edges(edges, graph):
    taken = as_set(edges)
    return [
        (u, v)
        for u in range(len(graph))
        for v in range(len(graph))
        if u != v and graph[u] == graph[v] and (min(u, v), max(u, v)) not in taken
    ]


def test_numbers_stand_for_all_non_edges_in_order():
    edges, graph = many()
    pairs = NonEdges(edges, graph)
    expected = all_non_edges(edges, graph)
    assert list(map(tuple, pairs.pairs(torch.arange(len(expected))).T.tolist())) == expected
    assert pairs.count.tolist() == [sum(graph[u] == g for u, _ in expected) for g in range(4)]
    assert pairs.count[2] == 0, "a complete graph has none"


@pytest.mark.parametrize("wanted", [1, 3, 1000])
def test_draws_are_distinct_non_edges_as_many_as_there_are(wanted):
    edges, graph = many()
    pairs = NonEdges(edges, graph)
    drawn = pairs.draw(torch.full((4,), wanted), torch.Generator().manual_seed(0))
    expected = {(min(u, v), max(u, v)) for u, v in all_non_edges(edges, graph)}
    assert len(as_set(drawn)) == drawn.size(1)
    assert as_set(drawn) <= expected
    number = torch.bincount(graph[drawn[0]], minlength=4)
    assert torch.equal(number, (pairs.count // 2).clamp(max=wanted))


@pytest.mark.parametrize("wanted", [2, 6], ids=["rejection", "listing"])
def test_draws_are_uniform(wanted):
    edges = both_ways(nx.cycle_graph(9).edges)
    pairs, draw = NonEdges(edges, torch.zeros(9).long()), torch.Generator().manual_seed(0)
    times = 500
    codes = [9 * u + v for _ in range(times) for u, v in pairs.draw(torch.tensor([wanted]), draw).T.tolist()]
    frequency = np.bincount(codes)
    frequency = frequency[frequency > 0]
    p = wanted / 27
    assert len(frequency) == 27
    assert np.abs(frequency - times * p).max() < 4.5 * (times * p * (1 - p)) ** 0.5


def test_uniform_negatives_are_no_edges_and_in_one_part_only():
    edges, graph = many(sizes=(40, 30, 4, 12))
    split = split_links(edges, len(graph), graph=graph, val=0.1, test=0.2)
    found = uniform_negatives(split, seed=2)
    parts = [as_set(found[part]) for part in ("train", "val", "test")]
    assert not any(part & as_set(edges) for part in parts), "neither visible nor hidden ones"
    assert sum(map(len, parts)) == len(set().union(*parts))
    for pairs, other in ((found["test"], split.test), (found["val"], split.val)):
        number, positives = (torch.bincount(graph[each[0]], minlength=4) for each in (pairs, other))
        assert torch.equal(number[[0, 1, 3]], positives[[0, 1, 3]])
        assert number[2] == 0
    again, other = uniform_negatives(split, seed=2), uniform_negatives(split, seed=3)
    assert torch.equal(found["test"], again["test"])
    assert not torch.equal(found["test"], other["test"])
    assert torch.equal(uniform_negatives(leaky_links(split), seed=2)["test"], found["test"])


def test_a_complete_graph_has_no_negatives():
    split = split_links(both_ways(nx.complete_graph(9).edges), 9)
    with pytest.raises(ValueError, match="no pair without an edge left for test; link prediction needs non-edges"):
        uniform_negatives(split)


def ranked(split, edges, u, k):
    """The definition of the docstring, node by node, by networkx."""
    seen = nx.Graph(split.train_edges.T.tolist())
    seen.add_nodes_from(range(split.num_nodes))
    pagerank = nx.pagerank(seen, alpha=0.85, personalization={u: 1}, max_iter=500, tol=1e-12)
    taken = as_set(edges)
    others = [w for w in range(split.num_nodes) if w != u and (min(u, w), max(u, w)) not in taken]
    common = {w: len(set(seen[u]) & set(seen[w])) for w in others}
    by_common = sorted(others, key=lambda w: (-common[w], -pagerank[w]))
    by_rank = sorted(others, key=lambda w: -pagerank[w])
    return sorted(others, key=lambda w: min(2 * by_common.index(w), 2 * by_rank.index(w) + 1))[:k]


def test_hard_negatives_are_those_that_the_docstring_defines(monkeypatch):
    monkeypatch.setattr(hard_module, "STEPS", 200)
    edges = blocks()
    split = split_links(edges, 90)
    found = hard_negatives(split, per_positive=12)
    assert isinstance(found, HardNegatives)
    assert found.owner.bincount().tolist() == [12] * split.test.size(1)
    for column, (u, v) in enumerate(split.test.T.tolist()):
        mine = {tuple(pair) for pair in found.pairs[:, found.owner == column].T.tolist()}
        assert mine == {(end, w) for end in (u, v) for w in ranked(split, edges, end, 6)}


def test_blocks_of_anchors_make_no_difference(monkeypatch):
    edges, graph = many(sizes=(20, 30, 4, 12))
    split = split_links(edges, len(graph), graph=graph, test=0.3)
    whole = hard_negatives(split, per_positive=8)
    monkeypatch.setattr(hard_module, "ENTRIES_AT_ONCE", 40)
    parts = hard_negatives(split, per_positive=8)
    assert torch.equal(whole.pairs, parts.pairs)
    assert torch.equal(whole.owner, parts.owner)
    assert bool((graph[whole.pairs[0]] == graph[whole.pairs[1]]).all())
    assert not as_set(whole.pairs) & as_set(edges)


def test_hard_negatives_do_not_see_hidden_edges():
    split = split_links(blocks(), 90)
    assert torch.equal(hard_negatives(split).pairs, hard_negatives(leaky_links(split)).pairs)
    with pytest.raises(ValueError, match="per_positive must be an even number from 2; got 3"):
        hard_negatives(split, per_positive=3)


def test_graphs_must_be_sorted_and_apart():
    edges, graph = many()
    with pytest.raises(ValueError, match="in ascending order; sort the nodes"):
        NonEdges(edges, graph.flip(0))
    with pytest.raises(ValueError, match="an edge between two graphs"):
        NonEdges(torch.tensor([[0], [6]]), graph)
