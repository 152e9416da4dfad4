"""Runs in processes of their own, good and bad, one and several at a time."""

import dataclasses

import pytest
import torch

from graphcl.bench import Journal, Suite, expand, load_records, run_tasks
from graphcl.bench.processes import running
from graphcl.bench.processes.threads import Threads
from graphcl.bench.runs.details import details_path, read_details
from graphcl.bench.runs.execution import execute
from graphcl.bench.runs.failure import RunError

PARAMS = {"hidden_channels": [8], "pretrain_epochs": 1, "epochs": 1}
ODD = "tests.bench.processes.odd_runs:Odd"


@pytest.fixture(scope="module")
def good():
    suite = Suite(name="a", seeds=[0], methods=["scgc-star"], datasets=["karate"], params={"scgc-star": PARAMS})
    return expand(suite)[0]


@pytest.fixture
def bad(good):
    params = {**good.run.params, "n_clusters": 35}
    return dataclasses.replace(good, run=dataclasses.replace(good.run, params=params))


def odd(*codes, seeds=1, datasets=("karate",)):
    """Tasks whose runs execute lines of code."""
    variants = {ODD: [{"code": code} for code in codes]}
    suite = Suite(name="odd", seeds=list(range(seeds)), methods=[ODD], datasets=list(datasets), variants=variants)
    return [task for task in expand(suite) if task.run.params["code"]]


def test_a_failing_run_does_not_stop_the_others(good, bad, listener, workers):
    records = list(run_tasks([bad, good], listener, workers=workers))
    assert [record.key for record in records] == [good.run.key]
    assert listener.lines[0].startswith("error: scgc-star on karate, seed 0: n_clusters must")
    assert "acc" in listener.lines[1]
    assert [(report.stage, run) for report, run in listener.reports] == [
        ("pretrain", good.run),
        ("cluster", good.run),
    ]


def test_details_come_with_the_record_where_they_are_kept(good, tmp_path, listener, workers, outcome_of):
    with Journal(tmp_path / "runs.jsonl") as journal:
        [record] = run_tasks([good], listener, journal=journal, workers=workers)
    before = details_path(tmp_path / "runs.jsonl", record.key).read_bytes()
    assert read_details(tmp_path / "runs.jsonl", record.key).stages.tolist() == ["pretrain", "cluster"]
    with Journal(tmp_path / "runs.jsonl") as journal:
        assert list(run_tasks([good], listener, journal=journal, workers=workers)) == [record]
    assert details_path(tmp_path / "runs.jsonl", record.key).read_bytes() == before
    assert outcome_of(good).details is None


def test_unless_it_should(bad, listener, workers):
    with pytest.raises(RunError, match="at most the number of nodes"):
        list(run_tasks([bad], listener, keep_going=False, workers=workers))


def test_a_forked_run_has_the_result_of_one_in_this_process_to_the_last_bit(good, outcome_of):
    kept = []
    here = execute(good, lambda report: None, on_details=kept.append)
    there = outcome_of(good, details=True)
    assert there.record.metrics == here.metrics
    assert there.record.device == here.device
    assert there.details == kept[0].to_bytes()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("os.kill(os.getpid(), 9)", "the process was killed; perhaps there was too little memory"),
        ("os.kill(os.getpid(), 11)", "the process was ended by SIGSEGV"),
        ("os.write(2, b'no room'); os._exit(3)", "the process ended with status 3: no room"),
    ],
)
def test_a_process_that_dies_costs_one_run_and_is_explained(code, message, good, listener, workers):
    [record] = run_tasks([*odd(code), good], listener, workers=workers)
    assert record.key == good.run.key
    assert listener.lines[0] == f"error: odd on karate, seed 0: {message}"


def test_warnings_of_a_run_reach_the_user(outcome_of):
    [task] = odd("warnings.warn('fewer clusters than asked for'); raise ValueError('over')")
    with pytest.warns(UserWarning, match="fewer clusters"):
        assert outcome_of(task).error == "over"


