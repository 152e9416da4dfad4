"""A disk that is full while something is written: one clear line, and what was there before is whole."""

import errno
import os
import resource
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

import graphcl
from graphcl.bench import Journal, load_records
from graphcl.ops.files.tensor_files import read_tensors
from graphcl.training import Checkpoint
from tests.bench.make_record import make_record, make_run


@contextmanager
def room_for(size: int):
    """No file of this process can grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def assert_refused(result, path, before):
    status, _, err = result
    assert status == 2
    assert err.startswith(f"error: {path}: cannot be written: ")
    assert err.endswith("another place\n")
    assert err.count("\n") == 1
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.part"))


def test_a_model_and_its_embedding(call, tmp_path):
    model, z = tmp_path / "model.pt", tmp_path / "z.npy"
    train, embed = ("train", "k-means", "karate", "--out", model), ("embed", model, "karate", "--out", z)
    assert call(*train)[0] == call(*embed)[0] == 0
    for path, command in ((model, train), (z, embed)):
        before = path.read_bytes()
        with room_for(len(before) - 200):
            result = call(*command, "--overwrite")
        assert_refused(result, path, before)


def test_the_state_of_a_training(call, tmp_path):
    model, state = tmp_path / "model.pt", tmp_path / "model.pt.checkpoint"
    small = ("--set", "hidden_channels=[16]", "--set", "pretrain_epochs=2", "--set", "epochs=3", "--every", 0)
    command = ("train", "scgc", "karate", "--out", model, *small)
    with room_for(1000):
        status, _, err = call(*command)
    assert status == 2
    assert f"{state}: cannot be written: File too large; choose another place" in err
    assert not list(tmp_path.iterdir())

    checkpoint = Checkpoint(state)
    checkpoint.save({"training": {}, "stage": torch.ones(3)})
    before = state.read_bytes()
    with room_for(1000), pytest.raises(OSError, match="cannot be written"):
        checkpoint.save({"training": {}, "stage": torch.ones(3000)})
    assert state.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [state.name]


def test_records(tmp_path, monkeypatch):
    path = tmp_path / "runs.jsonl"
    first, second = (make_record(make_run(seed=seed)) for seed in range(2))
    with Journal(path) as journal:
        journal.append(first)
        before = path.read_bytes()
        with room_for(len(before) + 100), pytest.raises(OSError, match="No space left on device; free some space"):
            journal.append(second)  # a part of the line has room
        with room_for(len(before)), pytest.raises(OSError, match="cannot be written: File too large; choose"):
            journal.append(second)

        def full(*_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            with pytest.raises(OSError, match="free some space or choose another place"):
                journal.append(second)
        assert path.read_bytes() == before
        journal.append(second)
    assert load_records(path) == [first, second]


def test_tables_in_a_page(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs.jsonl").write_text(make_record().to_line())
    page = tmp_path / "page.md"
    page.write_text("<!-- results: runs.jsonl -->\n<!-- end of results -->\n")
    before = page.read_bytes()
    with room_for(100):
        result = call("bench", "readme", page)
    assert_refused(result, page, before)
    assert call("bench", "readme", page)[0] == 0
    assert "k-means" in page.read_text()


def test_a_shared_stage_is_not_kept_and_the_run_goes_on(tmp_path):
    karate = graphcl.datasets.load("karate").graph
    small = {"n_clusters": 2, "hidden_channels": (16,), "pretrain_epochs": 2, "epochs": 2}
    with (
        room_for(1000),
        pytest.warns(UserWarning, match=r"pretrain-\w+.pt: cannot be written: .*; the stage is not"),
    ):
        without = graphcl.SCGC(**small).fit(karate, cache=tmp_path)
    assert not list(tmp_path.iterdir())
    graphcl.SCGC(**small).fit(karate, cache=tmp_path)
    [kept] = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-100])
    with pytest.warns(UserWarning, match="or it is broken; write it again; the stage is trained again"):
        again = graphcl.SCGC(**small).fit(karate, cache=tmp_path)
    assert torch.equal(again.embedding_, without.embedding_)
    assert set(read_tensors(kept)) == {"state", "notes"}


def test_stdout(call, monkeypatch):
    with Path("/dev/full").open("w") as full, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", full)
        status, _, err = call("datasets", "--json")
    assert (status, err) == (2, "error: No space left on device; free some and run the same command again\n")
