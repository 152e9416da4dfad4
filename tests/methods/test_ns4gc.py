"""NS4GC: its loss on views, edges among the seeds of a sample, the two ways of masking."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import NS4GC
from graphcl.augment import Dropping, EntryDropping
from graphcl.datasets import load
from graphcl.methods.deep_clusterers.ns4gc import NS4GCModule
from graphcl.objectives import similarity_sparsity
from graphcl.training import NodeBatches, Step
from tests.easy import planted, unlabelled
from tests.fixed_views import Rows, given

SHAPE = {"threshold": 0.5, "temperature": 0.2}
WEIGHTS = {"neighbour_weight": 0.5, "sparsity_weight": 2.0}
SMALL = {"hidden_channels": 16, "out_channels": 8}


def test_the_losses_add_up_to_the_objective_on_the_seeds_and_the_edges_without_augmentation():
    h1, h2 = torch.randn(2, 12, 4, generator=torch.Generator().manual_seed(0)).double()
    ring = torch.stack([torch.arange(12), (torch.arange(12) + 1) % 12])
    module = NS4GCModule(Rows(), [given(h1), given(h2)], **SHAPE, **WEIGHTS)
    step = Step("contrast", 0, 0, torch.Generator())
    whole = module(Data(x=h1, edge_index=ring, seeds=12), step)
    torch.testing.assert_close(sum(whole.values()), similarity_sparsity(h1, h2, ring, **SHAPE, **WEIGHTS))
    among = ring[:, :6]
    sample = module(Data(x=h1, edge_index=ring, seed_edge_index=among, seeds=7), step)
    expected = similarity_sparsity(h1[:7], h2[:7], among, **SHAPE, **WEIGHTS)
    torch.testing.assert_close(sum(sample.values()), expected)


def test_samples_carry_the_edges_among_their_seeds():
    graph = unlabelled(planted())
    model = NS4GC(batch_size=64, fanouts=(5, 5), **SMALL)
    [graph] = model._checked(graph)
    module = model._build(graph).train()
    batch = next(NodeBatches(module.prepare(graph), hops=2).epoch(model._stages()[0], torch.Generator()))
    assert batch.seed_edge_index.size(1) > 0
    assert int(batch.seed_edge_index.max()) < 64
    assert module(batch, Step("contrast", 0, 0, torch.Generator()))["neighbours"].item() != 0


def test_a_batch_without_an_edge_among_its_seeds_has_no_such_term():
    graph = unlabelled(planted())
    history = NS4GC(batch_size=12, fanouts=(2, 2), epochs=1, **SMALL).fit(graph).history_
    assert torch.tensor([row["loss"] for row in history]).isfinite().all()
    h = torch.eye(3)
    batch = Data(x=h, edge_index=torch.tensor([[0], [2]]), seed_edge_index=torch.empty(2, 0).long(), seeds=2)
    module = NS4GCModule(Rows(), [given(h)] * 2, **SHAPE, **WEIGHTS)
    assert module(batch, Step("contrast", 0, 0, torch.Generator()))["neighbours"].item() == 0


def test_rows_have_unit_length_and_the_read_out_sees_them():
    graph = load("karate").graph
    model = NS4GC(epochs=2, n_clusters=2, **SMALL).fit(graph)
    torch.testing.assert_close(model.embedding_.norm(dim=1), torch.ones(34))


@pytest.mark.parametrize(("masking", "kind"), [("columns", Dropping), ("entries", EntryDropping)])
def test_views_lose_what_masking_says(masking, kind):
    module = NS4GC(masking=masking, edge_rates=(0.1, 0.2), feature_rates=(0.3, 0.4))._build(planted())
    assert [type(view) for view in module.augmentations] == [kind, kind]
    assert [(view.edge_rate, view.feature_rate) for view in module.augmentations] == [(0.1, 0.3), (0.2, 0.4)]


def test_degrees_of_views_matter_in_training_alone():
    graph = load("karate").graph
    out, into = (NS4GC(epochs=epochs, **SMALL).set_params(degrees="out") for epochs in (0, 5)), None
    untrained, trained = (model.fit(graph).embedding_ for model in out)
    into = [NS4GC(epochs=epochs, degrees="in", **SMALL).fit(graph).embedding_ for epochs in (0, 5)]
    torch.testing.assert_close(untrained, into[0])
    assert not torch.allclose(trained, into[1])


def test_the_recipes_of_the_authors_and_of_pyagc():
    authors, peer = (NS4GC.from_recipe(name) for name in ("cora", "pyagc-cora"))
    assert (authors.hidden_channels, authors.out_channels, authors.activation) == (256, 64, "selu")
    assert (peer.hidden_channels, peer.out_channels, peer.activation) == (64, 64, "relu")
    assert (authors.masking, peer.masking) == ("columns", "entries")
    assert NS4GC.from_recipe("citeseer").num_layers == 1
