"""GraphCL: the loss is that of a loop over views, new graphs are told apart, choices are honoured."""

import math

import pytest
import torch
from torch_geometric.data import Data

from graphcl import GraphCL
from graphcl.augment import graph_views
from graphcl.datasets import GraphCollection
from graphcl.encoders import MoleculeGIN
from graphcl.methods.pretrainers.graph_cl import RANDOM, GraphCLModule
from graphcl.objectives import view_figures
from graphcl.objectives.nt_xent import FIGURES
from graphcl.training import Step
from tests.augment.candidates import random_batch, random_graph
from tests.easy import many

SMALL = {"channels": 16, "batch_size": 20, "device": "cpu"}
TOKEN = (119, 0)


def mixtures(count: int, seed: int = 0) -> list[Data]:
    """Molecules of two elements out of ten, which a view keeps."""
    generator = torch.Generator().manual_seed(seed)
    graphs = []
    for n in torch.randint(8, 20, (count,), generator=generator).tolist():
        graph = random_graph(generator, n, 0.15)
        pair = torch.randperm(10, generator=generator)[:2]
        graph.x[:, 0] = pair[torch.randint(2, (n,), generator=generator)]
        graphs.append(graph)
    return graphs


def step(seed: int = 0) -> Step:
    return Step("pretrain", 0, 0, torch.Generator().manual_seed(seed))


def built(**settings) -> GraphCLModule:
    method = GraphCL(**SMALL, **settings)
    method.categories_ = 7
    return method._build(Data())


def test_the_loss_is_that_of_a_loop_over_the_graphs_of_two_views():
    torch.manual_seed(0)
    module = built(augmentations=("drop-nodes", "mask-nodes"), strength=0.3, temperature=0.5).double().eval()
    batch = random_batch(4)
    values = module(batch, step(1))
    generator = torch.Generator().manual_seed(1)  # which the views draw from, one after the other
    rows: list[list[torch.Tensor]] = []
    for name in ("drop-nodes", "mask-nodes"):
        view = graph_views(batch, [name], strength=0.3, mask_token=TOKEN, generator=generator)
        z = module.encoder(view.x, view.edge_index, view.edge_attr)
        rows.append(
            [module.project(z[a:b].mean(0)).detach() for a, b in zip(view.ptr[:-1], view.ptr[1:], strict=True)]
        )
    cosine = [[float(u @ v / u.norm() / v.norm()) for v in rows[1]] for u in rows[0]]
    graphs = len(cosine)
    losses = [
        math.log(sum(math.exp(cosine[i][j] / 0.5) for j in range(graphs) if j != i)) - cosine[i][i] / 0.5
        for i in range(graphs)
    ]
    assert values["contrast"].item() == pytest.approx(sum(losses) / graphs, abs=1e-10)
    found = [row.index(max(row)) == i for i, row in enumerate(cosine)]
    assert values["accuracy"].item() == pytest.approx(sum(found) / graphs)
    assert not any(values[name].requires_grad for name in FIGURES)


def test_it_learns_to_tell_graphs_that_it_has_not_seen():
    """Whose other view is whose among 60 new graphs; and the untrained encoder takes all graphs for alike."""
    held_out = GraphCollection.of(mixtures(60, seed=1)).batch(range(60))
    figures = []
    for epochs in (0, 30):
        model = GraphCL(**SMALL, epochs=epochs, lr=1e-2, augmentations=("drop-nodes", "drop-nodes"))
        model.fit(mixtures(100))
        with torch.no_grad():
            figures.append(model.module_.eval()(held_out, step()))
    before, after = figures
    first, last = model.history_[0], model.history_[-1]
    assert last["loss"] == last["contrast"] < first["contrast"]
    assert last["accuracy"] > 1.4 * first["accuracy"]
    assert after["contrast"] < before["contrast"] - 1
    assert after["accuracy"] > max(1.4 * before["accuracy"], 0.3)
    assert before["negative"] > 0.9
    assert after["negative"] + 0.4 < after["positive"]


