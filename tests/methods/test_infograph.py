"""InfoGraph and Infomax: the losses are those of loops over nodes and graphs, and nodes find their graphs."""

import math

import pytest
import torch
from torch_geometric.data import Data

from graphcl import InfoGraph, Infomax
from graphcl.datasets import GraphCollection
from graphcl.methods.pretrainers.infograph import InfoGraphModule
from graphcl.methods.pretrainers.infomax import InfomaxModule
from graphcl.training import Step
from tests.augment.candidates import random_batch, random_graph
from tests.methods.test_graph_cl import mixtures

SMALL = {"channels": 16, "batch_size": 20, "device": "cpu"}


def step() -> Step:
    return Step("pretrain", 0, 0, torch.Generator())


def built(kind):
    torch.manual_seed(0)
    method = kind(**SMALL)
    method.categories_ = None
    return method._build(Data())


def softplus(s: float) -> float:
    return math.log1p(math.exp(s))


def graphs_of(batch: Data) -> list[slice]:
    return [slice(a, b) for a, b in zip(batch.ptr[:-1].tolist(), batch.ptr[1:].tolist(), strict=True)]


@torch.no_grad()
def test_infograph_is_a_loop_over_nodes_and_graphs():
    module, batch = built(InfoGraph).double().eval(), random_batch(4)
    z = module.encoder(batch.x, batch.edge_index, batch.edge_attr)
    parts = graphs_of(batch)
    local, summary = module.local_head(z), [module.global_head(z[part].mean(0)) for part in parts]
    own = [float(local[i] @ summary[g]) for g, part in enumerate(parts) for i in range(len(z))[part]]
    other = [
        float(local[i] @ summary[k])
        for g, part in enumerate(parts)
        for i in range(len(z))[part]
        for k in range(len(parts))
        if k != g
    ]
    values = module(batch, step())
    log2 = math.log(2)
    assert values["own"].item() == pytest.approx(sum(softplus(-s) - log2 for s in own) / len(own))
    assert values["other"].item() == pytest.approx(sum(softplus(s) - log2 for s in other) / len(other))
    right = sum(s > 0 for s in own) / len(own) + sum(s <= 0 for s in other) / len(other)
    assert values["accuracy"].item() == pytest.approx(right / 2)


def test_the_heads_of_infograph_begin_with_zero_biases_and_have_a_shortcut():
    module = built(InfoGraph)
    assert isinstance(module, InfoGraphModule)
    for head in (module.local_head, module.global_head):
        assert not any(layer.bias.any() for layer in (*head.block[::2], head.shortcut))
        z = torch.randn(5, 16, generator=torch.Generator().manual_seed(0))
        assert (head(z) < 0).any()
        torch.testing.assert_close(head(z) - head.shortcut(z), head.block(z))
        assert (head.block(z) >= 0).all()
    assert not torch.equal(module.local_head.shortcut.weight, module.global_head.shortcut.weight)


@torch.no_grad()
def test_infomax_is_a_loop_over_nodes_and_their_next_graphs():
    module, batch = built(Infomax).double().eval(), random_batch(4)
    assert isinstance(module, InfomaxModule)
    assert module.weight.abs().max() <= 16**-0.5
    z = module.encoder(batch.x, batch.edge_index, batch.edge_attr)
    parts = graphs_of(batch)
    summary = [z[part].mean(0).sigmoid() for part in parts]
    scores = [
        [float(z[i] @ module.weight.T @ summary[(g + shift) % len(parts)]) for shift in (0, 1)]
        for g, part in enumerate(parts)
        for i in range(len(z))[part]
    ]
    values = module(batch, step())
    assert values["own"].item() == pytest.approx(sum(softplus(-own) for own, _ in scores) / len(z))
    assert values["other"].item() == pytest.approx(sum(softplus(other) for _, other in scores) / len(z))


@pytest.mark.parametrize("kind", [InfoGraph, Infomax])
def test_nodes_find_their_graphs_among_graphs_that_were_not_seen(kind):
    held_out = GraphCollection.of(mixtures(60, seed=1)).batch(range(60))
    values = []
    for epochs in (0, 15):
        model = kind(**SMALL, epochs=epochs, lr=1e-2, seed=0).fit(mixtures(60))
        with torch.no_grad():
            values.append(model.module_.eval()(held_out, step()))
    before, after = values
    first, last = model.history_[0], model.history_[-1]
    assert last["loss"] == pytest.approx(last["own"] + last["other"])
    assert last["loss"] < first["loss"] - 0.1
    assert after["accuracy"] > max(before["accuracy"] + 0.08, 0.58)


@pytest.mark.parametrize("kind", [InfoGraph, Infomax])
def test_a_batch_of_one_graph_has_the_loss_zero(kind):
    graph = random_graph(torch.Generator().manual_seed(0), 6)
    model = kind(channels=4, epochs=2, device="cpu").fit([graph])
    assert [row["loss"] for row in model.history_] == [0.0, 0.0]
    assert torch.isfinite(model.embedding_).all()
