"""GGD and Dink-Net: the one-vector score, the powers layer by layer, the corruption, and the second stage."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import GGD, DinkNet
from graphcl.encoders import GNN
from graphcl.methods.bases.group_discrimination import GroupDiscriminationModule
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.training import NodeBatches, Step
from graphcl.training.layerwise import embed_by_layers
from graphcl.training.row_store import RowStore
from tests.easy import planted, unlabelled

SMALL = {"n_clusters": 3, "out_channels": 8, "epochs": 5, "lr": 1e-2}


def module(layers: int = 2, power: int = 3) -> GroupDiscriminationModule:
    torch.manual_seed(0)
    encoder = GNN(32, 6, 6, 2, activation="prelu", activate_last=True)
    return GroupDiscriminationModule(encoder, 6, power=power, feature_rate=0.25, projector_layers=layers)


def whole(data: Data) -> Data:
    return next(iter(NodeBatches(unlabelled(data)).sweep()))


@pytest.mark.parametrize("layers", [1, 3])
def test_a_score_is_the_sum_of_the_projection(layers):
    own, graph = module(layers), whole(planted())
    h = own.rows(graph)
    for layer in own.projector:
        h = layer(h)
    scores = own.scores(graph)
    torch.testing.assert_close(scores, h.sum(1), rtol=1e-4, atol=1e-5)
    weights = [layer.weight for layer in own.projector]
    for ours, theirs in zip(
        torch.autograd.grad(scores.square().sum(), weights, retain_graph=True),
        torch.autograd.grad(h.sum(1).square().sum(), weights),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-3)


def test_both_groups_lose_the_same_columns_and_one_has_its_rows_shuffled():
    own, graph = module(), whole(planted())
    step = Step("discriminate", 0, 0, torch.Generator().manual_seed(0))
    real, corrupted = (group.x.to_dense() for group in own.groups(graph, step))
    assert ((real == 0).all(0) & ~(graph.x.to_dense() == 0).all(0)).sum() == 8
    assert not torch.equal(real, corrupted)
    assert torch.equal(real.sum(1).sort().values, corrupted.sum(1).sort().values)


@pytest.mark.parametrize("power", [1, 2, 5])
def test_powers_in_blocks_are_those_of_dense_products(power):
    own, data = module(power=power), planted()
    with torch.no_grad():
        h = own.rows(whole(data)).double()
        dense = torch.eye(150, dtype=torch.double)
        dense[data.edge_index[0], data.edge_index[1]] = 1
        root = dense.sum(1).rsqrt()
        smoother = root[:, None] * dense * root
        expected = h + torch.linalg.matrix_power(smoother, power) @ h
        torch.testing.assert_close(own.embed(whole(data)).double(), expected, rtol=1e-4, atol=1e-5)
        with RowStore(None, 150) as store:
            embed_by_layers(own.layers, NodeBatches(unlabelled(data), hops=2 + power, block=37), store)
            torch.testing.assert_close(store.rows().double(), expected, rtol=1e-4, atol=1e-5)


def test_an_encoder_without_layers_is_embedded_all_the_same():
    class Plain(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = GNN(32, 8, 8, 1)

        def forward(self, x, edge_index, *, degree=None, added_loop=None):
            return self.inner(x, edge_index, degree=degree, added_loop=added_loop)

    model = GGD(encoder=Plain(), batch_size=64, **SMALL).fit(planted())
    assert model.module_.layers is None
    torch.testing.assert_close(model.set_params(batch_size=None).transform(planted()), model.embedding_)


def test_without_the_second_stage_k_means_gives_the_clusters_and_there_are_no_centres():
    model = DinkNet(**SMALL).fit(planted())
    assert {row["stage"] for row in model.history_} == {"discriminate"}
    assert model.module_.centres is None
    torch.testing.assert_close(model.embedding_, unit_rows(model.embedding_))
    assert model.stages_[-1]["k_means"] == "whole"


def test_the_second_stage_drives_the_centres_apart_and_leaves_the_encoder_where_it_was():
    data, first = planted(), DinkNet(**SMALL).fit(planted())
    model = DinkNet(refine_epochs=60, refine_lr=0.05, **SMALL).fit(data)
    assert (model.embedding_ * first.embedding_).sum(1).min() > 0.999  # cosines
    refine = [row for row in model.history_ if row["stage"] == "refine"]
    assert refine[-1]["dilation"] < 10 * refine[0]["dilation"] < 0
    assert refine[-1]["loss"] < refine[0]["loss"]
    assert model.cluster_centers_.norm(dim=1).min() > 2  # of unit rows none is that far out
    assert torch.equal(torch.cdist(model.embedding_, model.cluster_centers_).argmin(1), model.labels_)
    assert torch.equal(model.predict(data), model.labels_)
    assert not model.module_.stored.rows.numel()


def test_the_dilation_of_the_paper_is_stronger():
    def start(kind: str) -> float:
        model = DinkNet(refine_epochs=1, dilation=kind, **SMALL).fit(planted())
        return model.history_[-1]["dilation"]

    assert start("paper") == pytest.approx(start("coded") * 3 / 2, rel=1e-5)


def test_what_is_refused():
    with pytest.raises(TypeError, match="n_clusters"):
        DinkNet()
    with pytest.raises(ValueError, match="n_clusters"):
        DinkNet(n_clusters=None).fit(planted())
    with pytest.raises(ValueError, match="dilation must be"):
        DinkNet(n_clusters=3, dilation="both").fit(planted())
    with pytest.raises(ValueError, match="power must be greater than or equal to 1; got 0"):
        GGD(power=0).fit(planted())
