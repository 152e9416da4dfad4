"""The command line, called in this process."""

import contextlib

import pytest

from graphcl.bench.processes.running import Outcome
from graphcl.bench.runs import runner
from graphcl.bench.runs.execution import execute
from graphcl.bench.runs.failure import one_line
from graphcl.cli import main, running
from graphcl.cli.commands import bench


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
    """Runs without the seconds that a process of their own takes; tests/bench/processes is about those."""

    def run(tasks, progress, workers, *, jobs=1, cache=None, details=False):
        for task in tasks:
            kept = []
            progress.start(task.run)
            try:
                record = execute(task, progress.epoch, cache, kept.append if details else None)
            except ValueError as error:
                yield Outcome(task.run, error=one_line(error))
            else:
                yield Outcome(task.run, record, kept[0].to_bytes() if details else None)

    monkeypatch.setattr(runner, "run_in_processes", run)
    for module in (runner, bench, running):
        monkeypatch.setattr(module, "Workers", contextlib.nullcontext)
