"""Two processes joined by gloo, which run functions of this repository by name until the pool is closed."""

import os
import pickle
import socket
import traceback
from collections.abc import Callable
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any

import torch
import torch.distributed as dist

WORLD = 2
PATIENCE = 150  # seconds until a process that does not answer counts as lost


class Pool:
    """Processes that are started once: importing torch takes seconds, a test milliseconds.

    Args:
        rendezvous: a file that does not exist yet, by which the processes find each other.
    """

    def __init__(self, rendezvous: Path) -> None:
        spawn = get_context("spawn")
        self.connections: list[Connection] = []
        self.processes = []
        for rank in range(WORLD):
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=_serve, args=(rank, str(rendezvous), theirs), daemon=True)
            process.start()
            theirs.close()
            self.connections.append(ours)
            self.processes.append(process)

    def run(self, function: Callable[..., Any], *args: Any, **settings: Any) -> list[Any]:
        """What `function(*args, **settings)` returns on each rank, of an importable function."""
        for connection in self.connections:
            connection.send_bytes(
                pickle.dumps((function, args, settings))
            )  # `send` would share the memory of tensors
        answers = []
        for rank, connection in enumerate(self.connections):
            if not connection.poll(PATIENCE):
                self.stop()  # so that the next call fails at once
                raise AssertionError(f"rank {rank} has not answered within {PATIENCE} s")
            answers.append(pickle.loads(connection.recv_bytes()))  # noqa: S301 (from our own process)
        failed = [f"rank {rank}: {error}" for rank, (error, _) in enumerate(answers) if error]
        assert not failed, "\n".join(failed)
        return [result for _, result in answers]

    def stop(self) -> None:
        """End the processes, which have nothing to save."""
        for process in self.processes:
            process.terminate()
            process.join()

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        for process, connection in zip(self.processes, self.connections, strict=True):
            process.close()
            connection.close()


def _serve(rank: int, rendezvous: str, connection: Connection) -> None:
    """One process: join, then answer calls until the other end of the pipe is closed."""
    torch.set_num_threads(1)
    loopback = [name for _, name in socket.if_nameindex() if name.startswith("lo")]
    os.environ.setdefault("GLOO_SOCKET_IFNAME", loopback[0])
    dist.init_process_group(
        "gloo",
        init_method=f"file://{rendezvous}",
        rank=rank,
        world_size=WORLD,
        timeout=timedelta(seconds=PATIENCE),
    )
    while True:
        try:
            function, args, settings = pickle.loads(connection.recv_bytes())  # noqa: S301 (from the tests)
        except EOFError:
            break
        try:
            answer = None, function(*args, **settings)
        except Exception:  # noqa: BLE001 (whatever it is, the test shows it)
            answer = traceback.format_exc(), None
        connection.send_bytes(pickle.dumps(answer))
    dist.destroy_process_group()
