"""A callback that stops a stage or a training ends it as after its last epoch, and loses nothing."""

import pytest
import torch

import graphcl
from graphcl import SCGC, TwoView, choose_k
from graphcl.datasets import load
from graphcl.training import (
    Checkpoint,
    EarlyStopping,
    Interrupted,
    NodeBatches,
    Report,
    Selection,
    Stage,
    StopStage,
    StopTraining,
    adam,
    train,
)
from graphcl.training.stage_cache import StageCache
from tests.training.recorder import CPU, Recorder, data
from tests.training.test_checkpoint import stop_at

KARATE = load("karate").graph
SMALL = {"n_clusters": 2, "hidden_channels": (4,), "pretrain_epochs": 3, "epochs": 6, "seed": 0}
STAGES = [Stage("one", 5, adam(0.1), batch_size=2), Stage("two", 4, adam(0.1))]


def stopping(stage: str, epoch: int, signal=StopStage):
    def callback(report):
        if (report.stage, report.epoch) == (stage, epoch):
            raise signal

    return callback


def ran(result) -> list[tuple[str, int]]:
    return [(row["stage"], row["epoch"]) for row in result.history]


def test_a_stopped_stage_is_one_that_was_planned_so_short():
    stopped, planned, seen = Recorder(), Recorder(), []
    result = train(stopped, NodeBatches(data()), STAGES, CPU, callbacks=[stopping("one", 2), seen.append])
    shorter = [Stage("one", 2, adam(0.1), batch_size=2), STAGES[1]]
    expected = train(planned, NodeBatches(data()), shorter, CPU)
    assert torch.equal(stopped.first, planned.first)
    assert result.history == expected.history
    assert [(cost["name"], cost["epochs"], cost.get("stopped_epoch")) for cost in result.stages] == [
        ("one", 2, 2),
        ("two", 4, None),
    ]
    assert [report.done for report in seen] == [1, 2, 6, 7, 8, 9], "callbacks after the one that stops see it, too"


def test_a_stopped_training_starts_the_later_stages_and_trains_them_not():
    module = Recorder()
    result = train(module, NodeBatches(data()), STAGES, CPU, callbacks=[stopping("one", 3, StopTraining)])
    assert ran(result) == [("one", 1), ("one", 2), ("one", 3)]
    assert [call[:2] for call in module.calls if call[0] == "start"] == [("start", "one"), ("start", "two")]
    assert [cost.get("stopped_epoch") for cost in result.stages] == [3, 0]
    later = train(Recorder(), NodeBatches(data()), STAGES, CPU, callbacks=[stopping("two", 4, StopTraining)])
    assert "stopped_epoch" not in later.stages[-1], "the last epoch was the last anyway"


def test_a_selection_looks_at_the_state_that_a_stop_leaves():
    stage = Stage("one", 9, adam(0.1), selection=Selection("first", 4, lambda module, z: module.first.item()))
    result = train(Recorder(), NodeBatches(data()), [stage], CPU, callbacks=[stopping("one", 2)])
    assert result.stages[0]["selected_epoch"] == 2
    assert "first" in result.history[-1]


def test_a_stopped_fit_has_all_that_a_fit_has(tmp_path):
    for signal, epochs in ((StopStage, [2, 6]), (StopTraining, [2, 0])):
        model = SCGC(**SMALL).fit(KARATE, callbacks=[stopping("pretrain", 2, signal)])
        stages = {cost["name"]: cost for cost in model.stages_}
        assert [stages[name]["epochs"] for name in ("pretrain", "cluster")] == epochs
        assert len(model.labels_) == len(model.embedding_) == 34
        assert model.embedding_.isfinite().all()
        model.save(tmp_path / "model.pt")
        again = graphcl.load(tmp_path / "model.pt")
        assert again.stages_ == model.stages_
        assert torch.equal(again.predict(KARATE), model.predict(KARATE))


def test_a_stopped_pretraining_is_not_kept_for_others(tmp_path):
    stages = [Stage("one", 5, adam(0.1), shared=lambda module: module)]

    def cached(*callbacks):
        return train(
            Recorder(), NodeBatches(data()), stages, CPU, cache=StageCache(tmp_path, "d"), callbacks=callbacks
        )

    assert len(cached(stopping("one", 2)).history) == 2
    assert not list(tmp_path.iterdir())
    assert len(cached().history) == 5


@pytest.mark.parametrize("steps", [2, 3, 5])  # one an epoch: in both stages, and before the epoch's report
def test_a_resumed_training_stops_where_it_would_have(steps, tmp_path):
    """Callbacks hear of the epochs before the interruption again, so that patience is counted from there."""

    def fit(checkpoint=None):
        heard = []
        callbacks = [heard.append, EarlyStopping(patience=2, min_delta=1.0)]
        model = SCGC(**SMALL).fit(KARATE, callbacks=callbacks, checkpoint=checkpoint)
        return model, [(report.stage, report.epoch, report.loss) for report in heard]

    whole, heard = fit()
    assert {cost["name"]: cost.get("stopped_epoch") for cost in whole.stages_}["cluster"] == 3
    path = tmp_path / "state"
    with pytest.raises(Interrupted):
        fit(stop_at(path, steps))
    resumed, again = fit(Checkpoint(path))
    assert torch.equal(resumed.embedding_, whole.embedding_)
    assert resumed.history_ == whole.history_
    assert again == heard


def losses(values, callback) -> int:
    """The epoch at which a callback stops a stage with these losses; 0 where it does not."""
    for epoch, loss in enumerate(values, start=1):
        try:
            callback(Report("one", epoch, len(values), loss, {}, epoch, len(values)))
        except StopStage:
            return epoch
    return 0


def test_patience_and_the_least_difference():
    assert losses([5, 4, 3, 3, 3, 3], EarlyStopping(2)) == 5
    assert losses([5, 4, 3, 3, 2, 3, 3], EarlyStopping(2)) == 7
    assert losses([5.0, 4.95, 4.92, 4.5, 4.45], EarlyStopping(3, min_delta=0.1)) == 0
    assert losses([5.0, 4.95, 4.92, 4.91], EarlyStopping(3, min_delta=0.1)) == 4
    again = EarlyStopping(2)
    assert losses([1, 1, 1], again) == losses([9, 9, 9], again) == 3, "each stage by itself"


@pytest.mark.parametrize(
    ("settings", "message"), [({"patience": 0}, "at least 1"), ({"min_delta": -1}, "least 0")]
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        EarlyStopping(**settings)


def test_a_search_for_clusters_ends_with_what_it_has():
    model = TwoView(n_clusters=2).fit(KARATE, callbacks=[stopping("candidates", 3)])
    assert len(model.candidates_) == 3
    assert [cost.get("stopped_epoch") for cost in model.stages_] == [None, 3, None]
    choice = choose_k(KARATE, range(2, 9), callbacks=[stopping("candidates", 5)])
    assert 1 <= len(choice.labels) < 7
    assert choice.best in choice.labels
