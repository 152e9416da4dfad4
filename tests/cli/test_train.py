"""Models from the shell: trained, interrupted, resumed, used."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

import graphcl
from graphcl.cli.signals import on_stop

SMALL = ["--set", "hidden_channels=[16]", "--set", "pretrain_epochs=2"]


def test_train_and_embed(call, tmp_path):
    model, z = tmp_path / "deep" / "model.pt", tmp_path / "z.npy"
    status, out, err = call("train", "scgc-star", "karate", "--out", model, "--rows", "--set", "epochs=3", *SMALL)
    assert (status, out) == (0, "")
    assert f"saved {model}" in err
    assert sorted(path.name for path in model.parent.iterdir()) == ["model.card.md", "model.pt"]
    card = (model.parent / "model.card.md").read_text()
    assert all(f"\n- {fact}\n" in card for fact in ("name: `karate`", "licence: `none stated`", "seed: `0`"))
    assert f"checksum: `sha256 {graphcl.datasets.load('karate').checksum}`" in card
    estimator = graphcl.load(model)
    assert call("embed", model, "karate", "--out", z) == (0, "", "")
    np.testing.assert_array_equal(np.load(z, allow_pickle=False), estimator.embedding_.numpy())
    status, _, err = call("embed", model, "digits", "--out", z, "--overwrite")
    assert status == 2
    assert "x must have the 34 columns that fit saw; got 64" in err


def test_train_writes_the_losses(call, tmp_path):
    model, losses = tmp_path / "model.pt", tmp_path / "deep" / "losses.csv"
    command = ("train", "scgc-star", "karate", "--out", model, "--set", "epochs=3", *SMALL)
    assert call(*command, "--history", losses)[0] == 0
    lines = losses.read_text().splitlines()
    assert lines[0] == "stage,epoch,loss,reconstruction,contrast,divergence"
    assert [line.split(",")[:2] for line in lines[1:]] == [
        *(["pretrain", epoch] for epoch in "12"),
        *(["cluster", epoch] for epoch in "123"),
    ]
    model.unlink()
    (tmp_path / "file").write_text("")
    status, _, err = call(*command, "--history", tmp_path / "file" / "losses.csv")
    assert (status, model.exists()) == (2, False)
    assert "choose another place" in err


def training(out: Path, *more: str) -> subprocess.Popen:
    command = [
        sys.executable,
        "-m",
        "graphcl",
        "train",
        "scgc-star",
        "planted-partition",
        "--out",
        str(out),
        "--rows",
    ]
    settings = ["--data", "nodes=100", "--set", "epochs=1000", "--set", "hidden_channels=[16]", "--every", "0.2"]
    return subprocess.Popen([*command, *settings, *more], stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen) -> None:
    process.communicate(timeout=120)
    assert process.returncode == 0


def wait_for(path: Path) -> None:
    end = time.monotonic() + 120
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The model of a training that nothing interrupted."""
    model = tmp_path_factory.mktemp("whole") / "model.pt"
    finish(training(model))
    return graphcl.load(model)


@pytest.mark.parametrize(
    "blow",
    [
        signal.SIGKILL,
        *(pytest.param(gentle, marks=pytest.mark.slow) for gentle in (signal.SIGINT, signal.SIGTERM)),
    ],
)
def test_an_interrupted_training_goes_on_to_the_same_bits(blow, undisturbed, tmp_path, call):
    model, state = tmp_path / "model.pt", tmp_path / "model.pt.checkpoint"
    process = training(model)
    wait_for(state)
    process.send_signal(blow)
    _, err = process.communicate(timeout=120)
    assert not model.exists()
    if blow != signal.SIGKILL:
        assert process.returncode == 128 + blow
        assert f"the state is in {state}: run the same command with --resume" in " ".join(err.split())

    status, _, err = call("train", "scgc-star", "planted-partition", "--out", model)
    assert status == 2
    assert "holds an interrupted training; go on with --resume, or remove it to start anew" in err
    status, _, err = call("train", "scgc-star", "planted-partition", "--out", model, "--resume")
    assert status == 2
    assert "belongs to a training that differs in params, data" in err

    finish(training(model, "--resume"))
    assert not state.exists()
    assert torch.equal(graphcl.load(model).embedding_, undisturbed.embedding_)
    assert graphcl.load(model).history_ == undisturbed.history_


