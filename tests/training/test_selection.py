"""A stage with a selection ends in its best state, says which, and survives an interruption."""

import math

import pytest
import torch
from torch import nn
from torch_geometric.data import Data

from graphcl.training import Checkpoint, Method, NodeBatches, Runtime, Selection, Stage, adam, train
from graphcl.training.selection import BestState

CPU = Runtime(torch.device("cpu"), seed=0)


class Climber(Method):
    """A scalar that climbs by 0.1 a step; nothing stops it."""

    def __init__(self):
        super().__init__()
        self.height = nn.Parameter(torch.zeros(1))

    def forward(self, batch, step):
        return {"depth": -self.height.sum()}

    def embed(self, batch):
        return self.height.expand(batch.seeds, 1)


def batches() -> NodeBatches:
    return NodeBatches(Data(x=torch.ones(3, 1), edge_index=torch.empty(2, 0, dtype=torch.long)))


def stage(score, every=2, epochs=9) -> Stage:
    return Stage("climb", epochs, adam(0.1), selection=Selection("fitness", every, score))


def near_half(module, z):
    assert not z.requires_grad
    assert z.shape == (3, 1)
    return -abs(z.mean().item() - 0.5)


def test_the_stage_ends_in_its_best_state():
    module, reports = Climber(), []
    result = train(module, batches(), [stage(near_half)], CPU, callbacks=[reports.append])
    looked = {row["epoch"]: row["fitness"] for row in result.history if "fitness" in row}
    assert list(looked) == [2, 4, 6, 8, 9]
    best = max(looked, key=looked.get)
    assert best in (4, 6)
    assert result.stages[0]["selected_epoch"] == best
    assert module.height.item() == pytest.approx(0.1 * best, abs=1e-3)
    assert all(set(report.losses) == {"depth"} for report in reports), "a score is no loss"


def test_the_earlier_of_equals_stays_and_nan_never_wins():
    constant, never = Climber(), Climber()
    assert train(constant, batches(), [stage(lambda *_: 1.0)], CPU).stages[0]["selected_epoch"] == 2
    result = train(never, batches(), [stage(lambda *_: math.nan)], CPU)
    assert result.stages[0]["selected_epoch"] == 0
    assert never.height.item() == pytest.approx(0.9, abs=1e-3), "with no score at all the last state stays"


def test_an_interrupted_selection_goes_on_to_the_same_state(tmp_path):
    whole = Climber()
    expected = train(whole, batches(), [stage(near_half)], CPU)

    def stop_after(epoch):
        def callback(report):
            if report.epoch == epoch:
                raise KeyboardInterrupt

        return callback

    for epoch in (5, 8):  # before and after the best
        path = tmp_path / f"{epoch}.pt"
        checkpoint = Checkpoint(path, every=0.0)
        with pytest.raises(KeyboardInterrupt):
            train(
                Climber(), batches(), [stage(near_half)], CPU, callbacks=[stop_after(epoch)], checkpoint=checkpoint
            )
        resumed = Climber()
        result = train(resumed, batches(), [stage(near_half)], CPU, checkpoint=Checkpoint(path, every=0.0))
        assert torch.equal(resumed.height, whole.height)
        assert result.history == expected.history
        assert result.stages[0]["selected_epoch"] == expected.stages[0]["selected_epoch"]


def test_a_copy_is_kept_not_a_view():
    module, best = Climber(), BestState(Selection("s", 1, lambda *_: 1.0))
    best.evaluate(module, 1, lambda: torch.zeros(1, 1))
    with torch.no_grad():
        module.height.add_(5)
    best.put_back(module)
    assert module.height.item() == 0
