"""Schedules of learning rates and of target momenta, and an interruption among them."""

import pytest
import torch

from graphcl.training import Checkpoint, Interrupted, Stage, adamw, train, warmup_cosine
from graphcl.training.schedules import target_momentum
from tests.training.recorder import CPU, Recorder, batches
from tests.training.test_checkpoint import stop_at


def rates(schedule, steps: int) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=2.0)
    scheduler = schedule(optimizer, steps)
    seen = []
    for _ in range(steps):
        seen.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return seen


def test_a_rise_and_half_a_cosine():
    assert rates(warmup_cosine(0.5), 8) == pytest.approx([0, 0.5, 1, 1.5, 2, 1 + 0.5**0.5, 1, 1 - 0.5**0.5])
    assert rates(warmup_cosine(0.5, whole_at_end=True), 8)[:5] == pytest.approx([0, 2 / 3, 4 / 3, 2, 2])


def test_the_ends_of_the_range():
    assert rates(warmup_cosine(0.0), 4) == pytest.approx([2, 1 + 0.5**0.5, 1, 1 - 0.5**0.5])
    assert rates(warmup_cosine(1.0), 4) == pytest.approx([0, 0.5, 1, 1.5])
    assert rates(warmup_cosine(1.0, whole_at_end=True), 1) == [0]
    assert rates(warmup_cosine(0.1), 1) == [2]
    for share in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="share must lie in"):
            warmup_cosine(share)


def test_momentum_rises_to_one():
    momenta = [target_momentum(step, 10, 0.9) for step in range(11)]
    assert momenta[0] == pytest.approx(0.9)
    assert momenta[5] == pytest.approx(0.95)
    assert momenta[10] == 1
    assert momenta == sorted(momenta)


def test_decoupled_decay_takes_its_share_of_every_weight():
    method = Recorder()
    with torch.no_grad():
        method.first.fill_(2.0)
    [optimizer] = adamw(0.1, 0.5, parameters=lambda method: [method.first])(method)
    assert [len(group["params"]) for group in optimizer.param_groups] == [1]
    method.first.grad = torch.zeros_like(method.first)
    optimizer.step()
    torch.testing.assert_close(method.first.detach(), torch.full_like(method.first, 2 * (1 - 0.1 * 0.5)))


def test_an_interrupted_schedule_goes_on_where_it_was(tmp_path):
    def stage() -> Stage:
        return Stage("one", 4, adamw(0.1, 0.01), schedule=warmup_cosine(0.5), batch_size=2)

    whole, halves, path = Recorder(), Recorder(), tmp_path / "state.pt"
    train(whole, batches(), [stage()], CPU)
    with pytest.raises(Interrupted):
        train(halves, batches(), [stage()], CPU, checkpoint=stop_at(path, 5))
    resumed = Recorder()
    train(resumed, batches(), [stage()], CPU, checkpoint=Checkpoint(path, every=1e9))
    for ours, expected in zip(resumed.parameters(), whole.parameters(), strict=True):
        assert torch.equal(ours, expected)
        assert expected.any()
