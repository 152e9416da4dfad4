"""Ctrl-C, a reader that has gone, no stdin: no traceback, and nothing imported before it is needed."""

import os
import shlex
import subprocess
import sys
from contextlib import suppress

import pytest

import graphcl.datasets


@pytest.mark.parametrize("line", ["datasets", "datasets --json", "bench table runs.jsonl"])
def test_ctrl_c_is_quiet(line, call, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(graphcl.datasets, "listing", interrupt)
    monkeypatch.setattr(graphcl.bench, "load_records", interrupt)
    assert call(*shlex.split(line)) == (130, "", "")


@pytest.mark.parametrize("line", ["datasets", "datasets --json", "--version", "--help"])
def test_a_reader_that_has_gone_is_no_error(line, call, monkeypatch):
    reader, writer = os.pipe()
    os.close(reader)
    with suppress(BrokenPipeError), os.fdopen(writer, "w") as pipe, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", pipe)
        status, _, err = call(*shlex.split(line))
    assert (status, err) == (1, "")


def test_no_stdin_is_needed():
    command = f"exec {shlex.quote(sys.executable)} -m graphcl cluster k-means karate --json <&-"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    assert (done.returncode, done.stdout.count("\n")) == (0, 1), done.stderr


def test_help_and_usage_errors_do_not_wait_for_torch():
    script = """if True:
        import sys
        from graphcl.cli import main
        for line in (["--help"], ["--version"], ["cluster", "--help"], ["cluster"], ["no-such-command"]):
            try:
                main(line)
            except SystemExit:
                pass
        sys.exit(sorted({"torch", "torch_geometric", "sklearn", "scipy", "numpy"} & set(sys.modules)) or 0)
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_name_is_there_when_it_is_asked_for():
    for name in graphcl.__all__:
        assert getattr(graphcl, name) is not None
    assert graphcl.training.train is not None  # a room that is not among the names
    assert set(dir(graphcl)) == set(graphcl.__all__)
    with pytest.raises(AttributeError, match="module 'graphcl' has no attribute 'SCGCC'"):
        _ = graphcl.SCGCC
