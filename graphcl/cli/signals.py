"""Ctrl-C and SIGTERM, which queues of jobs and containers send: handled alike, with the usual exit statuses."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

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
