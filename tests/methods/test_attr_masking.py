"""AttrMasking: the loss is that of a loop, masks have their number, and what is learnable is learned."""

import math

import pytest
import torch
from torch import nn
from torch_geometric.data import Data, InMemoryDataset

from graphcl import AttrMasking
from graphcl.datasets import GraphCollection
from graphcl.methods.pretrainers.attr_masking import AttrMaskingModule
from graphcl.training import Step

TOKEN = (9, 8)


class Seen(nn.Module):
    """An encoder that remembers what it was given; the row of a node is its number."""

    def forward(self, x, edge_index, edge_attr):
        self.x = x
        return torch.arange(len(x), dtype=torch.float64)[:, None].expand(-1, 3)


def chains(count: int = 40) -> list[Data]:
    """Cycles on which two elements alternate: an atom follows from its neighbours."""
    graphs = []
    for i in range(count):
        n = 6 + 2 * (i % 4)
        ring = torch.stack([torch.arange(n), (torch.arange(n) + 1) % n])
        x = torch.stack([5 + torch.arange(n) % 2, torch.zeros(n, dtype=torch.long)], dim=1)
        both = torch.cat([ring, ring.flip(0)], dim=1)
        graphs.append(Data(x=x, edge_index=both, edge_attr=torch.zeros(2 * n, 2, dtype=torch.long)))
    return graphs


def test_the_loss_is_the_mean_over_masked_nodes():
    torch.manual_seed(0)
    module = AttrMaskingModule(Seen(), 3, 7, TOKEN, mask=0.25).double()
    batch = GraphCollection.of(chains(3)).batch([0, 1, 2])
    values = module(batch, Step("pretrain", 0, 0, torch.Generator().manual_seed(0)))
    masked = (module.encoder.x == torch.tensor(TOKEN)).all(1)
    assert torch.equal(module.encoder.x[~masked], batch.x[~masked])
    count = torch.zeros(3, dtype=torch.long).index_add(0, batch.batch, masked.long())
    assert count.tolist() == [int(n * 0.25) + 1 for n in batch.ptr.diff().tolist()]
    losses, right = [], []
    for node in masked.nonzero()[:, 0].tolist():
        logits = module.predict(torch.full((3,), float(node), dtype=torch.float64)).tolist()
        target = int(batch.x[node, 0])
        losses.append(math.log(sum(map(math.exp, logits))) - logits[target])
        right.append(logits.index(max(logits)) == target)
    assert values["prediction"].item() == pytest.approx(sum(losses) / len(losses), abs=1e-12)
    assert values["accuracy"].item() == pytest.approx(sum(right) / len(right))
    assert not values["accuracy"].requires_grad


def test_it_learns_what_neighbours_tell():
    model = AttrMasking(channels=16, epochs=20, lr=1e-2, batch_size=16, device="cpu").fit(chains())
    assert model.history_[-1]["accuracy"] > 0.9 > model.history_[0]["accuracy"]
    assert model.history_[-1]["loss"] == model.history_[-1]["prediction"] < 0.3


def test_one_atom_and_proteins():
    atom = Data(
        x=torch.zeros(1, 2).long(), edge_index=torch.zeros(2, 0).long(), edge_attr=torch.zeros(0, 2).long()
    )
    model = AttrMasking(channels=4, epochs=2, mask=1.0, device="cpu").fit([atom])
    assert torch.isfinite(model.embedding_).all()
    protein = Data(x=torch.ones(1, 1).long(), edge_index=atom.edge_index, edge_attr=torch.zeros(0, 9).long())
    with pytest.raises(
        ValueError, match="domain must have several categories of nodes; got 'protein'; choose mol"
    ):
        AttrMasking(domain="protein", channels=4).fit([protein])


def test_a_dataset_of_pyg_is_taken_as_a_list_of_its_graphs():
    class Chains(InMemoryDataset):
        def __init__(self):
            super().__init__()
            self.data, self.slices = self.collate(chains())

    settings = {"channels": 8, "epochs": 1, "device": "cpu"}
    from_dataset, from_list = AttrMasking(**settings).fit(Chains()), AttrMasking(**settings).fit(chains())
    assert torch.equal(from_dataset.embedding_, from_list.embedding_)
    with pytest.raises(ValueError, match="takes a sequence of graphs; got none; give a list of some"):
        AttrMasking(**settings).fit([])
