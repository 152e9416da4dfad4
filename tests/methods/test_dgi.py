"""What is particular to DGI: its discriminator by hand, and corruption that is new in every step."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import DGI
from graphcl.datasets import load
from graphcl.training import NodeBatches, Step
from tests.easy import unlabelled

SMALL = {"n_clusters": 3, "hidden_channels": 16, "out_channels": 8}


@pytest.fixture(scope="module")
def graph() -> Data:
    return unlabelled(load("planted-partition", nodes=90, blocks=3, signal=2.0).graph)


def loss_of(estimator, graph: Data, seed: int = 0):
    torch.manual_seed(0)
    module = estimator._build(graph)
    batch = NodeBatches(module.prepare(graph)).whole
    return module, module(batch, Step("any", 0, 0, torch.Generator().manual_seed(seed)))


def test_a_loop_over_nodes_agrees(graph):
    module, losses = loss_of(DGI(**SMALL), graph, seed=3)
    order = torch.randperm(90, generator=torch.Generator().manual_seed(3))
    real = module.encoder(graph.x, graph.edge_index)
    corrupted = module.encoder(graph.x[order], graph.edge_index)
    summary, W = torch.sigmoid(real.mean(0)), module.discriminator.weight[0]
    total = 0.0
    for i in range(90):
        total -= torch.log(torch.sigmoid(real[i] @ W @ summary))
        total -= torch.log(1 - torch.sigmoid(corrupted[i] @ W @ summary))
    torch.testing.assert_close(losses["discrimination"], total / 180)


def test_the_discriminator_starts_as_that_of_the_authors(graph):
    """Xavier's bound for a bilinear form of d by d with one output, and no bias."""
    discriminator = loss_of(DGI(**SMALL), graph)[0].discriminator
    bound = (6 / (8 * 8 + 8)) ** 0.5
    assert 0.8 * bound < discriminator.weight.abs().max() <= bound
    assert discriminator.bias == 0


def test_scores_are_in_full_precision_within_autocast(graph, monkeypatch):
    seen = []
    entropy = torch.nn.functional.binary_cross_entropy_with_logits
    monkeypatch.setattr(
        "torch.nn.functional.binary_cross_entropy_with_logits",
        lambda s, t: seen.append(s.detach()) or entropy(s, t),
    )
    with torch.autocast("cpu", torch.bfloat16):
        loss_of(DGI(**SMALL), graph)
    [scores] = seen
    assert scores.dtype == torch.float32
    assert not torch.equal(scores, scores.bfloat16().float()), "computed in bfloat16 and widened afterwards"


def test_corruption_is_new_in_every_step(graph):
    first, second = (loss_of(DGI(**SMALL), graph, seed=seed)[1]["discrimination"] for seed in (0, 1))
    assert first != second


def test_rows_of_sparse_features_are_shuffled_too(graph):
    model, sparse = DGI(epochs=3, **SMALL), Data(x=torch.eye(90), edge_index=graph.edge_index)
    assert model._checked(sparse)[0].x.layout == torch.sparse_csr
    assert model.fit(sparse).history_[-1]["loss"] != model.history_[0]["loss"]
