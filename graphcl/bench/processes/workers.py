"""Where the processes of runs come from: forked from a prepared process, or started from scratch."""

import sys
import warnings
from types import TracebackType
from typing import Self

from graphcl.bench.processes.forked import PreparedError, PreparedProcess
from graphcl.bench.processes.worker import SpawnedWorker, Worker

FORKS = sys.platform == "linux"
"""Whether forks are safe here: elsewhere, system libraries may have threads of their own."""

RESTARTS = 3
"""How often in a row a prepared process that was killed is started again."""


class Workers:
    """Starts a process for each run; a context manager.

    On Linux the processes are forked from a prepared one, which starts with the context: it imports while this
    process does. Elsewhere, and where the prepared process refuses, each run imports its packages anew.
    """

    def __init__(self) -> None:
        self._prepared: PreparedProcess | None = None
        self._waiting: list[Worker] = []

    def __enter__(self) -> Self:
        if FORKS:
            self._prepared = PreparedProcess()
        else:
            self._waiting.append(SpawnedWorker())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._prepared:
            self._prepared.end()
        while self._waiting:
            self._waiting.pop().end()

    def start(self) -> Worker:
        """A process that waits for its order."""
        if self._prepared:
            try:
                return self._fork(self._prepared)
            except PreparedError as error:
                warnings.warn(f"{error}; each run imports its packages anew, which takes seconds", stacklevel=2)
                self._prepared.end()
                self._prepared = None
        return self._waiting.pop() if self._waiting else SpawnedWorker()

    def _fork(self, prepared: PreparedProcess, restarts: int = RESTARTS) -> Worker:
        """A fork of the prepared process, or of another in its place if it was killed."""
        try:
            return prepared.fork()
        except PreparedError:
            if not restarts or not prepared.killed():
                raise
        prepared.end()
        self._prepared = PreparedProcess()
        return self._fork(self._prepared, restarts - 1)
