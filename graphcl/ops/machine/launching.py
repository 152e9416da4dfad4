"""Process group of a command started by torchrun: read from the environment, joined, and left at the end."""

import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous

VARIABLES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")
"""What torchrun sets for each process."""

SILENCE = timedelta(seconds=45)
"""How long a process waits for one that does not answer; where it ended, its connections say so at once."""

ARRIVAL = timedelta(minutes=5)
"""How long the processes wait for one another at the start."""

LOST = re.compile(r"gloo|nccl|connection|broken pipe|timed ?out|recvvalue|tcpstore|socket", re.IGNORECASE)
"""What errors of torch.distributed speak of where another process is gone."""


class LostProcessError(ConnectionError):
    """Another process of the group ended, or does not answer."""


@dataclass(frozen=True)
class Place:
    """Place of a process among those that torchrun started.

    Args:
        rank: of this process, from 0.
        world: number of processes.
        local_rank: of this process on its machine, which names its GPU.
        machine_world: number of processes on this machine.

    Example:
        >>> Place(9, 16, 1, 8).first_of_machine
        False
    """

    rank: int = 0
    world: int = 1
    local_rank: int = 0
    machine_world: int = 1

    @property
    def first_of_machine(self) -> bool:
        """Whether this process is the first on its machine, which downloads and caches what all read."""
        return self.local_rank == 0


def read_place() -> Place:
    """The place of this process, from torchrun's environment variables; a single process without them.

    Raises:
        ValueError: some of the variables are missing or no numbers.

    Example:
        >>> read_place()
        Place(rank=0, world=1, local_rank=0, machine_world=1)
    """
    given = {name: os.environ[name] for name in VARIABLES if name in os.environ}
    if not {"RANK", "WORLD_SIZE"} <= given.keys():
        return Place()
    remedy = "start by torchrun --nproc-per-node N -m graphcl ..., or unset RANK and WORLD_SIZE"
    if missing := [name for name in VARIABLES if name not in given]:
        raise ValueError(f"RANK and WORLD_SIZE are set, but not {', '.join(missing)}; {remedy}")
    try:
        rank, world, local_rank = (int(given[name]) for name in VARIABLES[:3])
    except ValueError:
        rank = world = local_rank = -1
    if not 0 <= rank < world or local_rank < 0:
        got = ", ".join(f"{name}={given[name]}" for name in VARIABLES[:3])
        raise ValueError(f"RANK and LOCAL_RANK must be numbers from 0 below WORLD_SIZE; got {got}; {remedy}")
    return Place(rank, world, local_rank, int(os.environ.get("LOCAL_WORLD_SIZE", "1")))


@contextmanager
def process_group(*, silence: timedelta = SILENCE, arrival: timedelta = ARRIVAL) -> Iterator[Place]:
    """Context manager that joins the process group that torchrun's environment describes, and leaves it.

    Tensors on GPUs are exchanged by nccl, others by gloo. A single process joins nothing, and a group that the
    caller initialised is taken as it is.

    Args:
        silence: how long a process waits in a step for one that does not answer.
        arrival: how long the processes wait for one another here.

    Yields:
        The place of this process.

    Raises:
        LostProcessError: the others cannot be reached, or not all came in time.
        ValueError: as for `read_place`.

    Example:
        >>> with process_group() as place:
        ...     place.world
        1
    """
    place = read_place()
    if place.world == 1 or dist.is_initialized():
        yield place
        return
    if place.machine_world == place.world:  # all on one machine: its name may resolve to nothing
        loopback = [name for _, name in socket.if_nameindex() if name.startswith("lo")]
        os.environ.setdefault("GLOO_SOCKET_IFNAME", loopback[0])
    try:
        store = _meet(place, arrival)
        dist.init_process_group(
            _backend(place), store=store, rank=place.rank, world_size=place.world, timeout=silence
        )
    except RuntimeError as error:
        at = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
        raise LostProcessError(
            f"not all of {place.world} processes met at {at} within {arrival.total_seconds():g} s; "
            "start every one of them, with the same address, by torchrun"
        ) from error
    _Spoken.store = store
    try:
        yield place
    finally:
        dist.destroy_process_group()


def is_lost(error: BaseException) -> bool:
    """Whether an error says that another process is gone.

    Example:
        >>> is_lost(RuntimeError("[gloo/transport/tcp/pair.cc:547] Connection closed by peer [127.0.0.1]:9"))
        True
        >>> is_lost(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
        False
    """
    from_torch = type(error) is RuntimeError or isinstance(error, dist.DistError)
    return isinstance(error, LostProcessError) or (from_torch and bool(LOST.search(str(error))))


class _Spoken:
    """Whether some process has shown an error, counted where the processes met."""

    store: Store | None = None


def speak() -> None:
    """Note that this process has an error to show, so that the others need not show theirs."""
    _count(1)


def another_speaks(patience: float = 3.0) -> bool:
    """Whether another process shows an error within some seconds.

    Args:
        patience: seconds.

    Example:
        >>> another_speaks(patience=0.0)
        False
    """
    end = time.monotonic() + patience
    while not (spoken := _count(0)) and time.monotonic() < end:
        time.sleep(0.05)
    return spoken > 0


def _count(added: int) -> int:
    try:
        return 0 if _Spoken.store is None else int(_Spoken.store.add("spoken", added))
    except RuntimeError:  # it was kept by a process that is gone
        return 0


def _meet(place: Place, arrival: timedelta) -> Store:
    """The store of the group, once every process has come to it."""
    store: Store = next(iter(rendezvous("env://", timeout=arrival)))[0]
    store = PrefixStore("graphcl", store)
    store.set(f"here {place.rank}", "")
    store.wait([f"here {rank}" for rank in range(place.world)], arrival)
    return store


def _backend(place: Place) -> str:
    """Of the process group; this process gets the GPU of its number."""
    if not (torch.cuda.is_available() and dist.is_nccl_available()):
        return "gloo"
    if place.local_rank < torch.cuda.device_count():
        torch.cuda.set_device(place.local_rank)
    return "cpu:gloo,cuda:nccl"
