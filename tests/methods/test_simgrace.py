"""SimGRACE: the loss is that of a loop over graphs and a noisy copy, which neither learns nor leaves a trace."""

import copy
import math

import pytest
import torch
from torch_geometric.data import Data

from graphcl import SimGRACE
from graphcl.augment import perturb_parameters
from graphcl.datasets import GraphCollection
from graphcl.methods.pretrainers.simgrace import SimGRACEModule
from graphcl.objectives import nt_xent
from graphcl.training import Step
from tests.augment.candidates import random_batch, random_graph
from tests.easy import many
from tests.methods.test_graph_cl import mixtures

SMALL = {"channels": 16, "batch_size": 20, "device": "cpu"}


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def step(seed: int = 0) -> Step:
    return Step("pretrain", 0, 0, seeded(seed))


def built(**settings) -> SimGRACEModule:
    torch.manual_seed(0)
    method = SimGRACE(**SMALL, **settings)
    method.categories_ = 7
    return method._build(Data())


@pytest.mark.parametrize("anchors", ["clean", "perturbed"])
def test_the_loss_is_that_of_a_loop_over_graphs_and_a_noisy_copy(anchors):
    module = built(eta=0.4, temperature=0.5, anchors=anchors).double()
    batch = random_batch(4)
    noisy = copy.deepcopy(module.encoder)
    noisy.load_state_dict(
        perturb_parameters(dict(noisy.named_parameters()), 0.4, generator=seeded(1)), strict=False
    )
    rows = []
    for encoder in (copy.deepcopy(module.encoder), noisy):
        z = encoder(batch.x, batch.edge_index, batch.edge_attr)
        ends = zip(batch.ptr[:-1], batch.ptr[1:], strict=True)
        rows.append([module.project(z[a:b].mean(0)).detach() for a, b in ends])
    first, second = rows if anchors == "clean" else rows[::-1]
    cosine = [[float(u @ v / u.norm() / v.norm()) for v in second] for u in first]
    graphs = range(len(cosine))
    losses = [
        math.log(sum(math.exp(cosine[i][j] / 0.5) for j in graphs if j != i)) - cosine[i][i] / 0.5 for i in graphs
    ]
    values = module(batch, step(1))
    assert values["contrast"].item() == pytest.approx(sum(losses) / len(losses), abs=1e-10)
    found = [row.index(max(row)) == i for i, row in enumerate(cosine)]
    assert values["accuracy"].item() == pytest.approx(sum(found) / len(found))
    assert not any(values[name].requires_grad for name in module.figures)


def test_the_copy_gets_no_gradient_and_leaves_no_trace():
    """The gradient is that at constant rows of the copy; running statistics move once, by the clean pass."""
    module, batch = built(eta=0.5, temperature=0.2).double(), random_batch(4)
    other = copy.deepcopy(module)
    module(batch, step(3))["contrast"].backward()
    once = copy.deepcopy(other)
    once.rows(batch)
    for name, value in module.state_dict().items():
        assert torch.equal(value, once.state_dict()[name]), name

    noisy = copy.deepcopy(other.encoder)
    noisy.load_state_dict(
        perturb_parameters(dict(noisy.named_parameters()), 0.5, generator=seeded(3)), strict=False
    )
    constant = other.compared(noisy(batch.x, batch.edge_index, batch.edge_attr), batch).detach()
    nt_xent(other.compared(other.rows(batch), batch), constant, temperature=0.2).backward()
    for name, parameter in module.named_parameters():
        torch.testing.assert_close(parameter.grad, other.get_parameter(name).grad)
        assert parameter.grad.any(), name


def test_noise_is_the_same_in_all_processes_where_they_share_a_generator():
    module, batch = built(eta=1.0), random_batch(2)
    losses = [
        module(batch, Step("pretrain", 0, 0, seeded(own), seeded(shared)))["contrast"].item()
        for own, shared in ((0, 7), (1, 7), (0, 8))
    ]
    assert losses[0] == losses[1] != losses[2]


def test_without_noise_both_encoders_are_one():
    values = built(eta=0.0)(random_batch(3), step())
    assert values["positive"].item() == pytest.approx(1.0)
    assert built(eta=2.0)(random_batch(3), step())["positive"] < 0.99


def test_it_learns_to_tell_graphs_that_it_has_not_seen():
    held_out = GraphCollection.of(mixtures(60, seed=1)).batch(range(60))
    figures = []
    for epochs in (0, 10):
        model = SimGRACE(**SMALL, epochs=epochs, lr=1e-2, eta=0.5).fit(mixtures(60))
        with torch.no_grad():
            figures.append(model.module_.eval()(held_out, step()))
    before, after = figures
    first, last = model.history_[0], model.history_[-1]
    assert last["loss"] == last["contrast"] < first["contrast"]
    assert after["contrast"] < before["contrast"] - 1
    assert before["negative"] > 0.9
    assert after["negative"] + 0.3 < after["positive"]


def test_a_batch_of_one_graph_has_the_loss_zero():
    graph = random_graph(seeded(), 6)
    model = SimGRACE(channels=4, epochs=2, device="cpu").fit([graph])
    assert [row["loss"] for row in model.history_] == [0.0, 0.0]
    assert torch.isfinite(model.embedding_).all()


def test_what_is_refused():
    with pytest.raises(ValueError, match="eta must be greater than or equal to 0; got -1"):
        SimGRACE(eta=-1.0, **SMALL).fit(many("molecule"))
    with pytest.raises(ValueError, match="anchors must be 'clean' or 'perturbed'; got 'both'"):
        SimGRACE(anchors="both", **SMALL).fit(many("molecule"))
