"""JOAO: one augmentation a batch by its probability, losses measured on the side, renewal once an epoch."""

import math
from dataclasses import replace

import pytest
import torch
from torch_geometric.data import Data

from graphcl import JOAO
from graphcl.methods.pretrainers.joao import AMONG, JOAOModule, measures, renewed_probabilities
from graphcl.objectives import nt_xent
from graphcl.training import Step
from tests.augment.candidates import random_batch
from tests.easy import many
from tests.methods.test_graph_cl import mixtures

SMALL = {"channels": 8, "batch_size": 20, "device": "cpu"}
UNIFORM = torch.full((5,), 0.2)


def step(seed: int = 0, **place) -> Step:
    return replace(Step("pretrain", 0, 0, torch.Generator().manual_seed(seed)), **place)


def built(**settings) -> JOAOModule:
    torch.manual_seed(0)
    method = JOAO(**SMALL, **settings)
    method.categories_ = None
    return method._build(Data())


def stub() -> tuple[JOAOModule, list[int]]:
    """One that encodes nothing, and a list of the augmentations that it will draw."""
    module, drawn = built(), []
    module.augmentations = tuple(lambda data, k=k: drawn.append(k) or data for k in range(5))
    module.compared = lambda _: torch.eye(3)
    return module, drawn


def no_rows(*_):
    raise AssertionError("refresh must not sweep the graphs")


@pytest.mark.parametrize("drawn", range(5))
def test_the_loss_is_that_of_the_graphs_and_one_view_of_them(drawn):
    module, batch = built(temperature=0.5, strength=0.4).double().eval(), random_batch(4)
    module.probabilities.copy_(torch.eye(5)[drawn])
    values = module(batch, step(1))
    drawing = step(1).generator
    torch.multinomial(module.probabilities, 1, generator=drawing)
    view = module.augmentations[drawn](batch, drawing)
    z = [
        torch.stack([module.project(rows[a:b].mean(0)) for a, b in zip(data.ptr[:-1], data.ptr[1:], strict=True)])
        for data in (batch, view)
        for rows in [module.encoder(data.x, data.edge_index, data.edge_attr)]
    ]
    assert values["contrast"].item() == pytest.approx(nt_xent(*z, temperature=0.5).item(), abs=1e-10)
    assert module.augmentations[drawn].among == [AMONG[drawn]]
    assert module.augmentations[drawn].strength == 0.4
    assert [values[name].item() for name in AMONG] == torch.eye(5)[drawn].tolist()
    assert not any(values[name].requires_grad for name in module.figures)
    assert (len(view.x) < len(batch.x)) is (AMONG[drawn] in ("drop-nodes", "subgraph"))


def test_draws_follow_the_probabilities():
    module, drawn = stub()
    module.probabilities.copy_(torch.tensor([0.5, 0.0, 0.3, 0.2, 0.0]))
    for seed in range(300):
        module(Data(), step(seed))
    share = torch.bincount(torch.tensor(drawn), minlength=5) / 300
    torch.testing.assert_close(share, module.probabilities, rtol=0, atol=0.09)
    assert not share[1]
    assert not share[4]


def test_ranks_draw_one_augmentation():
    module, drawn = stub()
    for seed in range(20):
        for rank in (0, 1):
            module(Data(), step(100 * rank + seed, shared_generator=torch.Generator().manual_seed(seed)))
    assert drawn[::2] == drawn[1::2]
    assert len(set(drawn)) > 2


def test_losses_are_measured_in_evaluation_mode_on_the_side():
    """The mean over graphs of each augmentation's loss; neither gradients nor running statistics know of it."""
    module, batches = built(temperature=0.5).double().train(), [random_batch(4), random_batch(7)]
    before = {name: value.clone() for name, value in module.state_dict().items()}
    for seed, batch in enumerate(batches):
        module.measure(batch, step(seed).generator)
    after = module.state_dict()
    changed = {name for name in after if not torch.equal(after[name], before[name])}
    assert changed == {"losses", "measured"}
    assert module.training
    assert module.measured.item() == 12
    module.eval()
    expected = torch.zeros(5).double()
    for seed, batch in enumerate(batches):
        generator = step(seed).generator
        u = module.compared(batch)
        for k, augment in enumerate(module.augmentations):
            v = module.compared(augment(batch, generator))
            expected[k] += len(u) * nt_xent(u, v, temperature=0.5).item()
    torch.testing.assert_close(module.losses, expected)
    assert not module.losses.requires_grad


