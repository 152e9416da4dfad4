"""What is particular to gCooL: who learns from what, the phase of the communities, their read-out."""

import pytest
import torch
from torch_geometric.data import Data

from graphcl import GCooL, load
from graphcl.datasets import load as load_data
from graphcl.evaluation import clustering_scores
from graphcl.heads import CommunityHead
from graphcl.methods.bases.gcool_module import GCooLModule
from graphcl.training import Checkpoint, Interrupted, NodeBatches, Step
from tests.easy import unlabelled

SMALL = {"n_clusters": 3, "hidden_channels": 16, "out_channels": 8}


@pytest.fixture(scope="module")
def graph() -> Data:
    return unlabelled(load_data("planted-partition", nodes=90, blocks=3, signal=2.0).graph)


def built(graph: Data, **settings) -> tuple[GCooLModule, Data]:
    torch.manual_seed(0)
    module = GCooL(**SMALL, **settings)._build(graph)
    return module, NodeBatches(module.prepare(graph)).whole


def step(epoch: int) -> Step:
    return Step("contrast", epoch, 0, torch.Generator().manual_seed(0))


def gradients(module: GCooLModule, loss: torch.Tensor) -> tuple[float, float]:
    """The size of a loss's gradient on the centres, and on the networks."""
    module.zero_grad()
    loss.backward(retain_graph=True)
    sizes = {name: 0.0 if p.grad is None else p.grad.abs().sum().item() for name, p in module.named_parameters()}
    return sizes.pop("head.centres"), sum(sizes.values())


@pytest.mark.parametrize("form", ["reference", "null_model"])
def test_centres_learn_from_edges_and_networks_from_contrasts(graph, form):
    module, batch = built(graph, form=form, stride=50)
    losses = module(batch, step(3))
    assert set(losses) == {"nodes", "aggregation", "communities"}
    centres, networks = gradients(module, losses["aggregation"])
    assert centres > 0
    assert networks == 0
    for name in ("nodes", "communities"):
        centres, networks = gradients(module, losses[name])
        assert centres == 0
        assert networks > 0


def test_after_the_phase_nodes_are_contrasted_alone(graph):
    module, batch = built(graph, stride=50)
    assert set(module(batch, step(9))) == {"nodes", "aggregation", "communities"}
    late = module(batch, step(10))
    assert set(late) == {"nodes"}
    assert gradients(module, late["nodes"])[0] == 0


def test_consensus_of_the_views(graph):
    """The share of nodes with one community in both views is in the history; the loss counts these alone."""
    module, batch = built(graph, stride=50, consensus=True)
    plain, _ = built(graph, stride=50)
    rows = [module.projected(view) for view in module.views(batch, step(3))]
    for one in (module, plain):
        one.head.place(rows[0][[0, 40, 80]].detach())
    values, plain = module(batch, step(3)), plain(batch, step(3))
    labels = [module.head(row).argmax(1) for row in rows]
    agreed = (labels[0] == labels[1]).float().mean()
    assert 0 < agreed < 1
    torch.testing.assert_close(values["agreed"], agreed)
    assert "agreed" in module.figures
    assert not torch.equal(values["communities"], plain["communities"])
    assert torch.equal(values["nodes"], plain["nodes"])
    off = GCooL(**SMALL, epochs=2, n_init=1).fit(graph)
    for setting in (None, False):
        assert GCooL(**SMALL, epochs=2, n_init=1, consensus=setting).fit(graph).history_ == off.history_


def test_weights_follow_the_schedule(graph):
    module, batch = built(graph, stride=100)
    first, middle = module(batch, step(0)), module(batch, step(10))
    assert first["communities"] == 0
    torch.testing.assert_close(middle["aggregation"], 0.5 * 0.9048374 * first["aggregation"])
    torch.testing.assert_close(middle["nodes"], first["nodes"])


@pytest.mark.parametrize("similarity", ["cosine", "rbf"])
def test_renumbering_communities_and_nodes_changes_nothing(graph, similarity):
    module, batch = built(graph, similarity=similarity, edge_rates=(0.0, 0.0), feature_rates=(0.0, 0.0))
    before = module(batch, step(5))
    order = torch.randperm(90, generator=torch.Generator().manual_seed(1))
    renumbered = Data(x=graph.x[order], edge_index=torch.argsort(order)[graph.edge_index])
    for name, value in module(NodeBatches(module.prepare(renumbered)).whole, step(5)).items():
        torch.testing.assert_close(value, before[name], rtol=1e-4, atol=1e-5)
    module.head.place(module.head.centres.flip(0))
    for name, value in module(batch, step(5)).items():
        torch.testing.assert_close(value, before[name])


def test_symmetry_of_the_node_contrast(graph):
    for symmetric in (False, True):
        module, batch = built(graph, symmetric=symmetric)
        views = module.views(batch, step(0))
        rows, edges = [module.projected(view) for view in views], [view.edge_index for view in views]
        forth = module.losses(rows, edges, 500)["nodes"]
        back = module.losses(rows[::-1], edges[::-1], 500)["nodes"]
        assert torch.isclose(forth, back, rtol=1e-6).item() is symmetric


def test_communities_are_read_when_their_phase_ends(graph):
    """What the centres say at epoch 8 of 20 is what eight epochs alone would have said."""
    longer = GCooL(epochs=20, stride=40, **SMALL).fit(graph)
    shorter = GCooL(epochs=8, stride=40, **SMALL).fit(graph)
    assert torch.equal(longer.soft_communities_, shorter.soft_communities_)
    assert torch.equal(longer.communities_, longer.soft_communities_.argmax(1))
    torch.testing.assert_close(longer.soft_communities_.sum(1), torch.ones(90))
    assert not torch.equal(longer.embedding_, shorter.embedding_)
    assert len(shorter.module_.communities) == 0


