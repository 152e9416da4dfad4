"""EdgePred: the loss is that of a loop, pairs have no edge and their number, and edges are learned."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch_geometric.data import Data

from graphcl import EdgePred
from graphcl.methods.pretrainers.edge_pred import EdgePredModule, pairs_without_edge
from graphcl.training import Step
from tests.augment.candidates import random_batch, random_graph


class Fixed(nn.Module):
    """An encoder whose rows are what they are."""

    def forward(self, x, edge_index, edge_attr):
        generator = torch.Generator().manual_seed(3)
        return torch.randn(len(x), 4, dtype=torch.float64, generator=generator)


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 1000), share=st.sampled_from([0.0, 0.3, 1.0]))
def test_pairs_are_of_one_graph_have_no_edge_and_their_number(seed, share):
    batch = random_batch(seed, share=share)
    edges = batch.edge_index[:, batch.edge_index[0] < batch.edge_index[1]]
    pairs = pairs_without_edge(batch, edges, torch.Generator().manual_seed(seed))
    assert torch.equal(batch.batch[pairs[0]], batch.batch[pairs[1]])
    found = {frozenset(pair) for pair in pairs.T.tolist()}
    assert len(found) == pairs.size(1)
    assert all(len(pair) == 2 for pair in found)
    assert not found & {frozenset(edge) for edge in edges.T.tolist()}
    size = batch.ptr.diff()
    count = torch.bincount(batch.batch[edges[0]], minlength=len(size))
    expected = torch.minimum(count, size * (size - 1) // 2 - count)
    assert torch.equal(torch.bincount(batch.batch[pairs[0]], minlength=len(size)), expected)


def test_the_loss_is_the_mean_over_edges_and_over_pairs():
    batch = random_batch(5)
    module = EdgePredModule(Fixed())
    values = module(batch, Step("pretrain", 0, 0, torch.Generator().manual_seed(1)))
    z = Fixed()(batch.x, None, None).tolist()
    edges = batch.edge_index[:, batch.edge_index[0] < batch.edge_index[1]]
    pairs = pairs_without_edge(batch, edges, torch.Generator().manual_seed(1))
    products = [
        [sum(a * b for a, b in zip(z[u], z[v], strict=True)) for u, v in ends.T.tolist()]
        for ends in (edges, pairs)
    ]
    there = [-math.log(1 / (1 + math.exp(-s))) for s in products[0]]
    missing = [-math.log(1 - 1 / (1 + math.exp(-s))) for s in products[1]]
    right = sum(s > 0 for s in products[0]) + sum(s <= 0 for s in products[1])
    assert values["edges"].item() == pytest.approx(sum(there) / len(there), abs=1e-10)
    assert values["pairs"].item() == pytest.approx(sum(missing) / len(missing), abs=1e-10)
    assert values["accuracy"].item() == pytest.approx(right / (len(there) + len(missing)))


def test_edges_are_learned():
    generator = torch.Generator().manual_seed(0)
    graphs = [random_graph(generator, 12, 0.15) for _ in range(40)]
    model = EdgePred(channels=16, epochs=20, lr=1e-2, batch_size=20, device="cpu").fit(graphs)
    first, last = model.history_[0], model.history_[-1]
    assert last["loss"] == pytest.approx(last["edges"] + last["pairs"])
    assert last["loss"] < first["loss"]
    assert last["accuracy"] > max(first["accuracy"], 0.65)


def test_no_edges_and_nothing_but_edges():
    atom = Data(
        x=torch.zeros(1, 2).long(), edge_index=torch.zeros(2, 0).long(), edge_attr=torch.zeros(0, 2).long()
    )
    bond = Data(
        x=torch.zeros(2, 2).long(), edge_index=torch.tensor([[0, 1], [1, 0]]), edge_attr=torch.zeros(2, 2).long()
    )
    for graphs in ([atom], [bond], [atom, bond]):
        model = EdgePred(channels=4, epochs=2, device="cpu").fit(graphs)
        assert torch.isfinite(model.embedding_).all()
        assert all(math.isfinite(row["loss"]) for row in model.history_)