def test_when_losses_are_measured():
    places = [(epoch, index) for epoch in range(3) for index in range(11)]
    found = [
        place for place in places if measures(step(epoch=place[0], index=place[1], epochs=3, steps_in_epoch=11))
    ]
    assert found == [(epoch, index) for epoch in (0, 1) for index in (8, 9, 10)]
    last = step(epochs=2, steps_in_epoch=1)
    assert measures(last)
    assert not measures(replace(last, rank=1))
    module, batch = built().train(), random_batch(3)
    module(batch, last)
    assert module.measured == 6
    module.eval()(batch, last)
    assert module.measured == 6


def test_probabilities_are_renewed_before_every_epoch_but_the_first():
    module = built(gamma=0.1)
    module.losses.copy_(torch.tensor([4.0, 2.0, 3.0, 2.0, 0.0]))
    module.measured.fill_(10.0)
    for place in ({"epoch": 0, "index": 0}, {"epoch": 1, "index": 1}):
        assert not module.refresh(step(**place), no_rows)
        assert torch.equal(module.probabilities, UNIFORM)
    assert module.refresh(step(epoch=1), no_rows)
    expected = renewed_probabilities(UNIFORM, torch.tensor([0.4, 0.2, 0.3, 0.2, 0.0]), gamma=0.1)
    torch.testing.assert_close(module.probabilities, expected)
    assert int(module.probabilities.argmax()) == 0
    assert not module.losses.any()
    assert not module.measured
    assert module.refresh(step(epoch=2), no_rows), "all processes take part, also where nothing was measured"
    torch.testing.assert_close(module.probabilities, expected)


def test_gamma_draws_back_to_uniform():
    p, losses = torch.tensor([0.7, 0.1, 0.1, 0.1, 0.0]), torch.tensor([0.3, 0.1, 0.2, 0.0, 0.1])
    free, held = (renewed_probabilities(p, losses, gamma=gamma) for gamma in (0.0, 1.0))
    assert free[0] > p[0] > held[0]
    torch.testing.assert_close(held, losses - losses.mean() + 0.2)


def test_a_training_and_its_history():
    model = JOAO(**SMALL, epochs=5, lr=1e-2, seed=0).fit(mixtures(40))
    rows = [[row[name] for name in AMONG] for row in model.history_]
    assert rows[0] == pytest.approx([0.2] * 5)
    assert all(sum(row) == pytest.approx(1, abs=1e-5) and min(row) >= 0 for row in rows)
    assert rows[-1][AMONG.index("identity")] < 0.1, "the easiest view is drawn least"
    assert model.module_.probabilities.tolist() == pytest.approx(rows[-1])
    assert max(rows[-1]) == rows[-1][AMONG.index("subgraph")], "of a fifth of the nodes: the hardest"
    assert model.history_[-1]["loss"] == model.history_[-1]["contrast"]
    assert {"probabilities", "losses", "measured"} <= set(model.module_.state_dict()), "what a checkpoint keeps"
    steady = JOAO(**SMALL, epochs=3, gamma=1.0, seed=0).fit(mixtures(40))
    assert min(steady.history_[-1][name] for name in AMONG) > 0.05


def test_one_graph_one_atom_and_proteins():
    atom = Data(
        x=torch.zeros(1, 2).long(), edge_index=torch.zeros(2, 0).long(), edge_attr=torch.zeros(0, 2).long()
    )
    for graphs in ([atom], [atom, atom, *mixtures(1)]):
        model = JOAO(channels=4, epochs=3, batch_size=2, device="cpu").fit(graphs)
        assert torch.isfinite(model.embedding_).all()
        assert all(math.isfinite(row["loss"]) for row in model.history_)
    assert model.module_.among == AMONG
    alone = JOAO(channels=4, epochs=3, device="cpu").fit([atom])
    assert torch.equal(alone.module_.probabilities, UNIFORM)
    protein = JOAO(domain="protein", channels=4, epochs=2, device="cpu").fit(many("protein"))
    assert protein.module_.among == tuple(name for name in AMONG if name != "mask-nodes")
    assert protein.history_[0]["identity"] == pytest.approx(0.25)
    with pytest.raises(ValueError, match="gamma must be greater than or equal to 0; got -1"):
        JOAO(gamma=-1.0).fit([atom])
