"""What one process does for all: results of rank 0 on every rank, and turns where all read the same files.

Here ranks wait as long as it takes, as for k-means on all embeddings, where those of
`graphcl.ops.machine.distributed` are in step and take a long silence for a fault. A process that ends ends the
waiting, too.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar

import torch
import torch.distributed as dist

from graphcl.ops.machine.distributed import rank, world
from graphcl.ops.machine.launching import SILENCE, read_place

T = TypeVar("T")

PATIENCE = timedelta(days=7)
"""How long ranks wait for work that one of them does."""


class RankZeroError(ValueError):
    """Rank 0 failed in what it did for all; raised on the other ranks, with its message."""


def from_rank_zero(function: Callable[[], T]) -> T:
    """Call a function on rank 0 alone; every rank returns its result.

    Args:
        function: returns plain values and tensors on the CPU; it calls no collectives.

    Raises:
        RankZeroError: on the other ranks, if the function raised on rank 0, which raises what the function did.

    Example:
        >>> from_rank_zero(lambda: 2 + 3)
        5
    """
    if world() == 1:
        return function()
    sent: list[Any] = [None, None]
    failure = None
    if rank() == 0:
        try:
            sent = [function(), None]
        except Exception as error:  # noqa: BLE001  (raised below, when the others know)
            failure, sent = error, [None, f"{type(error).__name__}: {error}"]
    dist.broadcast_object_list(sent, src=0, group=_patient(dist.group.WORLD))
    if failure is not None:
        raise failure
    if sent[1] is not None:
        raise RankZeroError(sent[1])
    result: T = sent[0]
    return result


def wait_for_all() -> None:
    """Wait until every rank has come here, however long that takes.

    Example:
        >>> wait_for_all()  # nothing to wait for in a single process
    """
    if world() > 1:
        dist.barrier(group=_patient(dist.group.WORLD))


def first_of_machine(function: Callable[[], T]) -> T:
    """Call a function on the first rank of every machine, then on the others: it may download what all read.

    Example:
        >>> first_of_machine(lambda: 2 + 3)
        5
    """
    if world() == 1:
        return function()
    first = read_place().first_of_machine
    if not first:
        wait_for_all()
    try:
        return function()
    finally:  # after an error, too, which the others then have as well
        if first:
            wait_for_all()


def largest_of_ranks(*numbers: int) -> tuple[int, ...]:
    """The largest of each number over ranks, exchanged between CPUs whatever the run's device; for decisions.

    Example:
        >>> largest_of_ranks(3, 0)
        (3, 0)
    """
    if world() == 1:
        return numbers
    largest = torch.tensor(numbers)
    dist.all_reduce(largest, op=dist.ReduceOp.MAX, group=_prompt(dist.group.WORLD))
    return tuple(largest.tolist())


@cache
def _patient(_: Any) -> Any:
    return dist.new_group(backend="gloo", timeout=PATIENCE)


@cache
def _prompt(_: Any) -> Any:
    return dist.new_group(backend="gloo", timeout=SILENCE)
