"""GraphMAE of whole graphs: masks have their number, the loss is that of a loop, what is learnable is learned."""

import math

import pytest
import torch
from torch import nn
from torch_geometric.data import Data

from graphcl import GraphMAEGraphs
from graphcl.datasets import GraphCollection
from graphcl.methods.pretrainers.graph_mae_graphs import GraphMAEGraphsModule
from graphcl.training import Step
from tests.easy import many
from tests.methods.test_attr_masking import TOKEN, Seen, chains


class Rows(nn.Module):
    """A decoder that remembers the masks; its rows are drawn."""

    def forward(self, z, edge_index, edge_attr, masked):
        self.z, self.masked = z, masked
        draw = torch.Generator().manual_seed(0)
        self.rows = torch.randn(int(masked.sum()), 7, dtype=torch.float64, generator=draw)
        return self.rows


def test_the_loss_is_the_mean_over_masked_nodes():
    module = GraphMAEGraphsModule(Seen(), Rows(), TOKEN, mask=0.25, alpha=1.5)
    batch = GraphCollection.of(chains(3)).batch([0, 1, 2])
    values = module(batch, Step("pretrain", 0, 0, torch.Generator().manual_seed(0)))
    masked = (module.encoder.x == torch.tensor(TOKEN)).all(1)
    assert torch.equal(module.decoder.masked, masked)
    assert torch.equal(module.encoder.x[~masked], batch.x[~masked])
    count = torch.zeros(3, dtype=torch.long).index_add(0, batch.batch, masked.long())
    assert count.tolist() == [int(n * 0.25) + 1 for n in batch.ptr.diff().tolist()]
    losses, right = [], []
    for row, target in zip(module.decoder.rows.tolist(), batch.x[masked, 0].tolist(), strict=True):
        losses.append((1 - row[target] / math.hypot(*row)) ** 1.5)
        right.append(row.index(max(row)) == target)
    assert values["reconstruction"].item() == pytest.approx(sum(losses) / len(losses), abs=1e-12)
    assert values["accuracy"].item() == pytest.approx(sum(right) / len(right))
    assert not values["accuracy"].requires_grad


def test_what_neighbours_tell_is_learned():
    model = GraphMAEGraphs(channels=16, epochs=20, lr=1e-2, batch_size=16, device="cpu").fit(chains())
    first, last = model.history_[0], model.history_[-1]
    assert last["accuracy"] > 0.85 > first["accuracy"]
    assert last["loss"] == last["reconstruction"] < first["loss"] / 2


def test_the_encoder_is_told_nothing_of_a_masked_node():
    """The decoder reads the rows of other nodes alone: without neighbours that are not masked, only the bonds."""
    model = GraphMAEGraphs(channels=8, epochs=0, mask=1.0, device="cpu").fit(chains(4))
    batch = GraphCollection.of(chains(4)).batch(range(4))
    other = batch.clone()
    other.x = batch.x + 1
    rows = []
    for seen in (batch, other):
        masked = torch.ones(len(seen.x), dtype=torch.bool)
        z = model.module_.rows(seen, seen.x)
        rows.append(model.module_.decoder(z, seen.edge_index, seen.edge_attr, masked))
    torch.testing.assert_close(rows[0], rows[1])


def test_outputs_are_those_of_the_domain():
    outputs = {}
    for domain in ("molecule", "social"):
        model = GraphMAEGraphs(domain=domain, channels=4, epochs=0, device="cpu").fit(many(domain))
        outputs[domain] = [p.shape[0] for name, p in model.module_.decoder.named_parameters() if "bias" in name][
            -1
        ]
        assert outputs[domain] == model.module_.token[0]
    assert outputs == {"molecule": 119, "social": 1 + max(int(graph.x.max()) for graph in many("social"))}


def test_one_atom_and_what_is_refused():
    atom = Data(
        x=torch.zeros(1, 2).long(), edge_index=torch.zeros(2, 0).long(), edge_attr=torch.zeros(0, 2).long()
    )
    for graphs in ([atom], [atom, atom, *chains(1)]):
        model = GraphMAEGraphs(channels=4, epochs=3, mask=1.0, batch_size=2, alpha=1.5, device="cpu").fit(graphs)
        assert torch.isfinite(model.embedding_).all()
        assert all(math.isfinite(row["loss"]) for row in model.history_)
    with pytest.raises(
        ValueError, match="must have several categories of nodes; got 'protein'; choose molecule or"
    ):
        GraphMAEGraphs(domain="protein", channels=4).fit(many("protein"))
    with pytest.raises(ValueError, match=r"alpha must be greater than or equal to 1; got 0\.5"):
        GraphMAEGraphs(alpha=0.5).fit([atom])
