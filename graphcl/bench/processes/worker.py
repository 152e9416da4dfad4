"""The process of a run as its parent sees it, and one that is started from scratch: its imports take seconds."""

import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import IO, Protocol, cast

COMMAND = (sys.executable, "-m", "graphcl", "run-one")


class Worker(Protocol):
    """A process that waits for an order on its stdin, and writes events to its stdout."""

    @property
    def orders(self) -> IO[bytes]:
        """Its stdin; the process ends when this is closed."""

    @property
    def events(self) -> IO[bytes]:
        """Its stdout."""

    @property
    def log(self) -> IO[str]:
        """A temporary file, its stderr unless GRAPHCL_DEBUG is set."""

    def wait(self) -> int | None:
        """Wait for its end: the exit status, negative for a signal; None where nobody knows."""

    def end(self) -> None:
        """Kill the process, wait for its end, and close all."""


class SpawnedWorker:
    """A worker that is started from scratch; it may be started before its run is known."""

    def __init__(self) -> None:
        self.log: IO[str] = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed in `end`)
        self._process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if debugging() else self.log,
            env=environment(),
        )

    @property
    def orders(self) -> IO[bytes]:
        """Its stdin."""
        return cast(IO[bytes], self._process.stdin)

    @property
    def events(self) -> IO[bytes]:
        """Its stdout."""
        return cast(IO[bytes], self._process.stdout)

    def wait(self) -> int | None:
        """Wait for its end: the exit status, negative for a signal."""
        return self._process.wait()

    def end(self) -> None:
        """Kill the process and close its pipes."""
        self._process.kill()
        self._process.wait()
        self.events.close()
        with suppress(BrokenPipeError):
            self.orders.close()
        self.log.close()


def debugging() -> bool:
    """Whether GRAPHCL_DEBUG asks for tracebacks."""
    return os.environ.get("GRAPHCL_DEBUG", "0") not in ("", "0")


def environment() -> dict[str, str]:
    """The environment of a process that computes: threads that wait leave the cores to others."""
    return {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}
