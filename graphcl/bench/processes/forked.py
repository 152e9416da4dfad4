"""The parent's end of the prepared process, and of the processes that are forked from it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from typing import IO, Any

from graphcl.bench.processes.worker import debugging, environment

COMMAND = (sys.executable, "-m", "graphcl", "fork-runs")


class PreparedError(Exception):
    """The prepared process has ended, or cannot fork."""


class PreparedProcess:
    """A process that imports everything once, and forks another for each run; `fork_server` is its own end.

    It ends with this process in any way, and with it all that it has forked.
    """

    def __init__(self) -> None:
        self._log: IO[str] = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed in `end`)
        self._requests, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                COMMAND,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=None if debugging() else self._log,
                env=environment(),
            )

    def fork(self) -> "ForkedWorker":
        """A new process for a run; waits for the imports if need be.

        Raises:
            PreparedError: it cannot fork, or has ended; the message says why.
        """
        worker = ForkedWorker()
        try:
            reply = worker.ask(self._requests)
        except BaseException:  # Ctrl-C, perhaps while it still imports
            worker.close()
            raise
        if "pid" in reply:
            return worker
        worker.close()
        raise PreparedError(reply.get("refused") or f"the prepared process {self._ending()}")

    def end(self) -> None:
        """End the process and all that it has forked."""
        self._requests.close()  # it ends when it notices
        self.process.kill()
        self.process.wait()
        self._log.close()

    def killed(self) -> bool:
        """Whether a signal has ended it, as it does where memory is short."""
        return (self.process.poll() or 0) < 0

    def _ending(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)
        self._log.seek(0)
        lines = self._log.read().strip().splitlines()
        return f"ended with status {self.process.returncode}" + (f": {lines[-1]}" if lines else "")


class ForkedWorker:
    """A worker that was forked from the prepared process.

    `PreparedProcess.fork` makes it. The prepared process, whose child it is, tells its exit status over a socket,
    and kills it when that socket closes.
    """

    def __init__(self) -> None:
        with ExitStack() as opened:
            self.log: IO[str] = opened.enter_context(tempfile.TemporaryFile("w+"))
            theirs, ours = os.pipe()
            self._theirs = [opened.enter_context(os.fdopen(theirs, "rb", buffering=0))]
            self.orders: IO[bytes] = opened.enter_context(os.fdopen(ours, "wb"))
            ours, theirs = os.pipe()
            self._theirs.append(opened.enter_context(os.fdopen(theirs, "wb", buffering=0)))
            self.events: IO[bytes] = opened.enter_context(os.fdopen(ours, "rb"))
            self._control, self._their_control = map(opened.enter_context, socket.socketpair())
            self._opened = opened.pop_all()

    def ask(self, requests: socket.socket) -> dict[str, Any]:
        """Have it forked: the reply, empty where the prepared process has ended."""
        stderr = 2 if debugging() else self.log.fileno()
        theirs = [*(file.fileno() for file in self._theirs), stderr, self._their_control.fileno()]
        with suppress(BrokenPipeError, ConnectionResetError):
            socket.send_fds(requests, [b"."], theirs)
        for file in self._theirs:
            file.close()
        self._their_control.close()
        return self._told()

    def wait(self) -> int | None:
        """Wait for its end: the exit status, negative for a signal; None where the prepared process has ended."""
        status: int | None = self._told().get("status")
        return status

    def end(self) -> None:
        """Have it killed, wait for its end, and close all."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
            while self._control.recv(1024):  # until the prepared process has buried it
                pass
        self.close()

    def close(self) -> None:
        """Close all; the process, if there is one, is killed when the prepared process notices."""
        with suppress(BrokenPipeError):
            self._opened.close()

    def _told(self) -> dict[str, Any]:
        """The next line from the prepared process; empty at the end."""
        line = bytearray()
        with suppress(ConnectionResetError):
            while not line.endswith(b"\n") and (byte := self._control.recv(1)):
                line += byte
        told: dict[str, Any] = json.loads(line) if line else {}
        return told
