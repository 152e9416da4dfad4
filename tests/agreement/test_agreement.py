"""J as a whole: its parts, what it does not depend on, and where it is not defined."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.data import Data

from graphcl.agreement import Agreement, Criterion, Views, two_views
from graphcl.agreement.ridge import CrossFittedRidge
from graphcl.datasets import load
from graphcl.feature_source import TensorFeatures
from graphcl.ops.graph_matrices.adjacency import undirected_adjacency
from graphcl.ops.graph_matrices.sparse import compress, unit_rows
from graphcl.ops.machine.runtime import Runtime
from tests.agreement.test_edges import correlations_by_loop
from tests.agreement.test_ridge import r2_by_loop

BLOCKS = load("planted-partition", nodes=120, blocks=3, degree_in=8.0, degree_out=2.0, features=10).graph
JUDGE = Agreement(BLOCKS, seed=0)


def test_j_by_loops(labelings):
    unit = unit_rows(BLOCKS.x).double()
    half = Runtime.launch("cpu", seed=0).generator("halves")
    ridge = CrossFittedRidge(unit, half)
    score = JUDGE.score(labelings[1])
    assert score["R2"] == pytest.approx(r2_by_loop(unit, ridge.half, labelings[1], 4), abs=1e-5)
    adjacency = undirected_adjacency(BLOCKS.edge_index, 120)
    assert score["r"] == pytest.approx(correlations_by_loop(adjacency, labelings[1].tolist(), 4))
    assert score["J"] == pytest.approx(sum(score["R2"]) / 4 + sum(score["r"]) / 4)


@given(st.permutations(range(4)), st.integers(-9, 9))
def test_renaming_clusters_changes_nothing_but_their_order(names, shift):
    labels = torch.randint(4, (120,), generator=torch.Generator().manual_seed(1))
    score, renamed = JUDGE.score(labels), JUDGE.score(10 * torch.tensor(names)[labels] + shift)
    assert renamed["J"] == pytest.approx(score["J"], abs=1e-7)
    for part in ("R2", "r"):
        assert [renamed[part][name] for name in names] == pytest.approx(score[part], abs=1e-6)


def test_the_truth_scores_above_chance_and_above_a_blurred_truth():
    blurred = BLOCKS.y.clone()
    blurred[::4] = blurred[::4].roll(1)
    truth, nearly, chance = (JUDGE.score(labels)["J"] for labels in (BLOCKS.y, blurred, BLOCKS.y.roll(7)))
    assert truth > nearly > chance
    assert abs(chance) < 0.3


def test_empty_clusters_count_nothing():
    score, wider = JUDGE.score(BLOCKS.y), JUDGE.score(BLOCKS.y, n_clusters=5)
    assert wider["R2"][3:] == wider["r"][3:] == [0, 0]
    assert wider["J"] == pytest.approx(score["J"] * 3 / 5)


def test_one_cluster_scores_zero():
    assert JUDGE.score(torch.zeros(120, dtype=torch.long)) == {"J": 0.0, "R2": [0.0], "r": [0.0]}


def test_classes_of_the_graph_are_not_read():
    scrambled = Data(x=BLOCKS.x, edge_index=BLOCKS.edge_index, y=torch.zeros(7))
    assert Agreement(scrambled, seed=0).score(BLOCKS.y) == JUDGE.score(BLOCKS.y)


def test_without_edges_and_without_features_that_vary():
    none = torch.empty(2, 0, dtype=torch.long)
    by_features = Agreement(Data(x=BLOCKS.x, edge_index=none)).score(BLOCKS.y)
    assert by_features["r"] == [0, 0, 0]
    assert by_features["R2"] == pytest.approx(JUDGE.score(BLOCKS.y)["R2"])
    by_edges = Agreement(Data(x=torch.ones(120, 3), edge_index=BLOCKS.edge_index)).score(BLOCKS.y)
    assert by_edges["r"] == JUDGE.score(BLOCKS.y)["r"]
    assert max(map(abs, by_edges["R2"])) < 0.05


def test_sparse_and_dense_features_and_one_direction_of_edges_are_alike():
    x = (torch.rand(200, 400, generator=torch.Generator().manual_seed(0)) < 0.02).float()
    x[7] = 0
    edges = torch.randint(200, (2, 600), generator=torch.Generator().manual_seed(1))
    labels = torch.arange(200) % 3
    sparse = Agreement(Data(x=compress(x), edge_index=edges), components=20).score(labels)
    both_ways = torch.cat([edges, edges.flip(0)], dim=1)
    dense = Agreement(Data(x=x, edge_index=both_ways), components=20).score(labels)
    assert compress(x).layout == torch.sparse_csr
    assert sparse["J"] == pytest.approx(dense["J"], abs=1e-4)


def test_weights_of_edges_are_honoured():
    ones = torch.ones(BLOCKS.edge_index.size(1))
    weighted = Data(x=BLOCKS.x, edge_index=BLOCKS.edge_index, edge_weight=ones)
    assert Agreement(weighted, seed=0).score(BLOCKS.y)["J"] == pytest.approx(JUDGE.score(BLOCKS.y)["J"])
    weighted.edge_weight = 1 + 9.0 * (BLOCKS.y[BLOCKS.edge_index[0]] == BLOCKS.y[BLOCKS.edge_index[1]])
    assert Agreement(weighted, seed=0).score(BLOCKS.y)["J"] > JUDGE.score(BLOCKS.y)["J"] + 0.1


def test_the_criterion_of_views_is_that_of_the_graph():
    runtime = Runtime.launch("cpu", seed=0)
    views = two_views(BLOCKS, runtime)
    assert isinstance(views, Views)
    assert Criterion.of(views, runtime).score(BLOCKS.y, 3) == JUDGE.score(BLOCKS.y)


@pytest.mark.parametrize(
    ("labels", "n_clusters", "message"),
    [
        (torch.zeros(119, dtype=torch.long), None, r"one integer for each of the 120 nodes; got shape \(119,\)"),
        (torch.zeros(120), None, "got shape .* of torch.float32"),
        (torch.full((120,), 3), 3, r"labels must lie in \[0, n_clusters\), \[0, 3\); got values from 3 to 3"),
    ],
)
def test_bad_labels(labels, n_clusters, message):
    with pytest.raises(ValueError, match=message):
        JUDGE.score(labels, n_clusters)


def test_a_feature_source_is_refused():
    graph = load("karate").graph
    graph.x = TensorFeatures(graph.x)
    with pytest.raises(TypeError, match="x must be a tensor to score clusterings; got a feature source; gather"):
        Agreement(graph)


def test_a_graph_without_features():
    with pytest.raises(ValueError, match="x is missing, and this method reads features"):
        Agreement(Data(edge_index=BLOCKS.edge_index, num_nodes=120))


@pytest.mark.gpu
def test_on_a_gpu():
    on_gpu = Agreement(BLOCKS, seed=0, device="cuda").score(BLOCKS.y)
    assert on_gpu["J"] == pytest.approx(JUDGE.score(BLOCKS.y)["J"], abs=1e-4)