def test_a_stop_where_no_step_would_look_ends_at_once(call, tmp_path, monkeypatch):
    """While a method without training computes, while embeddings are made, while the file is written."""

    def stopped(*_, **__):
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("it went on")

    monkeypatch.setattr(graphcl.TwoView, "_solve", stopped)
    status, _, err = call("train", "two-view", "karate", "--out", tmp_path / "a.pt")
    assert status == 143
    assert "interrupted; no state was kept yet: run the same command again" in err
    monkeypatch.setattr(graphcl.SCGCStar, "save", stopped)
    command = (
        "train",
        "scgc-star",
        "karate",
        "--out",
        tmp_path / "b.pt",
        "--every",
        0,
        "--set",
        "epochs=1",
        *SMALL,
    )
    status, _, err = call(*command)
    assert status == 143
    assert "the state is in" in err
    monkeypatch.undo()
    assert call(*command, "--resume")[0] == 0
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_second_signal_does_not_wait():
    calls = []
    with on_stop(lambda: calls.append("asked")) as received:
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
    assert calls == ["asked"]
    assert received.status == 143


def test_bad_places_are_refused_before_anything_runs(call, tmp_path):
    (tmp_path / "file").write_text("")
    status, _, err = call("train", "k-means", "karate", "--out", tmp_path / "file" / "model.pt")
    assert status == 2
    assert "cannot be written: its folder is a file; choose another place" in err
    status, _, err = call("embed", tmp_path / "file", "karate", "--out", tmp_path / "z.npy")
    assert status == 2
    assert "is not a file written by graphcl, or it is broken" in err


def test_with_resume_one_command_starts_goes_on_and_ends(call, tmp_path):
    """As a queue of jobs gives it that stops them at any time."""
    model, history, labels = (tmp_path / name for name in ("model.pt", "losses.csv", "labels.npy"))
    command = ("train", "gcool", "planted-partition", "--set", "epochs=2", "--set", "hidden_channels=8")
    command += ("--set", "out_channels=4", "--out", model, "--resume")
    assert call(*command, "--rows")[0] == 0
    written = model.read_bytes()
    status, _, err = call(*command, "--labels", labels, "--history", history)
    assert status == 0
    assert "is there, and nothing is left to train; --overwrite trains it again" in " ".join(err.split())
    assert model.read_bytes() == written
    fitted = graphcl.load(model)
    assert np.load(labels).tolist() == fitted.labels_.tolist()
    assert len(history.read_text().splitlines()) == 3
    status, _, err = call(*command, "--set", "n_init=3")
    assert status == 2
    said = " ".join(err.split())
    assert (
        "holds another model: it was trained with n_init=10, got n_init=3; give another file, or train it" in said
    )
    assert call(*command, "--set", "n_init=3", "--overwrite")[0] == 0
    assert graphcl.load(model).n_init == 3


def test_a_finished_model_without_clusters_does_not_give_any(call, tmp_path):
    model, labels = tmp_path / "model.pt", tmp_path / "labels.npy"
    command = ("train", "smooth-k-means", "karate", "--out", model, "--resume")
    assert call(*command, "--labels", labels)[0] == 0
    written = labels.read_bytes()
    assert call(*command, "--labels", labels)[0] == 0, "nothing is left to do"
    assert labels.read_bytes() == written
    card = tmp_path / "model.card.md"
    text = card.read_text()
    card.unlink()
    assert call(*command)[0] == 0
    assert card.read_text() == text, "it is written again where it is not there"
    labels.unlink()
    for option, more in (("--labels", ("--labels", labels)), ("--rows", ("--rows",))):
        status, _, err = call(*command, *more)
        assert (status, labels.exists()) == (2, False)
        assert f"which {option} asks for; train it again with --overwrite" in err
    assert call(*command, "--labels", labels, "--overwrite")[0] == 0
    assert labels.read_bytes() == written


def test_clusters_leave_by_a_file(call, tmp_path):
    model, labels = tmp_path / "model.pt", tmp_path / "labels.npy"
    assert call("train", "smooth-k-means", "karate", "--out", model, "--labels", labels, "--rows")[0] == 0
    assert np.load(labels).tolist() == graphcl.load(model).labels_.tolist()
    status, _, err = call("train", "smooth-k-means", "karate", "--out", model, "--labels", model, "--overwrite")
    assert status == 2
    assert "--out, --history and --labels must be files of their own" in err
