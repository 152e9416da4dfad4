"""The search from the shell: a table or lines of JSON, its end by a signal, and one line for what is wrong."""

import json
import os
import signal

import graphcl

COMMAND = ("tune", "leiden", "karate", "--criterion", "modularity", "--trials", 3)


def test_a_table_and_the_best_settings(call, tmp_path):
    status, out, err = call(*COMMAND, "--out", tmp_path / "t.jsonl")
    assert status == 0
    assert out.startswith("leiden on karate, by modularity")
    assert out.count("<- best") == 1
    assert "Best: --set resolution=" in out
    assert "labels" not in out
    assert [line.split()[0] for line in err.splitlines()] == ["[1/3]", "[2/3]", "[3/3]"]
    status, lines, _ = call(*COMMAND, "--out", tmp_path / "t.jsonl", "--json")
    assert status == 0
    assert lines == (tmp_path / "t.jsonl").read_text()
    status, out, _ = call("tune", "leiden", "karate", "--criterion", "validation-labels", "--trials", 1)
    assert status == 0
    assert "They were chosen with labels" in out


def test_a_search_that_is_stopped_shows_what_is_done(call, tmp_path, monkeypatch):
    fit, path = graphcl.Leiden.fit, tmp_path / "t.jsonl"

    def stopped_at_the_second(self, *args, **options):
        if self.resolution != 1.0:
            os.kill(os.getpid(), signal.SIGTERM)
        return fit(self, *args, **options)

    monkeypatch.setattr(graphcl.Leiden, "fit", stopped_at_the_second)
    status, out, err = call(*COMMAND, "--out", path)
    assert status == 143
    assert f"interrupted; what is done is in {path}; run the same command to go on" in err
    assert "<- best" in out
    assert len(path.read_text().splitlines()) == 1
    monkeypatch.undo()
    status, out, _ = call(*COMMAND, "--out", path, "--json")
    assert status == 0
    assert [json.loads(line)["trial"] for line in out.splitlines()] == [0, 1, 2]


def test_a_search_without_any_result_is_an_error(call):
    command = ("tune", "dgi", "karate", "--trials", 1, "--set", "epochs=0", "--criterion", "loss")
    status, out, err = call(*command)
    assert (status, out) == (2, "")
    assert "error: no trial of dgi on karate came to an end: no epoch was trained" in err


def test_wrong_input_is_one_line(call):
    for arguments, message in {
        ("--range", "lr"): "a range must read KEY=LOW:HIGH, KEY=LOW:HIGH:log or KEY=A,B",
        ("--range", "lr=1:2:ln"): "'ln' is no scale; log is the only one",
        (
            "--criterion",
            "acc",
        ): "the criterion must be one of J, J+consensus, modularity, loss, validation-labels; got 'acc'",
        ("--trials", "0"): "invalid value for '--trials'",
    }.items():
        status, out, err = call("tune", "dgi", "karate", *arguments)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert message in err
