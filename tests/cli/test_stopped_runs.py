"""A suite that is stopped by Ctrl-C or SIGTERM says so and exits as the shell expects."""

import os
import signal

import pytest

import graphcl.bench


@pytest.mark.parametrize(("blow", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_runs_with_its_own_status(blow, expected, call, monkeypatch):
    def stopped(*_, **__):
        os.kill(os.getpid(), blow)
        yield from ()

    monkeypatch.setattr(graphcl.bench, "run_tasks", stopped, raising=False)
    status, _, err = call("cluster", "k-means", "karate")
    assert (status, err) == (expected, "interrupted; nothing was kept\n")
