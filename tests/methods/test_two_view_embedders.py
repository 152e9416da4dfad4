"""G-BT, VICReg and BGRL: losses of the seeds' rows, the target network, norms, and the ends of their schedules."""

from copy import deepcopy

import pytest
import torch
from torch import nn
from torch_geometric.data import Data

from graphcl import BGRL, GBT, VICReg
from graphcl.datasets import load
from graphcl.encoders import GNN, Predictor
from graphcl.methods.embedders.bgrl import BGRLModule
from graphcl.methods.embedders.gbt import GBTModule
from graphcl.methods.embedders.vicreg import VICRegModule
from graphcl.objectives import barlow_twins, vicreg
from graphcl.training import Step
from tests.easy import planted
from tests.fixed_views import Rows, given

WEIGHTS = {"invariance_weight": 2.0, "variance_weight": 3.0, "covariance_weight": 5.0}
SMALL = {"hidden_channels": 16, "out_channels": 8, "epochs": 3, "lr": 1e-2}
STEP = Step("one", 2, 1, torch.Generator(), epochs=8, steps_in_epoch=2)


def views() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(2, 12, 4, generator=torch.Generator().manual_seed(0)).double().unbind()


def total(module, h) -> torch.Tensor:
    """The sum of the losses of seven seeds of twelve nodes."""
    batch = Data(x=h, edge_index=torch.empty(2, 0).long(), seeds=7)
    return torch.stack(list(module(batch, STEP).values())).sum()


@pytest.mark.parametrize("weight", [None, 0.5])
def test_the_losses_of_g_bt_add_up_to_the_objective_on_the_seeds(weight):
    h1, h2 = views()
    found = total(GBTModule(Rows(), [given(h1), given(h2)], redundancy_weight=weight), h1)
    torch.testing.assert_close(found, barlow_twins(h1[:7], h2[:7], redundancy_weight=weight))
    assert not torch.isclose(found, barlow_twins(h1, h2, redundancy_weight=weight))


def test_the_losses_of_vicreg_add_up_to_the_objective_on_the_projected_seeds():
    h1, h2 = views()
    double = nn.Linear(4, 4, bias=False).double()
    with torch.no_grad():
        double.weight.copy_(2 * torch.eye(4))
    found = total(VICRegModule(Rows(), double, [given(h1), given(h2)], **WEIGHTS), h1)
    torch.testing.assert_close(found, vicreg(2 * h1[:7], 2 * h2[:7], **WEIGHTS))


def bootstrapped(momentum: float = 0.9) -> BGRLModule:
    torch.manual_seed(0)
    encoder, target = (GNN(4, 6, 5, norm="batch", activate_last=True).double() for _ in range(2))
    h1, h2 = views()
    return BGRLModule(encoder, target, Predictor(5, 8).double(), [given(h1), given(h2)], momentum=momentum)


def test_the_loss_of_bgrl_compares_each_prediction_with_the_other_view():
    module, (h1, h2) = bootstrapped(), views()
    edge_index = torch.empty(2, 0).long()
    found = total(deepcopy(module), h1)
    expected = 2.0
    for own, other in ((h1, h2), (h2, h1)):
        prediction = module.projector(module.encoder(own, edge_index)[:7])
        target = module.target(other, edge_index)[:7]
        expected = expected - torch.cosine_similarity(prediction, target).mean()
    torch.testing.assert_close(found, expected)
    found.backward()
    assert all(parameter.grad is None for parameter in module.target.parameters())


def test_the_target_moves_by_the_momentum_of_the_step():
    """Step 5 of 16: m = 1 - 0.1 (1 + cos(5 pi / 16)) / 2."""
    module = bootstrapped()
    before = deepcopy(module)
    module.after_step(STEP)
    m = 1 - 0.1 * (1 + torch.cos(torch.tensor(5 * torch.pi / 16, dtype=torch.float64))) / 2
    for name, moved in module.target.named_parameters():
        was, online = before.target.get_parameter(name), before.encoder.get_parameter(name)
        torch.testing.assert_close(moved, m * was + (1 - m) * online)
    for name, kept in module.target.named_buffers():
        assert torch.equal(kept, before.target.get_buffer(name))
    for name, kept in module.encoder.named_parameters():
        assert torch.equal(kept, before.encoder.get_parameter(name))


def test_the_target_is_drawn_anew_and_follows_without_a_gradient():
    graph = planted()
    module = BGRL(**{**SMALL, "epochs": 0}).fit(graph).module_
    assert not torch.equal(module.target.conv[0].lin.weight, module.encoder.conv[0].lin.weight)
    before = module.target.conv[0].lin.weight
    for momentum, stands in ((1.0, True), (0.9, False)):
        trained = BGRL(momentum=momentum, **SMALL).fit(graph).module_
        assert torch.equal(trained.target.conv[0].lin.weight, before) is stands
        assert not torch.equal(trained.encoder.conv[0].lin.weight, module.encoder.conv[0].lin.weight)


def test_bgrl_with_an_encoder_of_ones_own_starts_from_a_copy():
    own = GNN(32, 8, 8, norm="layer", activate_last=True)
    model = BGRL(encoder=own, **{**SMALL, "epochs": 0}).fit(planted())
    for first, second in zip(model.module_.encoder.parameters(), model.module_.target.parameters(), strict=True):
        assert torch.equal(first, second)
        assert first is not second


@pytest.mark.parametrize("method", [GBT, VICReg, BGRL])
def test_norms_are_those_asked_for(method):
    graph = planted()
    rows = {}
    for norm in ("batch", "layer", None):
        module = method(norm=norm, **SMALL).fit(graph).module_
        assert ("norm.0.module.running_mean" in module.encoder.state_dict()) is (norm == "batch")
        rows[norm] = module.encoder
    quick, slow = (method(norm_momentum=share, **SMALL).fit(graph) for share in (0.99, 0.01))
    means = [model.module_.encoder.norm[0].module.running_mean for model in (quick, slow)]
    assert means[0].abs().max() > 5 * means[1].abs().max()
    assert not torch.equal(quick.embedding_, slow.embedding_)
    slopes = [name for name in slow.module_.encoder.state_dict() if name.startswith("activation.")]
    assert len(slopes) == (1 if method is GBT else 2)


@pytest.mark.parametrize("method", [GBT, VICReg, BGRL])
def test_a_first_step_of_a_warm_up_changes_no_weight(method):
    graph = planted()
    settings = {**SMALL, "norm": "layer", "epochs": 1}
    still, untrained = (method(**{**settings, "warmup": 1.0, "epochs": e}).fit(graph).embedding_ for e in (1, 0))
    assert torch.equal(still, untrained)
    assert not torch.equal(method(**settings, warmup=0.0).fit(graph).embedding_, untrained)


def test_training_aligns_the_views():
    graph = load("planted-partition", nodes=200, blocks=4).graph
    history = GBT(hidden_channels=32, out_channels=16, epochs=40, lr=1e-2).fit(graph).history_
    assert history[-1]["invariance"] < 0.6 * history[0]["invariance"]
    history = VICReg(hidden_channels=32, out_channels=16, epochs=40, lr=1e-2).fit(graph).history_
    assert history[-1]["loss"] < 0.8 * history[0]["loss"]
    model = BGRL(hidden_channels=32, out_channels=16, epochs=40, lr=1e-2).fit(graph)
    assert model.history_[-1]["prediction"] < 0.5 * model.history_[0]["prediction"]
    unit = torch.nn.functional.normalize(model.embedding_ - model.embedding_.mean(0))
    assert (unit @ unit.T).mean() < 0.5, "rows are not all equal"
