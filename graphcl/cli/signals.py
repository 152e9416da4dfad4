"""Ctrl-C and SIGTERM, which queues of jobs and containers send: handled alike, with the usual exit statuses."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

import typer

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass
class Received:
    """The signal that came last.

    Args:
        number: of the signal; that of Ctrl-C until one came.
    """

    number: int = signal.SIGINT

    @property
    def status(self) -> int:
        """The exit status of a process that it ended: 130 after Ctrl-C, 143 after SIGTERM.

        Example:
            >>> Received().status, Received(signal.SIGTERM).status
            (130, 143)
        """
        return 128 + self.number


def end_interrupted(received: Received, out: Path | None) -> NoReturn:
    """Say what an interrupted command kept on file, and exit with the status of the signal.

    Args:
        received: the signal.
        out: the file of results; None where nothing is kept.
    """
    kept = f"what is done is in {out}; run the same command to go on" if out else "nothing was kept"
    typer.echo(f"interrupted; {kept}", err=True)
    raise typer.Exit(received.status) from None


def interrupt() -> None:
    """Raise KeyboardInterrupt."""
    raise KeyboardInterrupt


@contextmanager
def on_stop(react: Callable[[], None] = interrupt) -> Iterator[Received]:
    """Context manager in which the first Ctrl-C or SIGTERM calls a function; the second raises KeyboardInterrupt.

    Args:
        react: called in the main thread, between any two steps of the program; it may raise.
    """
    received = Received()

    def at_once(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        received.number = number
        raise KeyboardInterrupt

    def first(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        received.number = number
        for each in SIGNALS:
            signal.signal(each, at_once)
        react()

    before = [signal.signal(each, first) for each in SIGNALS]
    try:
        yield received
    finally:
        for each, handler in zip(SIGNALS, before, strict=True):
            signal.signal(each, handler)
