"""The child's end of a run: reads a task from stdin, writes epochs, warnings and a record or an error to stdout.

Every line is one JSON object with the key "event"; details, if they are wanted, go before the record. The parent
keeps stdin open; when the parent ends in any way, stdin closes and the child ends.
"""

import base64
import json
import os
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from graphcl.bench.processes.threads import Threads
from graphcl.bench.processes.worker import debugging
from graphcl.bench.runs.details import Details
from graphcl.bench.runs.execution import execute
from graphcl.bench.runs.failure import one_line
from graphcl.bench.runs.plan import Task
from graphcl.training import Report

SECONDS_BETWEEN_REPORTS = 0.05


def serve() -> int:
    """Execute the run that is ordered on stdin; returns the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    events = _take_stdout()
    warnings.showwarning = lambda message, *_: _send(events, "warning", message=str(message))
    sys.path += [folder for folder in order["sys_path"] if folder not in sys.path]  # where a user's method may lie
    try:
        Threads(**order["threads"]).use()
        task = Task.from_dict(order["task"])
        cache = None if order["cache"] is None else Path(order["cache"])
        record = execute(task, _reporter(events), cache, _keeper(events) if order["details"] else None)
    except Exception as error:  # noqa: BLE001  (the parent has to hear of anything that happens here)
        if debugging():
            traceback.print_exc()
        _send(events, "error", message=one_line(error))
        return 1
    _send(events, "record", record=asdict(record))
    return 0


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


def _take_stdout() -> TextIO:
    """A private copy of stdout; what libraries print goes to stderr from now on."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return events


def _send(events: TextIO, event: str, **content: Any) -> None:
    events.write(json.dumps({"event": event, **content}) + "\n")
    events.flush()


def _keeper(events: TextIO) -> Callable[[Details], None]:
    """A callback that passes on the details of the run."""
    return lambda details: _send(events, "details", details=base64.b64encode(details.to_bytes()).decode())


def _reporter(events: TextIO) -> Callable[[Report], None]:
    """A callback that reports epochs at most every 0.05 s, and the last one of every stage."""
    last = 0.0

    def report(epoch: Report) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_REPORTS or epoch.epoch == epoch.epochs:
            last = now
            _send(events, "epoch", report=asdict(epoch))

    return report