def test_communities_have_a_number_of_their_own(graph):
    model = GCooL(epochs=3, n_communities=5, **SMALL).fit(graph)
    assert model.soft_communities_.shape == (90, 5)
    assert model.labels_.max() == 2


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"n_communities": 1},
            "n_communities must be at least 2, as they are contrasted; got 1 with n_clusters=3",
        ),
        ({"n_clusters": 1}, "got None with n_clusters=1; set n_communities"),
        ({"n_communities": 0}, "n_communities must be greater than or equal to 1; got 0"),
        ({"edge_rates": (0.2, 1.5)}, r"edge_rates\[1\] must be less than or equal to 1; got \(0.2, 1.5\)"),
        ({"feature_rates": (-0.1, 0.1)}, r"feature_rates\[0\] must be greater than or equal to 0"),
        ({"edge_rates": (0.2,)}, r"edge_rates\[1\] must be"),
        ({"temperature": 0.0}, "temperature must be greater than 0; got 0.0"),
    ],
    ids=str,
)
def test_bad_settings(graph, settings, message):
    with pytest.raises(ValueError, match=message) as caught:
        GCooL(**{**SMALL, **settings}).fit(graph)
    assert "\n" not in str(caught.value)


def test_centres_stand_still_after_their_phase(graph):
    longer = GCooL(epochs=20, stride=20, **SMALL).fit(graph)
    shorter = GCooL(epochs=4, stride=20, **SMALL).fit(graph)
    assert torch.equal(longer.module_.head.centres, shorter.module_.head.centres)


def test_weight_decay_of_the_centres(graph):
    """One step from the same start: centres that decay leaves out go where they go without any decay."""

    def centres(weight_decay: float, *, decay_centres: bool) -> torch.Tensor:
        model = GCooL(epochs=1, weight_decay=weight_decay, decay_centres=decay_centres, **SMALL)
        return model.fit(graph).module_.head.centres.detach()

    without = centres(0.0, decay_centres=True)
    assert torch.equal(centres(1.0, decay_centres=False), without)
    assert not torch.allclose(centres(1.0, decay_centres=True), without, atol=1e-3)


def test_save_and_load_keep_both_clusterings(graph, tmp_path):
    model = GCooL(epochs=6, stride=20, **SMALL).fit(graph)
    model.save(tmp_path / "model.pt", rows=True)
    loaded = load(tmp_path / "model.pt")
    assert torch.equal(loaded.communities_, model.communities_)
    assert torch.equal(loaded.module_.communities, model.module_.communities)
    assert torch.equal(loaded.predict(graph), model.labels_)


def test_an_interruption_after_the_phase_keeps_the_communities(graph, tmp_path):
    whole = GCooL(epochs=8, stride=20, **SMALL).fit(graph)
    checkpoint = Checkpoint(tmp_path / "state.pt", every=1e9)

    def stop(report):
        checkpoint.stop = report.epoch >= 6

    with pytest.raises(Interrupted):
        GCooL(epochs=8, stride=20, **SMALL).fit(graph, callbacks=[stop], checkpoint=checkpoint)
    resumed = GCooL(epochs=8, stride=20, **SMALL).fit(graph, checkpoint=Checkpoint(tmp_path / "state.pt"))
    assert torch.equal(resumed.soft_communities_, whole.soft_communities_)
    assert torch.equal(resumed.embedding_, whole.embedding_)


def test_the_module_takes_any_encoder(graph):
    class Mean(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(32, 8)

        def forward(self, x, edge_index):
            return self.linear(x)

    ours = GCooL(**SMALL)._build(graph)
    module = GCooLModule(Mean(), torch.nn.Identity(), CommunityHead(3, 8, temperature=0.4), ours.augmentations)
    batch = NodeBatches(module.prepare(graph)).whole
    sum(module(batch, step(1)).values()).backward()
    assert module.embed(batch).shape == (90, 8)


@pytest.mark.slow
def test_a_block_model_is_recovered():
    """300 nodes, 3 blocks, p_in 0.10, p_out 0.01, features that say little; 300 epochs."""
    blocks = load_data("planted-partition", nodes=300, blocks=3, degree_in=9.9, degree_out=2.0, features=60)
    settings = {"hidden_channels": 64, "out_channels": 32, "epochs": 300, "row_normalize": False}
    for form in ("reference", "null_model"):
        model = GCooL(n_clusters=3, form=form, **settings).fit(blocks.graph)
        assert clustering_scores(blocks.graph.y, model.labels_)["nmi"] > 0.9


def test_a_model_is_saved_as_it_was_fitted(tmp_path):
    graph = load_data("planted-partition", nodes=60, blocks=3).graph
    model = GCooL(n_clusters=3, hidden_channels=8, out_channels=4, epochs=2).fit(graph)
    model.set_params(out_channels=16, n_clusters=2)
    model.save(tmp_path / "model.pt")
    read = load(tmp_path / "model.pt")
    assert (read.out_channels, read.n_clusters) == (4, 3)
    assert torch.equal(read.transform(graph), model.transform(graph))
    read.save(tmp_path / "again.pt")
    assert load(tmp_path / "again.pt").get_params() == read.get_params()
