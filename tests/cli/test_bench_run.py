"""A suite run from the shell, where not all that it names is here."""

from pathlib import Path

import pytest

from graphcl.bench.runs import runner

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


@pytest.mark.usefixtures("runs_in_this_process")
def test_several_runs_at_a_time_are_asked_for_by_jobs(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tiny.toml").write_text(SUITE.format("karate"))
    asked = []
    one_by_one = runner.run_in_processes
    monkeypatch.setattr(
        runner, "run_in_processes", lambda *given, jobs, **more: asked.append(jobs) or one_by_one(*given, **more)
    )
    assert call("bench", "run", "tiny.toml", "--jobs", "5")[0] == 0
    assert asked == [2], "there are two runs"
    status, _, err = call("bench", "run", "tiny.toml", "--jobs", "0")
    assert (status, err.count("\n")) == (2, 1)
    assert "--jobs" in err
