"""What the tests of runs share."""

import pytest

from graphcl.bench.processes.running import run_in_processes
from graphcl.bench.processes.workers import Workers
from graphcl.bench.runs.progress import Progress


class Listener(Progress):
    """Keeps what it is told."""

    def __init__(self):
        self.started, self.lines, self.reports = [], [], []

    def start(self, run):
        self.started.append(run)

    def epoch(self, report, run=None):
        self.reports.append((report, run))

    def end(self, line, run=None):
        self.lines.append(line)


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture(scope="session")
def workers():
    """One prepared process for all tests, since it takes seconds to start."""
    with Workers() as source:
        yield source


@pytest.fixture
def outcome_of(workers, listener):
    """Execute one task in a process of its own."""

    def run(task, **options):
        [outcome] = run_in_processes([task], listener, workers, **options)
        return outcome

    return run
