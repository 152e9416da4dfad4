"""MVGRL of whole graphs: the loss is that of a loop over nodes and graphs, and what is trained is what is said."""

import math

import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl import MVGRLGraphs
from graphcl.datasets import GraphCollection
from graphcl.encoders import MoleculeGIN
from graphcl.evaluation import FineTuning, finetune
from graphcl.methods.pretrainers.mvgrl_graphs import MVGRLGraphsModule
from graphcl.training import Step
from tests.augment.candidates import random_batch, random_graph
from tests.labelled_molecules import labelled
from tests.methods.test_graph_cl import mixtures

SMALL = {"channels": 16, "batch_size": 20, "device": "cpu"}
LOG2 = math.log(2)


def step() -> Step:
    return Step("pretrain", 0, 0, torch.Generator())


def built(**settings) -> MVGRLGraphsModule:
    torch.manual_seed(0)
    method = MVGRLGraphs(**{**SMALL, **settings})
    method.categories_ = None
    return method._build(Data())


def graphs_of(batch: Data) -> list[slice]:
    return [slice(a, b) for a, b in zip(batch.ptr[:-1].tolist(), batch.ptr[1:].tolist(), strict=True)]


def softplus(s: Tensor) -> Tensor:
    return (1 + s.exp()).log()


def pagerank(edge_index: Tensor, n: int, alpha: float) -> Tensor:
    A = torch.eye(n).double().index_put((edge_index[1], edge_index[0]), torch.ones(1).double())
    T = A / (A.sum(1)[:, None] * A.sum(1)).sqrt()
    return alpha * torch.linalg.inv(torch.eye(n) - (1 - alpha) * T)


@torch.no_grad()
def test_the_loss_is_a_loop_over_nodes_and_graphs():
    module, batch = built(num_layers=3).double().eval(), random_batch(4)
    views = module.views(batch)
    assert [part.shape for part in views[0] + views[1]] == [(len(batch.batch), 16)] * 6
    parts = graphs_of(batch)
    heads = [
        (
            module.local_head(layers[-1]),
            [module.global_head(torch.cat([rows[part].sum(0) for rows in layers])) for part in parts],
        )
        for layers in views
    ]
    own, other = [], []
    for (local, _), (_, summary) in (heads, heads[::-1]):
        scores = torch.stack([local @ g for g in summary], dim=1)
        mine = torch.zeros_like(scores, dtype=torch.bool)
        for g, part in enumerate(parts):
            mine[part, g] = True
        own.append(softplus(-scores[mine]).mean() - LOG2)
        other.append(softplus(scores[~mine]).mean() - LOG2)
    values = module(batch, step())
    torch.testing.assert_close(values["own"], sum(own))
    torch.testing.assert_close(values["other"], sum(other))
    batch.seeds = len(parts)
    expected = torch.stack([near + far for near, far in zip(heads[0][1], heads[1][1], strict=True)])
    torch.testing.assert_close(module.embed(batch), expected)


