"""The command line, called in this process."""

import pytest

from graphcl.bench.runs import runner
from graphcl.bench.runs.execution import execute
from graphcl.bench.runs.failure import RunError, one_line
from graphcl.cli import main


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # quick also on a busy machine


@pytest.fixture
def call(capsys):
    """Run the command line in this process; gives its exit status, stdout and stderr."""

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return ended.value.code, *capsys.readouterr()

    return run


@pytest.fixture
def runs_in_this_process(monkeypatch):
    """Runs without the seconds that a process of their own takes; tests/bench/test_process.py is about those."""

    def run(task, on_epoch, cache=None, *, details=False):
        kept = []
        try:
            record = execute(task, on_epoch, cache, kept.append if details else None)
        except ValueError as error:
            raise RunError(one_line(error)) from error
        return record, kept[0].to_bytes() if details else None

    monkeypatch.setattr(runner, "run_in_process", run)
