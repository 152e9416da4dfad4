from math import isnan

import networkx as nx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.utils import from_networkx, to_undirected

from graphcl.datasets import load
from graphcl.evaluation import (
    agreement,
    conductance,
    kmeans_probe,
    knn_probe,
    linear_probe,
    modularity,
    node_splits,
    structure_scores,
)


def communities(labels):
    return [set((labels == c).nonzero().flatten().tolist()) for c in labels.unique()]


def random_graph(seed, self_loops=False):
    graph = nx.gnp_random_graph(60, 0.1, seed=seed)
    if self_loops:
        graph.add_edges_from((i, i) for i in range(0, 60, 7))
    labels = torch.randint(5, (60,), generator=torch.Generator().manual_seed(seed))
    return graph, from_networkx(graph).edge_index, labels


@pytest.mark.parametrize("self_loops", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_against_networkx(seed, self_loops):
    graph, edge_index, labels = random_graph(seed, self_loops)
    sets = communities(labels)
    assert modularity(edge_index, labels) == pytest.approx(nx.community.modularity(graph, sets), abs=1e-12)
    expected = sum(nx.conductance(graph, nodes) for nodes in sets) / len(sets)
    assert conductance(edge_index, labels) == pytest.approx(expected, abs=1e-12)


def test_structure_scores_holds_both():
    _, edge_index, labels = random_graph(0)
    scores = structure_scores(edge_index, labels)
    assert scores == {"modularity": modularity(edge_index, labels), "conductance": conductance(edge_index, labels)}
    assert all(type(value) is float for value in scores.values())


@given(st.integers(0, 10_000), st.permutations(range(5)))
def test_renaming_clusters_changes_nothing(seed, names):
    _, edge_index, labels = random_graph(seed)
    renamed = structure_scores(edge_index, torch.tensor(names)[labels] * 100 - 7)
    assert renamed == pytest.approx(structure_scores(edge_index, labels), abs=1e-12)


@given(st.integers(0, 10_000))
def test_renumbering_nodes_changes_nothing(seed):
    _, edge_index, labels = random_graph(seed)
    order = torch.randperm(60, generator=torch.Generator().manual_seed(seed))
    moved = torch.empty_like(labels)
    moved[order] = labels
    scores = structure_scores(order[edge_index], moved)
    assert scores == pytest.approx(structure_scores(edge_index, labels), abs=1e-12)


def test_without_edges_both_are_undefined():
    scores = structure_scores(torch.empty(2, 0, dtype=torch.long), torch.tensor([0, 1, 1]))
    assert list(scores) == ["modularity", "conductance"]
    assert all(isnan(value) for value in scores.values())


def test_conductance_of_one_cluster_is_undefined():
    _, edge_index, labels = random_graph(0)
    assert modularity(edge_index, torch.zeros_like(labels)) == pytest.approx(0.0, abs=1e-12)
    assert isnan(conductance(edge_index, torch.zeros_like(labels)))
    pair, two = torch.tensor([[0, 1], [1, 0]]), torch.tensor([4, 4, 7])
    assert isnan(conductance(pair, two)), "the second cluster has no edge"


def test_a_cluster_of_isolated_nodes_is_left_out_of_the_mean():
    path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
    alone = torch.tensor([0, 1, 1, 2, 2])
    assert conductance(path, alone) == conductance(path, torch.tensor([0, 1, 1]))


@pytest.mark.parametrize(
    ("edges", "labels", "message"),
    [
        ([[0, 1], [1, 2]], [0, 0, 1], "both directions"),
        ([[0, 3], [3, 0]], [0, 0, 1], r"lie in \[0, 3\)"),
        ([[0, 1], [1, 0]], [0.0, 1.0], "one integer per node"),
    ],
)
def test_bad_input_says_what_is_wrong(edges, labels, message):
    with pytest.raises(ValueError, match=message):
        structure_scores(torch.tensor(edges), torch.tensor(labels))


@pytest.mark.gpu
def test_on_a_gpu():
    _, edge_index, labels = random_graph(0)
    on_gpu = structure_scores(to_undirected(edge_index).cuda(), labels)
    assert on_gpu == pytest.approx(structure_scores(edge_index, labels), abs=1e-12)


def test_arrays_and_lists_score_as_tensors_do():
    """What scikit-learn gives: `structure_scores(edge_index, KMeans(3).fit_predict(z))`."""
    blocks = load("planted-partition", nodes=90, blocks=3, signal=2.0)
    graph, z = blocks.graph, blocks.graph.x
    y = graph.y.numpy()
    assert structure_scores(graph.edge_index, y) == structure_scores(graph.edge_index, graph.y)
    assert modularity(graph.edge_index, y.tolist()) == modularity(graph.edge_index, graph.y)
    assert agreement(graph, y) == agreement(graph, graph.y)
    [split] = node_splits(y, {})
    for name in split.parts():
        assert torch.equal(getattr(split, name), getattr(node_splits(graph.y, {})[0], name))
    for probe in (linear_probe, knn_probe):
        assert probe(z.numpy(), y, split).scores == probe(z, graph.y, split).scores
    assert kmeans_probe(z.numpy(), y) == kmeans_probe(z, graph.y)
