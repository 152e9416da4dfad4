"""The process that a run gets. It may be started before it is known which run: its imports take seconds."""

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
    """A process that waits for an order on its stdin, and tells of events on its stdout.

    Attributes:
        process: it; what it says on stderr goes to `log`, unless somebody is debugging.
        log: a temporary file.
    """

    process: subprocess.Popen[str]
    log: IO[str]

    @classmethod
    def start(cls) -> "Worker":
        """Start one."""
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
        """Its stdin; it ends when this is closed."""
        return cast(IO[str], self.process.stdin)

    @property
    def events(self) -> IO[str]:
        """Its stdout."""
        return cast(IO[str], self.process.stdout)

    def end(self) -> None:
        """Never leave it behind."""
        self.process.kill()
        self.process.wait()
        self.events.close()
        with suppress(BrokenPipeError):
            self.orders.close()
        self.log.close()


@contextmanager
def one_waiting() -> Iterator[None]:
    """Start a worker at once, for the first run within the context; it ends with it if no run came.

    While this process imports what it needs to read an order, that one does the same.
    """
    _waiting.append(Worker.start())
    try:
        yield
    finally:
        while _waiting:
            _waiting.pop().end()


def take() -> Worker:
    """The worker that waits, or a new one."""
    return _waiting.pop() if _waiting else Worker.start()
