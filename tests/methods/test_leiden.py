import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.data import Data

from graphcl import Leiden
from graphcl.bench import Suite, expand
from graphcl.bench.runs.failure import one_line
from graphcl.datasets import load
from graphcl.evaluation import clustering_scores, modularity, structure_scores
from graphcl.methods.shallow_clusterers.leiden import largest_first

igraph = pytest.importorskip("igraph")
leidenalg = pytest.importorskip("leidenalg")


def graph(edges, n, weight=None):
    return Data(x=torch.ones(n, 1), edge_index=torch.tensor(edges).T, edge_weight=weight)


def two_cliques(size=5):
    """Two cliques and one edge between them, each edge in one direction."""
    pairs = [(i, j) for i in range(size) for j in range(i)]
    return graph([*pairs, *((i + size, j + size) for i, j in pairs), (0, size)], 2 * size)


def planted(**changes):
    return load(
        "planted-partition", **{"nodes": 200, "blocks": 4, "degree_in": 12.0, "degree_out": 2.0, **changes}
    )


def test_two_cliques():
    data = two_cliques()
    assert Leiden().fit_predict(data).tolist() == [0] * 5 + [1] * 5
    assert Leiden(objective="cpm", resolution=0.5).fit_predict(data).tolist() == [0] * 5 + [1] * 5


def test_the_objective_is_ours():
    """The modularity that the package reports for its best communities is the one that `evaluation` computes."""
    data = planted().graph
    labels = Leiden(n_init=1).fit_predict(data)
    row, column = data.edge_index
    edges = data.edge_index[:, row < column].T.tolist()
    theirs = igraph.Graph(n=data.num_nodes, edges=edges).modularity(labels.tolist())
    assert modularity(data.edge_index, labels) == pytest.approx(theirs)


def test_no_clustering_of_the_classes_has_a_higher_modularity():
    found = planted(degree_out=6.0)
    data = found.graph
    best = modularity(data.edge_index, Leiden().fit_predict(data))
    assert best >= modularity(data.edge_index, data.y)
    assert best >= modularity(data.edge_index, Leiden(n_clusters=4).fit_predict(data))


def test_large_graphs_get_fewer_starts_and_passes(monkeypatch):
    found = planted(nodes=120, degree_in=16.0)
    module = sys.modules[Leiden.__module__]

    def made(**settings):
        optimiser, passes = leidenalg.Optimiser.optimise_partition, []

        def noted(self, partition, n_iterations):
            passes.append(n_iterations)
            return optimiser(self, partition, n_iterations=n_iterations)

        with monkeypatch.context() as patch:
            patch.setattr(leidenalg.Optimiser, "optimise_partition", noted)
            labels = Leiden(**settings).fit_predict(found.graph)
        return passes, labels

    small, labels = made(n_clusters=4)
    assert small == [10] * 5
    assert torch.equal(labels, Leiden(n_clusters=4, n_init=5, n_iterations=10).fit_predict(found.graph))
    monkeypatch.setattr(module, "LARGE", 119)
    passes, labels = made(n_clusters=4)
    assert passes[0] == passes[-1] == 1
    assert passes[1:-1] in ([], [10] * 5)  # where a pass found too many communities, these are merged
    assert clustering_scores(found.graph.y, labels)["acc"] > 0.95
    assert made()[0] == [1, 1]
    assert made(n_clusters=4, n_init=2, n_iterations=7)[0] == [7, 7]
    assert made(n_clusters=4, n_init=2)[0] == [10, 10]


@pytest.mark.parametrize("n_clusters", [1, 2, 4, 30, 200])
def test_a_large_graph_has_at_most_so_many_communities_and_no_worse_ones(n_clusters, monkeypatch):
    graphs = [planted(degree_out=4.0).graph, planted(degree_in=0.5, degree_out=0.2).graph]  # and many components
    for data in graphs:
        thorough = modularity(data.edge_index, Leiden(n_clusters=n_clusters).fit_predict(data))
        with monkeypatch.context() as patch:
            patch.setattr(sys.modules[Leiden.__module__], "LARGE", 0)
            labels = Leiden(n_clusters=n_clusters).fit_predict(data)
            again = Leiden(n_clusters=n_clusters).fit_predict(data)
        assert torch.equal(labels, again)
        assert int(labels.max()) < n_clusters
        assert modularity(data.edge_index, labels) >= thorough - 0.03


def test_more_starts_are_no_worse():
    data = load("planted-partition", nodes=200, degree_in=4.0, degree_out=2.0).graph
    scores = [modularity(data.edge_index, Leiden(n_init=n, n_iterations=1).fit_predict(data)) for n in (1, 4, 16)]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1]


@pytest.mark.parametrize("n_clusters", [1, 2, 3, 4])
def test_a_number_of_clusters_is_kept(n_clusters):
    found = planted()
    labels = Leiden(n_clusters=n_clusters).fit_predict(found.graph)
    assert labels.unique().tolist() == list(range(n_clusters))
    if n_clusters == 4:
        assert clustering_scores(found.graph.y, labels)["acc"] > 0.95


def test_the_number_is_the_most_not_the_least():
    data = two_cliques()
    assert int(Leiden(n_clusters=6).fit_predict(data).max()) == 1
    assert int(Leiden(n_clusters=6, resolution=6.0).fit_predict(data).max()) == 5


