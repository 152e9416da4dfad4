"""Commands under torchrun: one process prints and writes, and an error is said once."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import typer

from graphcl.cli.signals import SIGNALS, on_stop

P = ParamSpec("P")
T = TypeVar("T")

JOINT = {"train", "evaluate", "cluster"}
"""Commands that several processes can share."""

GRACE = 5.0
"""Seconds that another process stays after an error that the first one says, lest torchrun stop that one."""


class OtherRankError(ValueError):
    """An error of another process than the first, which the first does not have."""


def launched() -> bool:
    """Whether torchrun started this process as one of several; imports nothing to find out.

    Example:
        >>> launched()
        False
    """
    return os.environ.get("WORLD_SIZE", "1") != "1" and "RANK" in os.environ


def is_first() -> bool:
    """Whether this process is the one that speaks: the only one, or that of rank 0.

    Example:
        >>> is_first()
        True
    """
    return not launched() or os.environ["RANK"] == "0"


def check_command(name: str | None) -> None:
    """Refuse a command that several processes would each run by themselves.

    Raises:
        ValueError: such a command, under torchrun.
    """
    if launched() and name not in JOINT:
        raise ValueError(
            f"graphcl {name} is run by one process; got WORLD_SIZE={os.environ['WORLD_SIZE']}; "
            f"start it without torchrun, which is for graphcl {', '.join(sorted(JOINT))}"
        )


def in_group(command: Callable[P, T]) -> Callable[P, T]:
    """Decorator of a command that several processes share: it joins their group, if torchrun started them.

    Processes other than the first print nothing. Of an error that all have the first speaks; another speaks where
    the first stays silent, because the error is its own or the first is gone.
    """

    @wraps(command)
    def joined(*args: P.args, **kwargs: P.kwargs) -> T:
        if not launched():
            return command(*args, **kwargs)
        from graphcl.bench.runs.failure import is_expected, one_line
        from graphcl.ops.machine.launching import LostProcessError, another_speaks, is_lost, process_group, speak

        with process_group() as place, _interruptible(place.rank):
            try:
                with _silent(place.rank):
                    return command(*args, **kwargs)
            except typer.Exit:
                raise
            except Exception as error:
                for each in SIGNALS:  # torchrun stops all as soon as one has failed, and kills half a minute later
                    signal.signal(each, signal.SIG_IGN)
                if place.rank and another_speaks():
                    time.sleep(GRACE)
                    raise typer.Exit(2) from None
                speak()
                lost = is_lost(error) and not isinstance(error, LostProcessError)
                line = "another process ended, or does not answer; start all again" if lost else one_line(error)
                if place.rank and (lost or is_expected(error)):
                    raise OtherRankError(f"on rank {place.rank}: {line}") from error
                if lost:
                    raise LostProcessError(line) from error
                raise

    return joined


def hold_back(error: Exception) -> bool:
    """Whether an error is not to be shown, because the first process was given the same command line.

    That is so before the processes have met. The process stays until the first has spoken.
    """
    if is_first() or isinstance(error, OtherRankError):
        return False
    time.sleep(GRACE)
    return True


@contextmanager
def _silent(rank: int) -> Iterator[None]:
    """Context manager in which processes other than the first print nothing."""
    with ExitStack() as stack:
        if rank:
            nowhere = stack.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
            stack.enter_context(redirect_stdout(nowhere))
            stack.enter_context(redirect_stderr(nowhere))
        yield


@contextmanager
def _interruptible(rank: int) -> Iterator[None]:
    """Context manager in which Ctrl-C or SIGTERM ends the process with its status, and the first says so."""
    with on_stop() as received:
        try:
            yield
        except KeyboardInterrupt:
            if rank == 0:
                typer.echo("interrupted; run the same command again", err=True)
            raise typer.Exit(received.status) from None
