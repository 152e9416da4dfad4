"""The prepared process: it imports everything once, then forks a process for each run that is asked for.

It computes nothing and has one thread: others would not survive a fork, and what they held would stay locked. So a
fork with more threads, or with CUDA in use, is refused. Its stdin is a socket. A request brings four files: stdin,
stdout and stderr of the new process, and a socket on which its end is told. When that closes, the process is
killed; when stdin closes, all are.
"""

import gc
import json
import os
import select
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from graphcl.methods.lookup.registry import BUILT_IN

TOGETHER = 4
"""Files that come with a request."""

IMPORTED = (
    *("torch", "torch.profiler", "torch_geometric", "encodings.unicode_escape"),
    *("sklearn.cluster", "sklearn.datasets", "sklearn.decomposition", "sklearn.manifold", "sklearn.linear_model"),
    "graphcl.bench.processes.child",
    *(path.partition(":")[0] for _, path in BUILT_IN.values()),
)
"""What runs import, so that no run spends time or memory on it."""

OPTIONAL = ("igraph", "leidenalg")
"""The same, where it is there; a run that needs it says if not."""


def serve_forks() -> int:
    """Import everything, and fork on request until stdin closes; returns the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    requests = socket.socket(fileno=os.dup(0))
    with _no_threads_of_blas():
        for module in (*IMPORTED, *OPTIONAL):
            if _hung_up(requests):
                return 0
            try:
                import_module(module)
            except ImportError:
                if module not in OPTIONAL:
                    raise
    _prepare()
    ForkServer(requests).serve()
    return 0


class ForkServer:
    """Forks processes, tells how they end, and kills those that nobody waits for.

    Args:
        requests: the socket on which processes are asked for.
    """

    def __init__(self, requests: socket.socket) -> None:
        from graphcl.bench.processes.mapped_files import resident_blocks

        self._requests = requests
        self._controls: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(requests, selectors.EVENT_READ)
        self._ended, self._wakeup = os.pipe()
        for end in (self._ended, self._wakeup):
            os.set_blocking(end, False)
        self._selector.register(self._ended, selectors.EVENT_READ)
        signal.set_wakeup_fd(self._wakeup)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._blocks = resident_blocks()

    def serve(self) -> None:
        """Answer until the other end of the socket closes."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._requests:
                    if not self._answer():
                        for pid in list(self._controls):
                            self._kill(pid)
                        return
                elif key.fileobj == self._ended:
                    self._tell_ends()
                elif self._controls.get(key.data) is key.fileobj:  # else it has ended since
                    self._kill(key.data)

    def _answer(self) -> bool:
        """Fork once; False where nobody will ask any more."""
        try:
            content, files, _, _ = socket.recv_fds(self._requests, 1, TOGETHER)
        except ConnectionResetError:
            return False
        if not content:
            return False
        *streams, control = files
        connection = socket.socket(fileno=control)
        reason = why_not_fork()
        try:
            pid = 0 if reason else os.fork()
        except OSError as error:
            reason = f"no further process: {error.strerror}"
        if reason:
            _tell(connection, refused=reason)
            connection.close()
        elif pid == 0:
            self._become_run(streams, connection)
        else:
            self._controls[pid] = connection
            self._selector.register(connection, selectors.EVENT_READ, pid)
            _tell(connection, pid=pid)
        for file in streams:
            os.close(file)
        return True

    def _become_run(self, streams: list[int], control: socket.socket) -> NoReturn:
        """In the new process: take its files, let go of all others, and execute the run."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._selector.close()
            for connection in (self._requests, control, *self._controls.values()):
                connection.close()
            os.close(self._ended)
            os.close(self._wakeup)
            for place, file in enumerate(streams):
                os.dup2(file, place)
                os.close(file)

            import numpy as np

            from graphcl.bench.processes.child import serve
            from graphcl.bench.processes.mapped_files import map_again

            np.random.seed()  # noqa: NPY002  (the global state, as a fresh process has it: equal in no two)
            map_again(self._blocks)
            status = serve()
        except BaseException:  # noqa: BLE001  (the last line of the log explains the end)
            traceback.print_exc()
        finally:
            with suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _tell_ends(self) -> None:
        """Bury the processes that have ended, and tell how they did."""
        with suppress(BlockingIOError):
            while os.read(self._ended, 1024):
                pass
        for pid in list(self._controls):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._part(pid, os.waitstatus_to_exitcode(status))

    def _kill(self, pid: int) -> None:
        """Kill a process that nobody waits for any more; it has not been buried, so that its number is its own."""
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        self._part(pid, os.waitstatus_to_exitcode(status))

    def _part(self, pid: int, status: int) -> None:
        control = self._controls.pop(pid)
        self._selector.unregister(control)
        _tell(control, status=status)
        control.close()


def why_not_fork() -> str | None:
    """Why this process must not be forked: its threads, or CUDA in use; None where it may be.

    Example:
        >>> from threading import Event, Thread
        >>> held = Event()
        >>> Thread(target=held.wait).start()
        >>> reason = why_not_fork()
        >>> held.set()
        >>> reason  # doctest: +ELLIPSIS
        'the prepared process has ... threads (...), which a fork does not copy'
    """
    tasks = list(Path("/proc/self/task").iterdir())
    if len(tasks) > 1:
        names = ", ".join(sorted({(task / "comm").read_text().strip() for task in tasks}))
        return f"the prepared process has {len(tasks)} threads ({names}), which a fork does not copy"
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        return "the prepared process has CUDA in use, which a fork does not copy"
    return None


def _prepare() -> None:
    """Find out once what is the same for all runs, and leave the garbage collector nothing to write to."""
    from graphcl.bench.runs.provenance import git_state
    from graphcl.ops.machine.versions import versions

    git_state()
    versions()
    gc.collect()
    gc.freeze()


@contextmanager
def _no_threads_of_blas() -> Iterator[None]:
    """Have OpenBLAS start no threads at its import; `Threads.use` gives each run its own number."""
    name = "OPENBLAS_NUM_THREADS"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


def _hung_up(requests: socket.socket) -> bool:
    """Whether the other end is closed, and no request is left."""
    readable, _, _ = select.select([requests], [], [], 0)
    return bool(readable) and not requests.recv(1, socket.MSG_PEEK)


def _tell(control: socket.socket, **content: int | str) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # nobody listens any more
        control.sendall(json.dumps(content).encode() + b"\n")