def test_resolution_sets_the_size():
    data = planted().graph
    counts = [int(Leiden(resolution=value).fit_predict(data).max()) for value in (0.2, 1.0, 5.0)]
    assert counts == sorted(set(counts))


def test_weights_and_directions():
    cycle = [(0, 1), (1, 2), (2, 3), (3, 0)]
    for weight, labels in (([9.0, 1, 9, 1], [0, 0, 1, 1]), ([1.0, 9, 1, 9], [0, 1, 1, 0])):
        assert Leiden().fit_predict(graph(cycle, 4, torch.tensor(weight))).tolist() == labels
    both = [*cycle, *((j, i) for i, j in cycle)]
    assert torch.equal(Leiden().fit_predict(graph(cycle, 4)), Leiden().fit_predict(graph(both, 4)))
    weightless = graph([*cycle, (0, 4)], 5, torch.tensor([1.0, 1, 1, 1, 0]))
    assert Leiden().fit_predict(weightless)[4] == Leiden().fit_predict(graph(cycle, 5))[4] != 0


def test_without_edges_each_node_is_by_itself():
    data = Data(x=torch.ones(4, 1), edge_index=torch.empty(2, 0, dtype=torch.long))
    assert Leiden().fit_predict(data).tolist() == [0, 1, 2, 3]
    assert sorted(Leiden(n_clusters=2).fit_predict(data).tolist()) == [0, 0, 1, 1]
    one = Data(x=torch.ones(1, 1), edge_index=torch.empty(2, 0, dtype=torch.long))
    assert Leiden().fit(one).embedding_.tolist() == [[1.0]]


def test_features_are_not_read():
    data = planted().graph
    other = Data(x=torch.randn_like(data.x), edge_index=data.edge_index)
    assert torch.equal(Leiden().fit_predict(data), Leiden().fit_predict(other))


def test_other_graphs_have_no_place():
    data = planted().graph
    method = Leiden().fit(data)
    assert torch.equal(method.transform(data).argmax(1), method.labels_)
    fewer = Data(x=data.x, edge_index=data.edge_index[:, 2:])
    with pytest.raises(
        ValueError, match="only the nodes of the graph that it was fitted on; fit this one as well"
    ):
        method.transform(fewer)
    assert not hasattr(method, "predict")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_clusters": "many"}, "n_clusters must be a valid integer or 'auto'; got 'many'"),
        ({"n_clusters": 11}, "n_clusters must be at most the number of nodes; got 11 for 10 nodes"),
        ({"objective": "louvain"}, "objective must be 'modularity' or 'cpm'; got 'louvain'"),
        ({"resolution": 0.0}, "resolution must be greater than 0"),
        ({"n_iterations": 0}, "n_iterations must be greater than or equal to 1"),
    ],
)
def test_bad_parameters_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        Leiden(**change).fit(two_cliques())


def test_a_missing_package_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "leidenalg", None)
    with pytest.raises(ImportError) as caught:
        Leiden().fit(two_cliques())
    assert one_line(caught.value) == "Leiden needs leidenalg and igraph; pip install 'graphcl[community]'"


def test_a_plan_gives_the_number_of_classes_and_leaves_it_out_where_there_is_none(tmp_path):
    suite = {"name": "tiny", "seeds": [0], "methods": ["leiden", "leiden@default"], "datasets": ["karate"]}
    runs = [task.run for task in expand(Suite(**suite, params={"leiden@default": {"n_clusters": "auto"}}))]
    assert [run.params["n_clusters"] for run in runs] == [2, "auto"]
    np.savez(tmp_path / "ring.npz", x=np.eye(8), edge_index=np.stack([np.arange(8), (np.arange(8) + 1) % 8]))
    suite = {**suite, "methods": ["leiden"], "datasets": [str(tmp_path / "ring.npz")]}
    assert expand(Suite(**suite))[0].run.params["n_clusters"] == "auto"


@given(labels=st.lists(st.integers(-3, 3), min_size=1, max_size=20))
def test_largest_first_keeps_the_clusters(labels):
    before = torch.tensor(labels)
    after = largest_first(before)
    assert torch.equal(before[:, None] == before, after[:, None] == after)
    sizes = torch.bincount(after)
    assert (sizes.diff() <= 0).all()
    firsts = [int((after == c).nonzero()[0]) for c in range(len(sizes))]
    assert all(a < b for a, b, tie in zip(firsts, firsts[1:], sizes.diff() == 0, strict=False) if tie)


@pytest.mark.data
@pytest.mark.parametrize("name", ["cora", "acm"])
def test_modularity_on_known_graphs(name):
    try:
        data = load(name).graph
    except FileNotFoundError as error:
        pytest.skip(str(error))
    labels = Leiden(n_init=1).fit_predict(data)
    assert structure_scores(data.edge_index, labels)["modularity"] > 0.81


def test_a_graph_needs_no_features():
    graph = load("karate").graph
    labels = Leiden(seed=0).fit_predict(graph)
    bare = Data(edge_index=graph.edge_index, num_nodes=34)
    assert torch.equal(Leiden(seed=0).fit_predict(bare), labels)
    assert torch.equal(Leiden(seed=0).fit(bare).transform(bare).argmax(1), labels)
