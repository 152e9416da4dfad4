"""What the ranks run: the command line, as torchrun starts it, in processes that have met already."""

import io
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import torch.distributed as dist
from torch.distributed.distributed_c10d import PrefixStore

from graphcl.cli import main, ranks
from graphcl.cli.signals import SIGNALS
from graphcl.ops.machine import launching
from graphcl.ops.machine.distributed import rank, world

SMALL = ["--data", "nodes=60", "--set", "batch_size=16", "--set", "hidden_channels=8", "--set", "out_channels=4"]


@contextmanager
def joined(tag: str) -> Iterator[None]:
    """The environment of torchrun, and a place to note who speaks."""
    launching._Spoken.store = PrefixStore(tag, dist.distributed_c10d._get_default_store())
    ranks.GRACE = 0.1
    place = {"RANK": rank(), "WORLD_SIZE": world(), "LOCAL_RANK": rank()}
    place |= {"MASTER_ADDR": "localhost", "MASTER_PORT": 1}
    os.environ.update({name: str(value) for name, value in place.items()})
    handlers = [signal.getsignal(each) for each in SIGNALS]
    try:
        yield
    finally:
        for each, handler in zip(SIGNALS, handlers, strict=True):
            signal.signal(each, handler)
        for name in place:
            del os.environ[name]


def call(tag: str, *arguments: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command on this rank.

    Args:
        tag: another one for every call: under it the ranks note who speaks.
        arguments: of the command.
    """
    out, err = io.StringIO(), io.StringIO()
    with joined(tag), redirect_stdout(out), redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as ended:
            return int(ended.code or 0), out.getvalue(), " ".join(err.getvalue().split())
    raise AssertionError("main always exits")


def error_of(tag: str, failing: list[int], *, lost: bool = False) -> str:
    """What a command that fails on some ranks raises on this one, for the command line to show."""

    @ranks.in_group
    def command() -> None:
        if rank() in failing:
            if lost:
                raise RuntimeError("[pair.cc:547] Connection closed by peer [127.0.0.1]:54321")
            raise ValueError("no such file")

    with joined(tag):
        try:
            command()
        except Exception as error:  # noqa: BLE001  (told to the test)
            return f"{type(error).__name__}: {getattr(error, 'exit_code', error)}"
    return ""
