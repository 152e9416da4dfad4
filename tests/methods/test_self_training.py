"""What is particular to SDCN, DAEGC and DFCN: read-outs, pre-trainings, and the ways that large graphs take."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import DAEGC, DFCN, SDCN, AutoencoderKMeans
from graphcl.encoders import fused_gcn
from graphcl.evaluation import clustering_scores
from graphcl.methods.bases import autoencoder
from graphcl.methods.deep_clusterers.dfcn import CLUSTER
from graphcl.objectives import adjacency_squared_error
from graphcl.training import Step
from tests.easy import planted, unlabelled
from tests.method_cases import ATTENTIVE, FUSED, SMALL


def sdcn(**settings):
    return SDCN(**{"n_clusters": 3, "epochs": 3, "n_init": 2, **SMALL, **settings})


def test_sdcn_reads_out_what_was_chosen_and_keeps_the_other():
    data = planted()
    gcn, student = (sdcn(read_out=way, epochs=0).fit(data) for way in ("gcn", "student"))
    assert torch.equal(gcn.embedding_, student.embedding_)
    assert torch.equal(gcn.student_labels_, student.student_labels_)
    assert torch.equal(student.labels_, student.student_labels_)
    assert not torch.equal(gcn.labels_, student.labels_)
    for model in (gcn, student):
        torch.testing.assert_close(model.soft_labels_.sum(1), torch.ones(150))
        assert torch.equal(model.predict(data), model.labels_)
    with pytest.raises(ValueError, match="read_out must be 'gcn' or 'student'; got 'best'"):
        sdcn(read_out="best").fit(data)


def test_sdcn_by_gcn_reads_edges_and_by_student_none():
    data = planted()
    fewer = Data(x=data.x, edge_index=data.edge_index[:, ::2])
    gcn = sdcn(epochs=40, lr=1e-2).fit(data)
    assert not torch.equal(gcn.predict(fewer), gcn.labels_)
    assert torch.equal(
        gcn.set_params(read_out="student").predict(data), gcn.labels_
    )  # of the fit, not set after it
    student = sdcn(read_out="student").fit(data)
    assert torch.equal(student.predict(fewer), student.labels_)


def test_sdcn_in_chunks_is_sdcn_at_once(monkeypatch):
    whole = sdcn(precision="fp64").fit(planted())
    monkeypatch.setattr(fused_gcn, "CHUNK_ROWS", 40)
    monkeypatch.setattr(autoencoder, "CHUNK_ROWS", 40)
    parts = sdcn(precision="fp64").fit(planted())
    torch.testing.assert_close(parts.soft_labels_, whole.soft_labels_, atol=1e-9, rtol=1e-9)
    torch.testing.assert_close(parts.history_[-1]["loss"], whole.history_[-1]["loss"], atol=1e-12, rtol=1e-12)


def test_sdcn_shares_its_pretraining_and_makes_one_for_each_seed(tmp_path):
    data = planted()
    pretrained = AutoencoderKMeans(**SMALL).fit(data, cache=tmp_path)
    model = sdcn(epochs=0).fit(data, cache=tmp_path)
    assert [stage["cached"] for stage in model.stages_ if stage["name"] == "pretrain"] == [True]
    assert torch.equal(model.embedding_, pretrained.embedding_)
    other = sdcn(epochs=0, seed=1).fit(data, cache=tmp_path)
    assert [stage["cached"] for stage in other.stages_ if stage["name"] == "pretrain"] == [False]


def test_daegc_with_drawn_columns():
    data = planted()
    model = DAEGC(n_clusters=3, columns=50, **ATTENTIVE).fit(data)
    assert clustering_scores(data.y, model.labels_)["acc"] > 0.95
    short = {**ATTENTIVE, "pretrain_epochs": 2, "epochs": 2}
    exact, all_columns, drawn = (DAEGC(n_clusters=3, columns=n, **short).fit(data) for n in (None, 150, 50))
    assert torch.equal(exact.embedding_, all_columns.embedding_)
    assert not torch.equal(exact.embedding_, drawn.embedding_)
    with pytest.raises(ValueError, match=r"columns must be .*; got 0"):
        DAEGC(n_clusters=3, columns=0).fit(data)


def prepared(model, data):
    """The module of a fitted model, with gradients of its training, and the graph as it sees it."""
    module = model.module_.double().train()
    data = unlabelled(data)
    data.x = data.x.double()
    batch = module.prepare(data)
    batch.seeds = batch.num_nodes
    return module, batch


def test_dfcn_against_dense_matrices():
    data = planted()
    module, batch = prepared(DFCN(n_clusters=3, precision="fp64", **FUSED).fit(data), data)
    module.attention_weight.data.fill_(0.3)
    z, z_features, z_graph = module.parts(batch)
    walk = batch.walk.to_dense()
    local = walk @ (z_features + z_graph) / 2
    torch.testing.assert_close(z, local + 0.3 * torch.softmax(local @ local.T, 1) @ local)
    decoded = module.graph.decode(z, batch.walk)
    dense = ((z_graph @ z_graph.T).sigmoid() + (decoded @ decoded.T).sigmoid() - walk).square().mean()
    sparse = adjacency_squared_error([z_graph, decoded], batch.walk_ends, batch.walk_values)
    torch.testing.assert_close(sparse, dense)
    losses = module(batch, Step(CLUSTER, 0, 0, torch.Generator()))
    torch.testing.assert_close(losses["structure"], 0.1 * dense)
    assert set(losses) == {"features", "smoothed", "structure", "divergence"}


def test_dfcn_without_attention_is_a_propagated_mean():
    data = planted()
    module, batch = prepared(DFCN(n_clusters=3, precision="fp64", **{**FUSED, "epochs": 0}).fit(data), data)
    assert module.attention_weight != 0
    module.attention_weight.data.zero_()
    z, z_features, z_graph = module.parts(batch)
    torch.testing.assert_close(z, batch.walk.to_dense() @ (z_features + z_graph) / 2)


def test_dfcn_keeps_the_components_of_its_fit():
    data = planted()
    model = DFCN(n_clusters=3, n_components=5, **FUSED).fit(data)
    assert model.module_.axes.shape == (32, 5)
    axes = model.module_.axes.clone()
    torch.testing.assert_close(axes.T @ axes, torch.eye(5), atol=1e-5, rtol=0)
    model.predict(Data(x=data.x[:50] + 1, edge_index=data.edge_index[:, (data.edge_index < 50).all(0)]))
    assert torch.equal(model.module_.axes, axes)
    few = Data(x=data.x[:4], edge_index=torch.tensor([[0, 1], [1, 2]]))
    assert torch.isfinite(DFCN(n_clusters=2, **FUSED).fit(few).embedding_).all()


def test_dfcn_reads_out_what_was_chosen():
    data = planted()
    student = DFCN(n_clusters=3, read_out="student", columns=50, **FUSED).fit(data)
    assert torch.equal(student.soft_labels_.argmax(1), student.labels_)
    assert torch.equal(student.predict(data), student.labels_)
    assert torch.equal(student.cluster_centers_, student.module_.head.centres)
    k_means = DFCN(n_clusters=3, columns=50, **FUSED).fit(data)
    assert torch.equal(k_means.soft_labels_, student.soft_labels_)
    assert not torch.equal(k_means.cluster_centers_, student.cluster_centers_)
    assert torch.equal(k_means.predict(data), k_means.labels_)
