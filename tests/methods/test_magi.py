"""MAGI: its loss on all nodes and on batches, dropout, the two read-outs."""

import pytest
import torch
from torch import nn
from torch_geometric.data import Data

from graphcl import MAGI
from graphcl.datasets import load
from graphcl.evaluation import clustering_scores
from graphcl.heads import spectral_clusters
from graphcl.methods.deep_clusterers.magi import MAGIModule
from graphcl.objectives import modular_contrast
from graphcl.ops.graph_matrices.sparse import compress
from graphcl.ops.random_walks.walk_positives import expected_positives, mean_of_positives
from graphcl.training import NodeBatches, Step
from tests.easy import planted, unlabelled

SHAPE = {"temperature": 0.4, "walk_length": 2, "min_max": False}
STEP = Step("contrast", 0, 0, torch.Generator())


class Rows(nn.Module):
    """The features themselves."""

    reads_csr = True

    def forward(self, x, edge_index):
        return x.to_dense()


@pytest.fixture(scope="module")
def graph() -> Data:
    return unlabelled(load("planted-partition", nodes=60, blocks=3, features=5, degree_in=6.0).graph)


def test_on_all_nodes_it_is_the_objective_with_expected_positives(graph):
    module = MAGIModule(Rows(), dropout=0.0, **SHAPE).train()
    batch = NodeBatches(module.prepare(graph)).whole
    pairs = expected_positives(graph.edge_index, 60, length=2)
    expected = modular_contrast(graph.x, mean_of_positives(pairs, 60), temperature=0.4)
    torch.testing.assert_close(module(batch, STEP)["contrast"], expected)


def test_many_walks_in_a_batch_of_all_nodes_come_near_the_expectation(graph):
    exact, drawn = (MAGIModule(Rows(), dropout=0.0, walks=walks, **SHAPE).train() for walks in (None, 2000))
    losses = []
    for module in (exact, drawn):
        batch = NodeBatches(module.prepare(graph)).whole
        losses.append(module(batch, STEP)["contrast"])
    torch.testing.assert_close(*losses, atol=0.01, rtol=0)
    few = MAGIModule(Rows(), dropout=0.0, walks=2, **SHAPE).train()
    assert abs(few(NodeBatches(few.prepare(graph)).whole, STEP)["contrast"] - losses[0]) > 1e-4


def test_a_batch_are_its_seeds_and_the_nodes_that_walks_from_them_visit_most(graph):
    model = MAGI(batch_size=8, fanouts=(3,), walks=30, out_channels=4)
    module = model._build(graph).train()
    batches = NodeBatches(module.prepare(graph), hops=1)
    roles = module.companions(torch.arange(8), STEP)
    batch = batches.sample(torch.arange(8), (3,), torch.Generator(), roles)
    assert batch.asked > batch.seeds == 8
    assert set(roles["near"].tolist()) <= set(batch.n_id[: batch.asked].tolist())
    assert module(batch, STEP)["contrast"].isfinite()
    assert MAGIModule(Rows(), dropout=0.0, **SHAPE).companions(torch.arange(8), STEP) == {}


@pytest.mark.parametrize("sparse", [True, False])
def test_features_are_dropped_in_training_alone(sparse):
    x = torch.eye(100)
    graph = Data(x=compress(x) if sparse else x, edge_index=torch.tensor([[0, 1], [1, 0]]), seeds=100)
    module = MAGIModule(Rows(), dropout=0.5, **SHAPE)
    torch.manual_seed(0)
    dropped = module.train()._dropped(graph).x.to_dense()
    assert set(dropped.diag().tolist()) == {0.0, 2.0}
    assert torch.equal(graph.x.to_dense(), x)
    assert torch.equal(module.eval()._dropped(graph).x.to_dense(), x)
    torch.testing.assert_close(module.embed(graph), x)


def test_the_spectral_read_out_and_the_prediction_by_centres():
    data = planted()
    model = MAGI(n_clusters=3, out_channels=16, epochs=20, lr=1e-2).fit(data)
    assert torch.equal(model.labels_, spectral_clusters(model.embedding_, 3))
    assert model.stages_[-1]["read_out"] == "spectral"
    assert clustering_scores(model.labels_, model.predict(data))["acc"] > 0.95
    for k in range(3):
        torch.testing.assert_close(model.cluster_centers_[k], model.embedding_[model.labels_ == k].mean(0))


def test_the_slope_is_that_of_every_layer():
    encoder = MAGI(slope=0.25, dropout=0.3, num_layers=2)._build(planted()).encoder
    assert (encoder.activation.negative_slope, encoder.dropout) == (0.25, 0.3)
    assert len(encoder.norm) == 2  # the last is activated too


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"walks": 3}, "walks are read with batch_size alone; got 3; set batch_size too"),
        ({"min_max": False}, r"got min_max=False; set min_max=True or read_out='k-means'"),
        ({"temperature": 0.0}, "temperature must be greater than 0"),
    ],
)
def test_bad_settings_are_one_clear_line(settings, message):
    with pytest.raises(ValueError, match=message) as error:
        MAGI(n_clusters=3, epochs=1, **settings).fit(planted())
    assert "\n" not in str(error.value)
