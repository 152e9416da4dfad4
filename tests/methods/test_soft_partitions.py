"""DMoN, MinCut, Neuromap and DGCluster: what is particular to each."""

import pytest
import torch
from sklearn.cluster import Birch

from graphcl import DGCluster, DMoN, MinCut, Neuromap
from graphcl.evaluation import clustering_scores
from graphcl.objectives import cluster_collapse, cluster_orthogonality, map_equation, min_cut, soft_modularity
from graphcl.objectives.partition_quality import partition_sums
from graphcl.objectives.partition_quality.min_cut import normalised_shares
from graphcl.training import NodeBatches, Step
from tests.easy import planted, unlabelled

SMALL = {"hidden_channels": 16, "out_channels": 16, "epochs": 25, "lr": 2e-2}


def losses_of(model, data):
    """Losses of a fitted model's partition of the whole graph in evaluation mode, and that partition."""
    [graph] = model._checked(data)
    module = model.module_.train()
    batch = NodeBatches(module.prepare(graph)).whole
    module.eval()
    assign = module.head.assign(module.rows(batch)).detach()
    return module(batch, Step("partition", 0, 0, torch.Generator())), assign, graph.edge_index


def test_dmon_has_the_losses_of_the_objectives():
    data = unlabelled(planted())
    for form, settings in {"paper": {}, "released": {"resolution": 0.5, "scale": 0.5}}.items():
        model = DMoN(n_clusters=3, form=form, collapse_weight=0.3, **SMALL).fit(data)
        losses, assign, edges = losses_of(model, data)
        torch.testing.assert_close(assign, model.soft_labels_)
        torch.testing.assert_close(-losses["modularity"], soft_modularity(assign, edges, **settings))
        torch.testing.assert_close(losses["collapse"], 0.3 * cluster_collapse(assign))


def test_the_released_form_trains_another_model():
    paper, released = (
        DMoN(n_clusters=3, encoder="gcn", logits="centres", form=form, **SMALL).fit(planted())
        for form in ("paper", "released")
    )
    assert not torch.equal(paper.embedding_, released.embedding_)
    assert paper.module_.head.linear.bias is None


def test_mincut_cuts_the_normalised_adjacency():
    data = unlabelled(planted())
    model = MinCut(n_clusters=3, orthogonality_weight=0.5, **SMALL).fit(data)
    losses, assign, edges = losses_of(model, data)
    degree = torch.bincount(edges[0]).float().rsqrt()
    torch.testing.assert_close(losses["cut"], min_cut(assign, edges, degree[edges[0]] * degree[edges[1]]))
    torch.testing.assert_close(losses["orthogonality"], 0.5 * cluster_orthogonality(assign))
    sums = partition_sums(assign, normalised_shares(edges, 150))
    torch.testing.assert_close(losses["cut"], -sums.within.sum() / sums.squares)


def test_neuromap_keeps_the_state_of_the_shortest_description():
    data = unlabelled(planted())
    model = Neuromap(n_clusters=8, select_every=1, **SMALL).fit(data)
    losses, assign, edges = losses_of(model, data)
    torch.testing.assert_close(losses["codelength"], map_equation(assign, edges))
    best = max(row["compression"] for row in model.history_)
    assert losses["codelength"].item() == pytest.approx(-best, abs=1e-4)
    last = Neuromap(n_clusters=8, select_every=0, collapse_weight=1.0, **SMALL).fit(data)
    assert {"codelength", "collapse"} <= set(last.history_[-1])
    assert "compression" not in last.history_[-1]


def test_neuromap_leaves_columns_empty_that_shorten_nothing():
    labels = Neuromap(n_clusters=12, hidden_channels=32, epochs=60, lr=2e-2).fit_predict(planted())
    assert 3 <= len(labels.unique()) < 12


def test_dgcluster_finds_clusters_by_birch_or_is_given_their_number():
    data = planted()
    found = DGCluster(**SMALL).fit(data)
    expected = Birch(n_clusters=None, threshold=0.5).fit(found.embedding_.numpy())
    assert found.labels_.tolist() == expected.labels_.tolist()
    assert torch.equal(found.predict(data), found.labels_)
    assert torch.equal(DGCluster(**SMALL).fit_predict(data), found.labels_)
    assert clustering_scores(data.y, found.labels_)["acc"] > 0.95
    assert found.stages_[-1]["clusters"] == "birch"
    many = DGCluster(threshold=1e-3, **SMALL).fit(data)
    assert len(many.labels_.unique()) > len(found.labels_.unique())
    given = DGCluster(n_clusters=2, **SMALL).fit(data)
    assert len(given.labels_.unique()) == 2
    assert torch.equal(given.embedding_, found.embedding_)


def test_dgcluster_rows_are_squared_and_of_unit_length():
    data = unlabelled(planted())
    model = DGCluster(balance_weight=0.5, **SMALL).fit(data)
    assert (model.embedding_ >= 0).all()
    torch.testing.assert_close(model.embedding_.norm(dim=1), torch.ones(150))
    losses, assign, edges = losses_of(model, data)
    torch.testing.assert_close(assign, model.embedding_)
    torch.testing.assert_close(-losses["modularity"], soft_modularity(assign, edges))
    torch.testing.assert_close(losses["balance"], 0.5 * assign.mean(0).square().sum().square())


def test_dgcluster_without_clusters_is_saved_with_its_own(tmp_path):
    model = DGCluster(**SMALL).fit(planted())
    model.save(tmp_path / "model.pt")
    assert torch.equal(DGCluster.load(tmp_path / "model.pt").predict(planted()), model.labels_)


def test_the_soft_labels_are_probabilities_and_predict_reads_other_graphs():
    data = planted()
    for method in (DMoN, MinCut, Neuromap):
        model = method(n_clusters=3, **SMALL).fit(data)
        torch.testing.assert_close(model.soft_labels_.sum(1), torch.ones(150))
        assert torch.equal(model.soft_labels_.argmax(1), model.labels_)
        assert torch.equal(model.predict(data), model.labels_)
        assert len(model.predict(data.subgraph(torch.arange(75)))) == 75


def test_what_is_refused():
    data = planted()
    for method in (DMoN, MinCut):
        with pytest.raises(ValueError, match=r"-skip' has one layer; got num_layers=2; set num_layers=1"):
            method(n_clusters=3, num_layers=2).fit(data)
    for model in (DMoN(n_clusters=3, dropout=1.0), DGCluster(dropout=1.0)):
        with pytest.raises(ValueError, match=r"dropout must lie in \[0, 1\); got 1.0"):
            model.fit(data)
    with pytest.raises(ValueError, match="form must be 'paper' or 'released'; got 'code'"):
        DMoN(n_clusters=3, form="code").fit(data)
    data.edge_weight = torch.ones(data.edge_index.size(1))
    with pytest.raises(ValueError, match="edge_weight is not used by this method; remove it first"):
        MinCut(n_clusters=3).fit(data)
