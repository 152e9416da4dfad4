"""The process of a run. It may be started before the run is known, since its imports take seconds."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, cast

COMMAND = (sys.executable, "-m", "graphcl", "run-one")

_waiting: list["Worker"] = []


def debugging() -> bool:
    """Whether GRAPHCL_DEBUG asks for tracebacks."""
    return os.environ.get("GRAPHCL_DEBUG", "0") not in ("", "0")


@dataclass(frozen=True)
class Worker:
    """A process that waits for an order on its stdin, and writes events to its stdout.

    Attributes:
        process: the process; its stderr goes to `log`, unless GRAPHCL_DEBUG is set.
        log: a temporary file.
    """

    process: subprocess.Popen[str]
    log: IO[str]

    @classmethod
    def start(cls) -> "Worker":
        """Start a worker."""
        log = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed in `end`)
        process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if debugging() else log,
            text=True,
            encoding="utf-8",
            env={"OMP_WAIT_POLICY": "PASSIVE", **os.environ},  # threads that wait leave the cores to others
        )
        return cls(process, log)

    @property
    def orders(self) -> IO[str]:
        """Its stdin; the worker ends when this is closed."""
        return cast(IO[str], self.process.stdin)

    @property
    def events(self) -> IO[str]:
        """Its stdout."""
        return cast(IO[str], self.process.stdout)

    def end(self) -> None:
        """Kill the process and close its pipes."""
        self.process.kill()
        self.process.wait()
        self.events.close()
        with suppress(BrokenPipeError):
            self.orders.close()
        self.log.close()


@contextmanager
def one_waiting() -> Iterator[None]:
    """Start a worker for the first run within the context; it is killed at the end if no run took it.

    Both processes then import their packages at the same time.
    """
    _waiting.append(Worker.start())
    try:
        yield
    finally:
        while _waiting:
            _waiting.pop().end()


def take() -> Worker:
    """The waiting worker, or a new one."""
    return _waiting.pop() if _waiting else Worker.start()
