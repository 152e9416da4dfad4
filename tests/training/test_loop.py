"""The loop: stages in order, own optimisers, reports, repeatable draws, honest failure, shared stages."""

import pytest
import torch
from torch import nn
from torch_geometric.data import Data

from graphcl.training import Method, NodeBatches, Report, Runtime, Stage, Training, train
from graphcl.training.stage_cache import StageCache, fingerprint


class Recorder(Method):
    """Two scalars pulled to 1 and 2, and a note of every call."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))
        self.calls, self.draws = [], []

    def start(self, step, embed_all):
        self.calls.append(("start", step.stage, len(embed_all()), self.training))

    def refresh(self, step, embed_all):
        self.calls.append(("refresh", step.stage, step.epoch, step.index))

    def forward(self, batch, step):
        assert self.training
        self.draws.append(torch.rand(1, generator=step.generator).item())
        return {"a": (self.first - 1).square().sum(), "b": (self.second - 2).square().sum() * batch.seeds}

    def embed(self, batch):
        assert not self.training
        return batch.x[: batch.seeds] * self.first


def data(n: int = 5) -> Data:
    return Data(x=torch.ones(n, 1), edge_index=torch.empty(2, 0, dtype=torch.long), num_nodes=n)


CPU = Runtime(torch.device("cpu"), seed=0)
STAGES = [
    Stage("one", 2, 0.1, batch_size=2, parameters=lambda module: [module.first]),
    Stage("two", 3, 0.1, parameters=lambda module: [module.second]),
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
    result = train(module, NodeBatches(data()), [Stage("one", 1, 0.0, batch_size=2)], CPU)
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


SHARED = Stage("one", 2, 0.1, parameters=lambda module: [module.first], shared=True)


def test_a_shared_stage_is_run_once(tmp_path):
    cache = StageCache(tmp_path, fingerprint(data()))
    first, second = Recorder(), Recorder()
    trained = train(first, NodeBatches(data()), [SHARED, STAGES[1]], CPU, cache=cache)
    reused = train(second, NodeBatches(data()), [SHARED, STAGES[1]], CPU, cache=cache)
    assert len(first.draws) == 5
    assert len(second.draws) == 3
    assert second.first.item() == first.first.item()
    assert second.second.item() == first.second.item()
    assert reused.history == trained.history
    assert [stage["cached"] for stage in reused.stages] == [True, False]
    assert reused.stages[0]["wall_seconds"] == trained.stages[0]["wall_seconds"]


@pytest.mark.parametrize("change", ["start", "stage", "seed", "data"])
def test_a_shared_stage_is_not_taken_for_another(tmp_path, change):
    train(Recorder(), NodeBatches(data()), [SHARED], CPU, cache=StageCache(tmp_path, fingerprint(data())))
    module, stage, runtime, graph = Recorder(), SHARED, CPU, data()
    if change == "start":
        module.first.data += 1
    if change == "stage":
        stage = Stage("one", 2, 0.2, parameters=SHARED.parameters, shared=True)
    if change == "seed":
        runtime = Runtime(torch.device("cpu"), seed=1)
    if change == "data":
        graph.x += 1
    result = train(module, NodeBatches(graph), [stage], runtime, cache=StageCache(tmp_path, fingerprint(graph)))
    assert not result.stages[0]["cached"]


def test_weight_decay_leaves_alone_what_it_is_told_to():
    def decayed(**stage) -> tuple[float, float]:
        module = Recorder()
        with torch.no_grad():
            module.first.fill_(1.0)  # where their losses are lowest, so that decay alone moves them
            module.second.fill_(2.0)
        train(module, NodeBatches(data()), [Stage("one", 5, 0.1, weight_decay=0.1, **stage)], CPU)
        return module.first.item(), module.second.item()

    first, second = decayed()
    assert first != 1.0
    assert second != 2.0
    assert decayed(no_weight_decay=lambda module: [module.first]) == (1.0, second)
    assert decayed(no_weight_decay=lambda module: []) == (first, second)
