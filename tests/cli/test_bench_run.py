"""A suite run from the shell, where not all that it names is here."""

from pathlib import Path

import pytest

SUITE = 'name = "tiny"\nseeds = 2\nmethods = ["k-means"]\ndatasets = ["{}"]\n'


@pytest.mark.usefixtures("runs_in_this_process")
def test_a_dataset_that_is_not_here_does_not_stop_the_others(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tiny.toml").write_text(SUITE.format('gone.npz", "karate'))
    status, out, err = call("bench", "run", "tiny.toml")
    first, *rest = err.splitlines()
    assert status == 1
    assert first == "error: gone.npz: no such file; name an existing .npz file; the other datasets go on"
    assert len(rest) == len(Path("runs/tiny.jsonl").read_text().splitlines()) == 2
    assert "karate" in out


def test_a_suite_of_which_no_dataset_is_here_is_an_error(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tiny.toml").write_text(SUITE.format("gone.npz"))
    assert call("bench", "run", "tiny.toml") == (
        2,
        "",
        "error: gone.npz: no such file; name an existing .npz file\n",
    )
