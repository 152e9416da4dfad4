"""Runs in processes of their own, good and bad."""

import dataclasses
import sys

import pytest

from graphcl.bench import Journal, Suite, expand, run_tasks
from graphcl.bench.runs import process, worker
from graphcl.bench.runs.details import details_path, read_details
from graphcl.bench.runs.failure import RunError
from graphcl.bench.runs.progress import Progress

PARAMS = {"hidden_channels": [8], "pretrain_epochs": 1, "epochs": 1}


class Listener(Progress):
    def __init__(self):
        self.lines, self.reports = [], []

    def epoch(self, report):
        self.reports.append(report)

    def end(self, line):
        self.lines.append(line)


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # quick also on a busy machine


@pytest.fixture
def good():
    suite = Suite(name="a", seeds=[0], methods=["scgc-star"], datasets=["karate"], params={"scgc-star": PARAMS})
    return expand(suite)[0]


@pytest.fixture
def bad(good):
    params = {**good.run.params, "n_clusters": 35}
    return dataclasses.replace(good, run=dataclasses.replace(good.run, params=params))


def test_a_failing_run_does_not_stop_the_others(good, bad):
    listener = Listener()
    records = list(run_tasks([bad, good], listener))
    assert [record.key for record in records] == [good.run.key]
    assert listener.lines[0].startswith("error: scgc-star on karate, seed 0: n_clusters must")
    assert "acc" in listener.lines[1]
    assert [report.stage for report in listener.reports] == ["pretrain", "cluster"]


def test_details_come_with_the_record_where_they_are_kept(good, tmp_path):
    with Journal(tmp_path / "runs.jsonl") as journal:
        [record] = run_tasks([good], Listener(), journal=journal)
    before = details_path(tmp_path / "runs.jsonl", record.key).read_bytes()
    assert read_details(tmp_path / "runs.jsonl", record.key).stages.tolist() == ["pretrain", "cluster"]
    with Journal(tmp_path / "runs.jsonl") as journal:
        assert list(run_tasks([good], Listener(), journal=journal)) == [record]
    assert details_path(tmp_path / "runs.jsonl", record.key).read_bytes() == before
    assert process.run_in_process(good, lambda report: None)[1] is None


def test_unless_it_should(bad):
    with pytest.raises(RunError, match="at most the number of nodes"):
        list(run_tasks([bad], Listener(), keep_going=False))


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("import os; os.kill(os.getpid(), 9)", "too little memory"),
        ("import os; os.kill(os.getpid(), 15)", "ended by SIGTERM"),
        ("raise SystemExit('no room')", "status 1: no room"),
    ],
)
def test_a_process_that_dies_is_explained(good, monkeypatch, script, message):
    monkeypatch.setattr(worker, "COMMAND", (sys.executable, "-c", script))
    with pytest.raises(RunError, match=message):
        process.run_in_process(good, lambda report: None)


def test_warnings_of_a_run_reach_the_user(good, monkeypatch):
    script = """if True:
        import warnings
        from graphcl.bench.runs import child

        def execute(*_):
            warnings.warn("fewer clusters than asked for")
            raise ValueError("over")

        child.execute = execute
        child.serve()
    """
    monkeypatch.setattr(worker, "COMMAND", (sys.executable, "-c", script))
    with pytest.warns(UserWarning, match="fewer clusters"), pytest.raises(RunError, match="over"):
        process.run_in_process(good, lambda report: None)


def test_a_worker_that_waits_takes_the_first_run_and_ends_without_one(good, monkeypatch):
    started = []
    start = worker.Worker.start
    monkeypatch.setattr(worker.Worker, "start", lambda: started.append(start()) or started[-1])
    with worker.one_waiting():
        assert len(started) == 1
        process.run_in_process(good, lambda report: None)
        assert len(started) == 1
    with pytest.raises(ZeroDivisionError), worker.one_waiting():
        1 / 0  # noqa: B018
    assert len(started) == 2
    assert all(one.process.poll() is not None for one in started)
    assert worker.take() is started[-1]
    started[-1].end()
    assert len(started) == 3
