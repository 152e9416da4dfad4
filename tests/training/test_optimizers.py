"""Optimisers, schedules, clipping, frozen parameters and momentum targets, also over an interruption."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR
from torch_geometric.data import Data

from graphcl.training import Checkpoint, Interrupted, Method, NodeBatches, Stage, adam, train
from tests.training.recorder import CPU, Recorder, batches
from tests.training.test_checkpoint import stop_at


def both(method):
    """SGD with momentum for the first scalar, Adam for the second."""
    return [torch.optim.SGD([method.first], lr=0.1, momentum=0.9), torch.optim.Adam([method.second], lr=0.2)]


def test_adam_with_groups():
    method = Recorder()
    [one] = adam(0.1, 0.01)(method)
    assert isinstance(one, torch.optim.Adam)
    assert one.defaults["fused"]
    assert [len(group["params"]) for group in one.param_groups] == [2]
    [two] = adam(0.1, 0.01, no_weight_decay=lambda method: [method.second])(method)
    groups = [(group["params"], group["weight_decay"]) for group in two.param_groups]
    assert groups == [([method.first], 0.01), ([method.second], 0.0)]


def test_each_optimiser_trains_its_own_parameters_by_its_own_rule():
    method = Recorder()
    train(method, batches(), [Stage("one", 1, both, batch_size=2)], CPU)
    first, second = torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)
    sgd, other = torch.optim.SGD([first], lr=0.1, momentum=0.9), torch.optim.Adam([second], lr=0.2)
    for seeds in (2, 2, 1):
        loss = (first - 1).square().sum() + (second - 2).square().sum() * seeds
        for optimizer in (sgd, other):
            optimizer.zero_grad()
        loss.backward()
        for optimizer in (sgd, other):
            optimizer.step()
    torch.testing.assert_close(method.first.detach(), first.detach())
    torch.testing.assert_close(method.second.detach(), second.detach())


def test_the_schedule_is_advanced_after_every_step_and_knows_their_number():
    totals, rates = [], []

    def schedule(optimizer, steps):
        totals.append(steps)
        return CosineAnnealingLR(optimizer, steps)

    class Noting(Recorder):
        def after_step(self, step):
            rates.append([group["lr"] for optimizer in made for group in optimizer.param_groups])

    made = []

    def optimizers(method):
        made.extend(both(method))
        return made

    train(Noting(), batches(), [Stage("one", 4, optimizers, schedule=schedule, batch_size=2)], CPU)
    assert totals == [12, 12], "three steps in each of four epochs, for both optimisers"
    expected = [0.5 * (1 + torch.cos(torch.tensor(torch.pi * done / 12)).item()) for done in range(1, 13)]
    for optimizer, lr in enumerate((0.1, 0.2)):
        assert [row[optimizer] for row in rates] == pytest.approx([lr * share for share in expected], abs=1e-6)


def test_clipping_bounds_the_gradient_of_all_trained_parameters_together():
    class Large(Recorder):
        def forward(self, batch, step):
            return {"a": 3 * self.first.sum() + 4 * self.second.sum()}

    method = Large()

    def sgd(method):
        return [torch.optim.SGD([method.first], lr=1.0), torch.optim.SGD([method.second], lr=1.0)]

    train(method, batches(), [Stage("one", 1, sgd, clip=0.5)], CPU)
    assert (method.first.item(), method.second.item()) == pytest.approx((-0.3, -0.4), abs=1e-5)
    with pytest.raises(ValueError, match="clip must be positive, or None; got 0 in stage 'one'"):
        Stage("one", 1, sgd, clip=0)


@pytest.mark.parametrize(("changes", "message"), [
    ({"epochs": -1}, "epochs must be at least 0; got -1 in stage 'one'"),
    ({"batch_size": 0}, "batch_size must be at least 1, or None; got 0 in stage 'one'"),
])  # fmt: skip
def test_stages_that_cannot_be(changes, message):
    with pytest.raises(ValueError, match=message):
        Stage(**{"name": "one", "epochs": 1, "optimizers": adam(0.1), **changes})


def test_other_parameters_are_frozen_during_the_stage_and_only_then():
    class Noting(Recorder):
        def __init__(self):
            super().__init__()
            self.users = nn.Parameter(torch.ones(1), requires_grad=False)
            self.seen = []

        def forward(self, batch, step):
            self.seen.append((self.first.requires_grad, self.second.requires_grad, self.users.requires_grad))
            return super().forward(batch, step)

    method = Noting()
    stage = Stage("one", 2, adam(0.1, parameters=lambda method: [method.second]))
    train(method, batches(), [stage], CPU)
    assert set(method.seen) == {(False, True, False)}
    assert method.first.item() == 0
    assert method.first.grad is None
    assert method.second.item() != 0
    after = [method.first.requires_grad, method.second.requires_grad, method.users.requires_grad]
    assert after == [True, True, False]


def test_parameters_are_given_back_after_a_failure():
    class Failing(Recorder):
        def forward(self, batch, step):
            raise KeyboardInterrupt

    method = Failing()
    stage = Stage("one", 2, adam(0.1, parameters=lambda method: [method.second]))
    with pytest.raises(KeyboardInterrupt):
        train(method, batches(), [stage], CPU)
    assert method.first.requires_grad


class Momentum(Method):
    """Predicts the rows of a target network that follows by a moving average, from sampled neighbours."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.online = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 4))
        self.target = copy.deepcopy(self.online).requires_grad_(False)
        self.predict = nn.Linear(4, 4)
        self.grad_enabled, self.steps = [], []

    def companions(self, seeds, step):
        return {"others": torch.randint(20, (len(seeds), 2), generator=step.generator)}

    def forward(self, batch, step):
        z = self._rows(self.online, batch)
        with torch.no_grad():
            goal = self._rows(self.target, batch)
        noise = torch.rand(batch.seeds, 1, generator=step.generator)
        return {"loss": F.mse_loss(self.predict(z[: batch.seeds]), goal[batch.roles["others"]].mean(1) * noise)}

    def after_step(self, step):
        self.grad_enabled.append(torch.is_grad_enabled())
        self.steps.append(step.done)
        for target, online in zip(self.target.parameters(), self.online.parameters(), strict=True):
            target.mul_(0.9).add_(online, alpha=0.1)

    def embed(self, batch):
        return self._rows(self.online, batch)[: batch.seeds]

    def _rows(self, network, batch):
        h = network(batch.x)
        source, target = batch.edge_index
        return h.index_add(0, target, h[source] / (1 + batch.degree[target])[:, None])


