"""The prepared process, its forks, and what becomes of them; without the imports that take seconds."""

import json
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from graphcl.bench.processes import forked, worker, workers
from graphcl.bench.processes.forked import PreparedError, PreparedProcess
from graphcl.bench.processes.workers import Workers
from tests.bench.processes.light_server import command

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")


@pytest.fixture(autouse=True)
def light(monkeypatch):
    monkeypatch.setattr(forked, "COMMAND", command())


@pytest.fixture
def prepared():
    process = PreparedProcess()
    yield process
    process.end()


def order(one, code):
    one.orders.write(json.dumps({"task": code}).encode() + b"\n")
    one.orders.flush()


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_runs_are_forked_from_one_process_side_by_side(prepared):
    several = [prepared.fork() for _ in range(3)]
    for one in several:
        order(one, "print(os.getpid(), os.getppid(), len(os.listdir('/proc/self/fd')), flush=True)")
    told = [one.events.readline().split() for one in several]
    assert len({pid for pid, _, _ in told}) == 3
    assert {int(parent) for _, parent, _ in told} == {prepared.process.pid}
    assert {files for _, _, files in told} == {b"4"}, "its own three, and the folder that is listed"
    assert [one.wait() for one in several] == [0, 0, 0]
    for one in several:
        one.end()


@pytest.mark.parametrize(
    ("code", "status"), [("os.kill(os.getpid(), 9)", -9), ("os._exit(3)", 3), ("1 / 0", 1), ("os.abort()", -6)]
)
def test_how_a_run_ends_is_told_and_the_next_one_starts(prepared, code, status):
    one, other = prepared.fork(), prepared.fork()
    order(one, code)
    assert one.wait() == status
    one.log.seek(0)
    assert one.log.read().strip().endswith("ZeroDivisionError: division by zero" if code == "1 / 0" else "")
    order(other, "print('still here', flush=True)")
    assert other.events.readline() == b"still here\n"
    one.end()
    other.end()


def test_a_run_that_nobody_waits_for_is_killed(prepared):
    one = prepared.fork()
    order(one, "print(os.getpid(), flush=True); import signal; signal.pause()")
    pid = int(one.events.readline())
    assert alive(pid)
    one.end()
    assert not Path(f"/proc/{pid}").exists(), "killed and buried when `end` returns"


def test_the_prepared_process_ends_with_its_parent_and_takes_all_along(prepared):
    one = prepared.fork()
    order(one, "print(os.getpid(), flush=True); import signal; signal.pause()")
    pid = int(one.events.readline())
    prepared._requests.close()  # as the system does when a process is killed
    wait_until(lambda: prepared.process.poll() is not None)
    assert prepared.process.returncode == 0
    assert not alive(pid)
    one.end()


def test_ctrl_c_is_left_to_the_parent(prepared):
    one = prepared.fork()
    prepared.process.send_signal(signal.SIGINT)
    order(one, "print(os.getppid(), flush=True)")
    assert int(one.events.readline()) == prepared.process.pid
    one.end()
    again = prepared.fork()
    again.end()


def test_no_two_runs_draw_the_same_random_numbers(prepared):
    drawn = []
    for _ in range(2):
        one = prepared.fork()
        order(one, "import numpy as np; print(np.random.rand(), flush=True)")
        drawn.append(one.events.readline())
        one.end()
    assert drawn[0] != drawn[1]