def test_each_view_has_its_own_augmentation():
    """What each view sees of a batch: its nodes, its edges, its masks; "random" is what the domain has."""
    batch = random_batch(3, largest=20)
    dropped, masked = (
        make(batch, generator=torch.Generator())
        for make in built(augmentations=("drop-nodes", "mask-nodes")).augmentations
    )
    assert len(dropped.x) < len(batch.x) == len(masked.x)
    assert torch.equal(masked.edge_index.sort().values, batch.edge_index.sort().values)
    assert bool((masked.x == torch.tensor(TOKEN)).all(1).any())
    for domain, names in RANDOM.items():
        module = built(domain=domain, augmentations=("random", "identity"), strength=0.4)
        assert [view.among for view in module.augmentations] == [names, ("identity",)]
        assert [view.strength for view in module.augmentations] == [0.4, 0.4]
    assert "mask-nodes" not in RANDOM["protein"]


def test_views_are_drawn_anew_and_encoded_apart():
    """Two plain views are equal rows, so that the loss is that of one; augmented ones differ from step to step."""
    torch.manual_seed(0)
    batch = random_batch(4)
    plain = built(augmentations=("identity", "identity"))
    values = plain(batch, step())
    u = plain.compared(batch)
    assert values["positive"].item() == pytest.approx(1.0)
    assert values["negative"].item() == pytest.approx(view_figures(u, u)["negative"].item(), abs=1e-5)
    losses = {built(strength=0.5)(batch, step(seed))["contrast"].item() for seed in range(3)}
    assert len(losses) == 3


def test_the_encoder_has_the_names_of_pretrain_gnns_and_the_head_is_left_out():
    model = GraphCL(**SMALL, epochs=1).fit(mixtures(20))
    assert isinstance(model.module_.encoder, MoleculeGIN)
    heads = {name for name, _ in model.module_.named_parameters() if not name.startswith("encoder.")}
    assert heads == {f"project.{layer}.{part}" for layer in (0, 2) for part in ("weight", "bias")}
    batch = GraphCollection.of(mixtures(20)).batch(range(20))
    batch.seeds = 20
    z = model.module_.encoder.eval()(batch.x, batch.edge_index, batch.edge_attr)
    torch.testing.assert_close(model.embedding_[3], z[batch.batch == 3].mean(0).detach())


@pytest.mark.parametrize("name", ["drop-nodes", "perturb-edges", "mask-nodes", "subgraph", "identity", "random"])
def test_one_graph_one_atom_no_edges(name):
    atom = Data(
        x=torch.zeros(1, 2).long(), edge_index=torch.zeros(2, 0).long(), edge_attr=torch.zeros(0, 2).long()
    )
    for graphs in ([atom], [atom, atom, *mixtures(1)]):
        for strength in (0.0, 1.0):
            model = GraphCL(channels=4, epochs=2, augmentations=(name, name), strength=strength, device="cpu")
            assert torch.isfinite(model.fit(graphs).embedding_).all()
            assert all(math.isfinite(row["loss"]) for row in model.history_)
            assert len(graphs) > 1 or model.history_[-1]["loss"] == 0


def test_what_is_refused():
    remedy = "whose encoder has no mask; got .'random', 'mask-nodes'.; choose drop-nodes, perturb-edges, subgraph"
    with pytest.raises(ValueError, match=remedy):
        GraphCL(domain="protein", augmentations=("random", "mask-nodes"), **SMALL).fit(many("protein"))
    with pytest.raises(ValueError, match=r"augmentations\[1\] must be 'drop-nodes', .* or 'random' or .*; got"):
        GraphCL(augmentations=("random", "crop"), **SMALL).fit(mixtures(2))
    with pytest.raises(ValueError, match="temperature must be greater than 0; got 0"):
        GraphCL(temperature=0.0, **SMALL).fit(mixtures(2))