def sampled(seed: int = 0) -> NodeBatches:
    draw = torch.Generator().manual_seed(seed)
    edge_index = torch.randint(20, (2, 60), generator=draw)
    return NodeBatches(Data(x=torch.randn(20, 4, generator=draw), edge_index=edge_index))


def two(method):
    return [
        torch.optim.SGD(method.online.parameters(), lr=0.05, momentum=0.9),
        torch.optim.AdamW(method.predict.parameters(), lr=0.01),
    ]


MOMENTUM = Stage("one", 3, two, schedule=CosineAnnealingLR, clip=0.1, batch_size=6, fanouts=(2,))


def test_after_step_follows_every_step_without_gradients():
    method = Momentum()
    before = copy.deepcopy(method.target.state_dict())
    train(method, sampled(), [MOMENTUM], CPU)
    assert method.steps == list(range(12))
    assert not any(method.grad_enabled)
    assert not any(parameter.requires_grad for parameter in method.target.parameters())
    assert not torch.equal(method.target[0].weight, before["0.weight"])
    assert not torch.equal(method.target[0].weight, method.online[0].weight)


@pytest.mark.parametrize("steps", [1, 4, 6, 11])
def test_all_of_this_survives_an_interruption(tmp_path, steps):
    """Two optimisers with momentum, their schedules, dropout, norms, sampled batches, companions, the target."""
    whole = Momentum()
    expected = train(whole, sampled(), [MOMENTUM], CPU)
    path = tmp_path / "state"
    with pytest.raises(Interrupted):
        train(Momentum(), sampled(), [MOMENTUM], CPU, checkpoint=stop_at(path, steps))
    if steps < 11:
        with pytest.raises(Interrupted):
            train(Momentum(), sampled(), [MOMENTUM], CPU, checkpoint=stop_at(path, 1))
    resumed = Momentum()
    result = train(resumed, sampled(), [MOMENTUM], CPU, checkpoint=Checkpoint(path))
    assert result.history == expected.history
    state = resumed.state_dict()
    for name, value in whole.state_dict().items():
        assert torch.equal(state[name], value), name