def test_openblas_has_no_threads_before_the_fork_and_the_environment_is_as_it_was(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    monkeypatch.setattr(forked, "COMMAND", command("fork_server.IMPORTED = ('numpy', 'scipy.linalg')"))
    with Workers() as source:
        one = source.start()
        order(one, "print(len(os.listdir('/proc/self/task')), os.environ['OPENBLAS_NUM_THREADS'], flush=True)")
        assert one.events.readline() == b"1 3\n"
        one.end()


def test_a_process_with_threads_is_not_forked_but_runs_start_from_scratch(monkeypatch):
    thread = "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()"
    monkeypatch.setattr(forked, "COMMAND", command(thread))
    monkeypatch.setattr(worker, "COMMAND", (sys.executable, "-c", "print('from scratch')"))
    with Workers() as source:
        with pytest.warns(UserWarning, match=r"has 2 threads \(python.*\), .*; each run imports"):
            one = source.start()
        assert one.events.readline() == b"from scratch\n"
        one.end()
        again = source.start()  # without a further warning
        assert again.events.readline() == b"from scratch\n"
        again.end()


def test_a_prepared_process_that_cannot_start_says_why(monkeypatch):
    monkeypatch.setattr(forked, "COMMAND", command("raise ImportError('no torch')"))
    monkeypatch.setattr(worker, "COMMAND", (sys.executable, "-c", ""))
    with Workers() as source, pytest.warns(UserWarning, match="ended with status 1: ImportError: no torch; each"):
        source.start().end()


def test_runs_outlive_a_prepared_process_that_is_killed_and_another_takes_its_place():
    with Workers() as source:
        one = source.start()
        killed = source._prepared.process
        killed.kill()
        killed.wait()
        order(one, "print('still here', flush=True)")
        assert one.events.readline() == b"still here\n"
        assert one.wait() is None
        one.end()
        other = source.start()
        order(other, "print(os.getppid(), flush=True)")
        assert int(other.events.readline()) != killed.pid
        other.end()


def test_a_prepared_process_that_is_always_killed_is_given_up(monkeypatch):
    monkeypatch.setattr(forked, "COMMAND", (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"))
    monkeypatch.setattr(worker, "COMMAND", (sys.executable, "-c", "print('from scratch')"))
    with Workers() as source:
        with pytest.warns(UserWarning, match="ended with status -9; each run imports its packages anew"):
            one = source.start()
        assert one.events.readline() == b"from scratch\n"
        one.end()


def test_elsewhere_a_process_waits_for_the_first_run_and_ends_without_one(monkeypatch):
    monkeypatch.setattr(workers, "FORKS", False)
    monkeypatch.setattr(worker, "COMMAND", (sys.executable, "-c", "print('from scratch'); input()"))
    with Workers() as source:
        [waiting] = source._waiting
        assert source.start() is waiting
        assert waiting.events.readline() == b"from scratch\n"
        waiting.end()
        again = source.start()
        assert again is not waiting
        again.end()
    with Workers() as source:
        [waiting] = source._waiting
    assert waiting._process.returncode is not None


def test_a_fork_that_the_system_refuses_is_told(monkeypatch):
    refuse = "os.fork = lambda: (_ for _ in ()).throw(BlockingIOError(11, 'Resource temporarily unavailable'))"
    monkeypatch.setattr(forked, "COMMAND", command(refuse))
    process = PreparedProcess()
    with pytest.raises(PreparedError, match="no further process: Resource temporarily unavailable"):
        process.fork()
    process.end()


def test_nothing_stays_open(prepared):
    prepared.fork().end()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        prepared.fork().end()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_run_that_ended_before_it_is_killed_is_buried_once(prepared):
    one = prepared.fork()
    order(one, "print(os.getpid(), flush=True)")
    pid = int(one.events.readline())
    prepared.process.send_signal(signal.SIGSTOP)
    one.orders.close()
    wait_until(lambda: not alive(pid))
    one._control.shutdown(socket.SHUT_WR)
    prepared.process.send_signal(signal.SIGCONT)  # it now hears of both at once
    one.end()
    prepared.fork().end()


def test_ctrl_c_need_not_wait_for_the_imports(prepared, monkeypatch):
    prepared.fork().end()
    prepared.process.send_signal(signal.SIGSTOP)  # as if it were importing

    def interrupted(worker):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(forked.ForkedWorker, "_told", interrupted)
        with pytest.raises(KeyboardInterrupt):
            prepared.fork()
    prepared.process.send_signal(signal.SIGCONT)
    one = prepared.fork()
    order(one, "print('still here', flush=True)")
    assert one.events.readline() == b"still here\n"
    one.end()
