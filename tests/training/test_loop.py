"""The loop: stages in order, own optimisers, reports, repeatable draws, honest failure."""

import pytest
import torch

from graphcl.training import NodeBatches, Report, Runtime, Stage, Training, adam, train
from tests.training.recorder import CPU, Recorder, data

STAGES = [
    Stage("one", 2, adam(0.1, parameters=lambda module: [module.first]), batch_size=2),
    Stage("two", 3, adam(0.1, parameters=lambda module: [module.second])),
]


def test_stages_run_in_order_and_train_their_own_parameters():
    module, reports = Recorder(), []
    result = train(module, NodeBatches(data()), STAGES, CPU, callbacks=[reports.append])
    assert [call[:2] for call in module.calls if call[0] == "start"] == [("start", "one"), ("start", "two")]
    assert [call[2:] for call in module.calls if call[:2] == ("refresh", "one")] == [
        (epoch, index) for epoch in range(2) for index in range(3)
    ]
    assert module.first.item() == pytest.approx(0.6, abs=0.05)  # six steps of Adam at 0.1
    assert module.second.item() == pytest.approx(0.3, abs=0.05)  # three
    assert [(row["stage"], row["epoch"]) for row in result.history] == [
        ("one", 1), ("one", 2), ("two", 1), ("two", 2), ("two", 3),
    ]  # fmt: skip
    assert isinstance(result, Training)
    assert [stage["name"] for stage in result.stages] == ["one", "two"]
    last = reports[-1]
    assert isinstance(last, Report)
    assert (last.stage, last.epoch, last.epochs, last.done, last.total) == ("two", 3, 3, 5, 5)
    assert last.loss == pytest.approx(sum(last.losses.values()))


def test_history_averages_over_seeds():
    module = Recorder()
    result = train(module, NodeBatches(data()), [Stage("one", 1, adam(0.0), batch_size=2)], CPU)
    row = result.history[0]
    assert row["a"] == pytest.approx(1.0)
    assert row["b"] == pytest.approx(4 * (2 * 2 + 2 * 2 + 1 * 1) / 5)


def test_draws_repeat_with_the_seed_and_differ_between_steps():
    first, again, other = Recorder(), Recorder(), Recorder()
    train(first, NodeBatches(data()), STAGES, CPU)
    train(again, NodeBatches(data()), STAGES, CPU)
    train(other, NodeBatches(data()), STAGES, Runtime(torch.device("cpu"), seed=1))
    assert first.draws == again.draws
    assert len(set(first.draws)) == len(first.draws)
    assert not set(first.draws) & set(other.draws)


def test_a_loss_that_is_not_finite_ends_the_training():
    class Diverging(Recorder):
        def forward(self, batch, step):
            return {"a": self.first.sum() / 0}

    with pytest.raises(FloatingPointError, match=r"no longer finite in epoch 1 of stage 'one'.*learning rate"):
        train(Diverging(), NodeBatches(data()), STAGES, CPU)


def test_a_callback_can_end_the_training():
    def stop(report):
        raise KeyboardInterrupt

    module = Recorder()
    with pytest.raises(KeyboardInterrupt):
        train(module, NodeBatches(data()), STAGES, CPU, callbacks=[stop])
    assert len(module.draws) == 3


def test_weight_decay_leaves_alone_what_it_is_told_to():
    def decayed(**options) -> tuple[float, float]:
        module = Recorder()
        with torch.no_grad():
            module.first.fill_(1.0)  # where their losses are lowest, so that decay alone moves them
            module.second.fill_(2.0)
        train(module, NodeBatches(data()), [Stage("one", 5, adam(0.1, weight_decay=0.1, **options))], CPU)
        return module.first.item(), module.second.item()

    first, second = decayed()
    assert first != 1.0
    assert second != 2.0
    assert decayed(no_weight_decay=lambda module: [module.first]) == (1.0, second)
    assert decayed(no_weight_decay=lambda module: []) == (first, second)