def test_memory_is_what_the_run_takes_beyond_the_imports(outcome_of):
    """A page that is shared with the prepared process, or mapped again after the fork, is no memory of the run."""
    nothing, much = (outcome_of(task).record.memory["growth_mb"] for task in odd("pass", "np.ones(25_000_000)"))
    assert 0 < nothing < 16
    assert much - nothing == pytest.approx(200, abs=4)


def test_a_run_computes_with_the_threads_it_was_given_and_its_record_says_so(outcome_of, monkeypatch):
    blas = "sum(p['num_threads'] for p in threadpoolctl.threadpool_info() if p['internal_api'] == 'openblas')"
    [task] = odd(f"warnings.warn(str({blas}))")
    monkeypatch.setattr(Threads, "share", lambda jobs: Threads(torch=3 * jobs, blas=2))
    with pytest.warns(UserWarning, match="^(2|4)$"):  # of NumPy, and of SciPy where it has a copy of its own
        record = outcome_of(task).record
    assert record.device == "cpu, 3 threads"


@pytest.mark.parametrize(("jobs", "threads"), [(1, 6), (2, 3), (4, 1), (9, 1)])
def test_threads_are_divided_among_jobs(jobs, threads, monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: 6)
    assert Threads.share(jobs).torch == threads


def test_several_runs_at_a_time_give_what_one_at_a_time_gives(tmp_path, listener, workers, monkeypatch):
    monkeypatch.setattr(Threads, "share", lambda jobs: Threads(1, 1))
    params = {"planted-partition": {"nodes": 60}}
    suite = {"methods": ["k-means", "smooth-k-means"], "datasets": ["karate", "planted-partition"], "data": params}
    tasks = expand(Suite(name="a", seeds=[0, 1], **suite))
    one = list(run_tasks(tasks, listener, workers=workers))
    with Journal(tmp_path / "runs.jsonl") as journal:
        several = list(run_tasks(tasks, listener, workers=workers, journal=journal, jobs=3))
    assert [record.metrics for record in several] == [record.metrics for record in one]
    assert [record.key for record in several] == [task.run.key for task in tasks], "in the order of the plan"
    written = [record.key for record in load_records(tmp_path / "runs.jsonl")]
    assert sorted(written) == sorted(task.run.key for task in tasks)


def test_runs_at_the_same_time_rather_share_no_pretraining(listener, workers):
    wait = "import time; time.sleep(0.2)"
    tasks = odd(f"a = 1; {wait}", f"b = 1; {wait}", seeds=2)
    list(run_tasks(tasks, listener, workers=workers, jobs=2))
    assert [run.seed for run in listener.started[:2]] == [0, 1]
    assert len(listener.lines) == 4


def test_when_nobody_takes_further_records_all_runs_end(listener, workers, monkeypatch):
    ended = []
    end = running._Running.end
    monkeypatch.setattr(running._Running, "end", lambda self: ended.append(self.task.run.seed) or end(self))
    first, *rest = odd("pass", seeds=3)
    slow = odd("import time; time.sleep(300)", seeds=3)[1:]
    records = run_tasks([first, *slow], listener, workers=workers, jobs=3)
    next(records)
    records.close()
    assert sorted(ended) == [0, 1, 2]
    assert len(rest) == 2


def test_no_jobs_are_refused(good, listener):
    with pytest.raises(ValueError, match="jobs must be at least 1; got 0"):
        next(run_tasks([good], listener, jobs=0))


def test_nothing_is_started_where_all_is_on_record(good, tmp_path, listener, workers, monkeypatch):
    with Journal(tmp_path / "runs.jsonl") as journal:
        list(run_tasks([good], listener, journal=journal, workers=workers))
        monkeypatch.setattr("graphcl.bench.runs.runner.Workers", lambda: pytest.fail("started"))
        assert len(list(run_tasks([good], listener, journal=journal))) == 1
