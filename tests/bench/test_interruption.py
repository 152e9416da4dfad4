"""Real processes, really killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graphcl.bench import load_records
from graphcl.bench.runs.details import read_details

SUITE = """
name = "tiny"
seeds = 2
methods = ["scgc-star"]
datasets = ["karate"]
[params.scgc-star]
hidden_channels = [8]
pretrain_epochs = 2
epochs = 300
"""


@pytest.fixture
def bench(tmp_path):
    """Start `graphcl bench run` on the tiny suite; every process is gone at the end of the test."""
    suite = tmp_path / "tiny.toml"
    suite.write_text(SUITE)
    started = []
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}  # quick also on a busy machine

    def start():
        command = [sys.executable, "-m", "graphcl", "bench", "run", str(suite), "--out", str(tmp_path / "runs")]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(command, **pipes, env=environment, preexec_fn=hear_interrupts))  # noqa: PLW1509
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def hear_interrupts():
    """What a shell starts in the background ignores Ctrl-C, and so do its children, these tests among them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_until(condition, seconds=300):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def children(pid):
    task = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in task.read_text().split()]


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="looks for children in /proc")
def test_killed_in_the_middle_and_started_again(bench, tmp_path):
    results, cache = tmp_path / "runs" / "tiny.jsonl", tmp_path / "runs" / "cache"
    first = bench()
    wait_until(lambda: len(list(cache.glob("*.pt"))) == 2)  # the second run is past its pre-training
    kept = results.read_bytes()
    [prepared] = children(first.pid)
    [run] = children(prepared)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    wait_until(lambda: not alive(prepared) and not alive(run), seconds=10)
    assert results.read_bytes() == kept
    assert [record.seed for record in load_records(results)] == [0]

    with results.open("ab") as file:
        file.write(b'{"key": "00')  # as if it had been killed in the middle of a line
    second = bench()
    out, err = second.communicate(timeout=300)
    assert second.returncode == 0, err
    assert "cut off a last line" in err
    assert "1 of 2 runs are on record" in err
    assert results.read_bytes().startswith(kept)
    assert [record.seed for record in load_records(results)] == [0, 1]
    assert [stage["name"] for stage in load_records(results)[1].stages if stage["cached"]] == ["pretrain"]
    assert "scgc-star" in out
    for record in load_records(results):
        assert read_details(results, record.key).stages.tolist() == ["pretrain", "cluster"]


def test_interrupted_and_refused(bench, tmp_path):
    """Ctrl-C ends the command and its run; until then nobody else may write to the file."""
    (tmp_path / "tiny.toml").write_text(SUITE.replace("seeds = 2", "seeds = 50"))  # more than it gets to
    first = bench()
    wait_until((tmp_path / "runs" / "tiny.jsonl").exists)
    second = bench()
    _, err = second.communicate(timeout=300)
    assert second.returncode == 2
    assert "another graphcl process writes there" in err
    assert err.count("\n") == 1
    [prepared] = children(first.pid)
    wait_until(lambda: children(prepared))
    below = [prepared, *children(prepared)]
    first.send_signal(signal.SIGINT)
    _, err = first.communicate(timeout=300)
    assert first.returncode == 130
    assert "run the same command to go on" in err
    assert not any(alive(pid) for pid in below)
