"""Values in the state of an interrupted training are checked before it goes on: one clear line each."""

import math

import pytest
import torch

from graphcl import SCGC
from graphcl.datasets import load
from graphcl.ops.files.tensor_files import read_tensors, write_tensors
from graphcl.training import Checkpoint, Interrupted
from graphcl.training.checkpoint import differences
from tests.training.test_checkpoint import stop_at

KARATE = load("karate").graph


def fit(checkpoint: Checkpoint) -> SCGC:
    settings = {"hidden_channels": (4,), "pretrain_epochs": 3, "epochs": 4}
    return SCGC(n_clusters=2, **settings).fit(KARATE, checkpoint=checkpoint)


@pytest.fixture(scope="module")
def state(tmp_path_factory) -> bytes:
    """A training that was interrupted in its second stage."""
    path = tmp_path_factory.mktemp("state") / "state"
    with pytest.raises(Interrupted):
        fit(stop_at(path, 5))
    return path.read_bytes()


def moments(stage):
    return next(iter(stage["optimizers"][0]["state"].values()))


def weight(stage):
    return next(value for value in stage["module"].values() if value.dim() == 2)


HOSTILE = {
    "weights are NaN": (lambda s: weight(s["stage"]).fill_(math.nan), "is NaN or infinite"),
    "weights missing": (lambda s: s["stage"].update(module=None), "it has no weights"),
    "moments are NaN": (
        lambda s: moments(s["stage"])["exp_avg"].fill_(math.nan),
        "exp_avg is NaN, infinite or of",
    ),
    "moments of another shape": (
        lambda s: moments(s["stage"]).update(exp_avg=torch.ones(3)),
        "exp_avg is NaN, infinite or of another shape",
    ),
    "learning rate NaN": (
        lambda s: s["stage"]["optimizers"][0]["param_groups"][0].update(lr=math.nan),
        "its optimiser has lr=nan",
    ),
    "an optimiser missing": (lambda s: s["stage"].update(optimizers=[]), "is shorter than argument 1"),
    "a step beyond the epoch": (lambda s: s["stage"].update(index=99), "it is at step 99 of epoch 2"),
    "epochs beyond the stage": (lambda s: s["stage"].update(rows=s["stage"]["rows"] * 9), "row 2 of its history"),
    "a loss in words": (lambda s: s["stage"]["rows"][0].update(loss="low"), "row 1 of its history is"),
    "another stage finished": (lambda s: s["training"]["stages"][0].update(name="x"), "its finished stages are x"),
    "no history": (lambda s: s["training"].update(history=[]), "another number of epochs than its stages"),
    "no stage": (lambda s: s.pop("stage"), "'stage'"),
    "no training": (lambda s: s.update(training=3), "must be a mapping"),
    "draws missing": (lambda s: s["stage"].update(rng=None), "state that cannot be right"),
}


@pytest.mark.parametrize(("change", "message"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_state_is_refused_in_one_line(change, message, state, tmp_path):
    path = tmp_path / "state"
    path.write_bytes(state)
    content = read_tensors(path)
    change(content["state"])
    write_tensors(path, content)
    with pytest.raises(ValueError, match=message) as refused:
        fit(Checkpoint(path))
    text = str(refused.value)
    assert text.startswith(f"{path} holds a state that cannot be right (")
    assert text.endswith("remove the file to start anew")
    assert "\n" not in text


def test_a_sound_state_is_gone_on_from(state, tmp_path):
    path = tmp_path / "state"
    path.write_bytes(state)
    assert len(fit(Checkpoint(path)).history_) == 7


def test_what_differs_is_told_setting_by_setting():
    there = {"method": "scgc", "params": {"epochs": 100, "lr": 0.1, "tau": 1}, "data": ["a"]}
    here = {"method": "dgi", "params": {"epochs": 50, "lr": 0.1, "order": 2}, "data": ["b"]}
    assert differences(there, here) == (
        "it was trained with method='scgc', epochs=100, got method='dgi', epochs=50"
    )
    assert differences({"data": ["a"]}, {"data": ["b"]}) == ""