@torch.no_grad()
def test_the_views_are_the_graph_and_its_diffusion():
    module, batch = built(alpha=0.3, num_layers=1).double().eval(), random_batch(2)
    x = module.encoder.features(batch.x).to_dense()
    S = torch.block_diag(
        *(
            pagerank(edges, part.stop - part.start, 0.3)
            for part in graphs_of(batch)
            for inside in [(batch.edge_index[0] >= part.start) & (batch.edge_index[0] < part.stop)]
            for edges in [batch.edge_index[:, inside] - part.start]
        )
    )
    conv, prelu = module.diffusion_encoder.gnn.conv[0], module.diffusion_encoder.gnn.activation[0]
    expected = prelu(S @ x @ conv.lin.weight.T + conv.bias)
    torch.testing.assert_close(module.views(batch)[1][0], expected, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(module.views(batch)[0][0], module.rows(batch))
    torch.testing.assert_close(module.encoder.gnn(x, batch.edge_index), module.rows(batch))


@pytest.mark.parametrize("train_encoders", [True, False])
def test_the_encoders_are_trained_unless_told_otherwise(train_encoders):
    """False is what the authors' code for graphs does."""
    settings = {**SMALL, "train_encoders": train_encoders, "seed": 0}
    before, after = (MVGRLGraphs(epochs=n, **settings).fit(mixtures(20)).module_ for n in (0, 2))
    moved = {
        name.split(".")[0]
        for name, value in after.named_parameters()
        if not torch.equal(value, before.get_parameter(name))
    }
    encoders = {"encoder", "diffusion_encoder"} if train_encoders else set()
    assert moved == {"local_head", "global_head"} | encoders


def test_all_parameters_get_a_gradient():
    module, batch = built(), random_batch(4)
    values = module(batch, step())
    (values["own"] + values["other"]).backward()
    assert all(parameter.grad.any() for parameter in module.parameters())


def test_nodes_find_their_graphs_among_graphs_that_were_not_seen():
    held_out = GraphCollection.of(mixtures(60, seed=1)).batch(range(60))
    losses, accuracies = [], []
    for epochs in (0, 15):
        model = MVGRLGraphs(**SMALL, epochs=epochs, lr=1e-2, seed=0).fit(mixtures(60))
        with torch.no_grad():
            values = model.module_.eval()(held_out, step())
        losses.append(float(values["own"] + values["other"]))
        accuracies.append(float(values["accuracy"]))
    assert losses[1] < losses[0] - 0.1
    assert accuracies[1] > max(accuracies[0] + 0.08, 0.58)
    last = model.history_[-1]
    assert last["loss"] == pytest.approx(last["own"] + last["other"])


def test_the_order_of_nodes_and_graphs_does_not_matter():
    graphs = mixtures(8)
    model = MVGRLGraphs(**SMALL, epochs=1, seed=0).fit(graphs)
    turned = [graph.subgraph(torch.arange(graph.num_nodes)) for graph in graphs]
    for graph in turned:
        order = torch.randperm(graph.num_nodes, generator=torch.Generator().manual_seed(0))
        graph.x, graph.edge_index = graph.x[order], torch.argsort(order)[graph.edge_index]
    torch.testing.assert_close(model.transform(turned[::-1]), model.embedding_.flip(0), rtol=1e-4, atol=1e-5)


def test_settings_change_the_training():
    graphs = mixtures(12)
    base = {**SMALL, "epochs": 1, "seed": 0}
    first = MVGRLGraphs(**base).fit(graphs).embedding_
    for change in ({"alpha": 0.5}, {"top_k": 2}, {"num_layers": 1}, {"dropout": 0.5}):
        assert not torch.equal(MVGRLGraphs(**{**base, **change}).fit(graphs).embedding_, first), change


@pytest.mark.parametrize("epochs", [0, 2])
def test_a_batch_of_one_graph_has_the_loss_zero(epochs):
    graph = random_graph(torch.Generator().manual_seed(0), 6)
    model = MVGRLGraphs(channels=4, epochs=epochs, device="cpu").fit([graph])
    assert [row["loss"] for row in model.history_] == [0.0] * epochs
    assert torch.isfinite(model.embedding_).all()


def test_fine_tuning_starts_from_the_gcn_of_the_graph():
    model = MVGRLGraphs(channels=8, epochs=1, device="cpu").fit(labelled().graphs)
    before = {name: value.clone() for name, value in model.module_.state_dict().items()}
    settings = FineTuning(epochs=6, lr=0.02, dropout=0.0, batch_size=10, device="cpu")
    [run] = finetune(model, labelled(), seeds=[0], settings=settings).runs
    assert run.history[-1]["bce"] < run.history[0]["bce"]
    assert all(torch.equal(value, before[name]) for name, value in model.module_.state_dict().items())


def test_what_cannot_be():
    graphs = mixtures(4)
    with pytest.raises(ValueError, match=r"alpha must lie in \(0, 1\]; got 0.0"):
        MVGRLGraphs(alpha=0.0, **SMALL).fit(graphs)
    with pytest.raises(ValueError, match="encoder must be None; got MoleculeGIN"):
        MVGRLGraphs(encoder=MoleculeGIN(16), **SMALL).fit(graphs)
