"""The parent's end of a run: send a worker its order, read its events, and end it."""

import base64
import json
import os
import signal
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO

from graphcl.bench.runs.failure import RunError
from graphcl.bench.runs.plan import Task
from graphcl.bench.runs.record import Record
from graphcl.bench.runs.worker import take
from graphcl.training import Report


def run_in_process(
    task: Task, on_epoch: Callable[[Report], None], cache: Path | None = None, *, details: bool = False
) -> tuple[Record, bytes | None]:
    """Execute one run in its own process: its record, and its details if they are wanted.

    Args:
        task: what to run.
        on_epoch: called with reports of epochs as they come, not with every one.
        cache: folder where pre-trainings are found and kept.
        details: whether to gather the run's details, which takes about two seconds; they come as
            `Details.to_bytes` gives them.

    Raises:
        RunError: the run failed; the message is one line.
    """
    folders = [os.path.abspath(folder) for folder in sys.path]  # noqa: PTH100  ("" is the current folder)
    where = None if cache is None else str(cache)
    content = {"task": asdict(task), "cache": where, "details": details, "sys_path": folders}
    order = json.dumps(content) + "\n"
    kept = None
    worker = take()
    try:
        with suppress(BrokenPipeError):  # it ended early; the reason is found below
            worker.orders.write(order)
            worker.orders.flush()  # and left open: the worker ends when it closes
        for line in worker.events:
            event = json.loads(line)
            match event["event"]:
                case "epoch":
                    on_epoch(Report(**event["report"]))
                case "warning":
                    warnings.warn(event["message"], stacklevel=2)
                case "details":
                    kept = base64.b64decode(event["details"])
                case "record":
                    return Record(**event["record"]), kept
                case "error":
                    raise RunError(event["message"])
        raise RunError(_explain(worker.process.wait(), worker.log))
    finally:
        worker.end()


def _explain(status: int, log: IO[str]) -> str:
    """Why a process ended that sent neither a record nor an error."""
    if status == -signal.SIGKILL:
        return "the process was killed; perhaps there was too little memory"
    if status < 0:
        return f"the process was ended by {signal.Signals(-status).name}"
    log.seek(0)
    lines = log.read().strip().splitlines()
    return f"the process ended with status {status}" + (f": {lines[-1]}" if lines else "")
