"""The parent's end of runs: send a process its order, read its events, and end it; several runs at a time."""

import base64
import json
import os
import selectors
import signal
import sys
import warnings
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, NamedTuple

from graphcl.bench.processes.threads import Threads
from graphcl.bench.processes.worker import Worker
from graphcl.bench.processes.workers import Workers
from graphcl.bench.runs.plan import Task
from graphcl.bench.runs.progress import Progress
from graphcl.bench.runs.record import Record
from graphcl.bench.runs.run import Run
from graphcl.training import Report


class Outcome(NamedTuple):
    """What came of a run.

    Attributes:
        run: what was run.
        record: its record; None where it failed.
        details: what `Details.to_bytes` gives, if they are wanted.
        error: why it failed, in one line.
    """

    run: Run
    record: Record | None = None
    details: bytes | None = None
    error: str = ""


def run_in_processes(
    tasks: Sequence[Task],
    progress: Progress,
    workers: Workers,
    *,
    jobs: int = 1,
    cache: Path | None = None,
    details: bool = False,
) -> Generator[Outcome]:
    """Execute runs, each in a process of its own, and yield what came of each as it ends.

    Where several run at a time, those on the same dataset with the same seed rather follow each other, since they
    may share a pre-training.

    Args:
        tasks: what to run.
        progress: told of starts and epochs, not of every one.
        workers: where processes come from.
        jobs: runs at a time; the threads of this process are divided among them.
        cache: folder where pre-trainings are found and kept.
        details: whether to gather the runs' details, which takes about a second each.
    """
    waiting, running = list(tasks), list[_Running]()
    order: dict[str, object] = {
        "cache": None if cache is None else str(cache),
        "details": details,
        "threads": asdict(Threads.share(jobs)),
    }
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    task = _next(waiting, running)
                    running.append(_Running(task, workers.start(), order, progress))
                    selector.register(running[-1].worker.events, selectors.EVENT_READ, running[-1])
                for key, _ in selector.select():
                    one: _Running = key.data
                    if outcome := one.read():
                        selector.unregister(key.fileobj)
                        running.remove(one)
                        one.end()
                        yield outcome
        finally:
            for one in running:
                one.end()


def _next(waiting: list[Task], running: "list[_Running]") -> Task:
    """Take the first task that shares no pre-training with those that run, or else the first."""
    busy = [(other.task.source, other.task.run.seed) for other in running]
    free = (i for i, task in enumerate(waiting) if (task.source, task.run.seed) not in busy)
    return waiting.pop(next(free, 0))


class _Running:
    """One run and its process.

    Args:
        task: what is run.
        worker: its process.
        order: what the process has to know besides.
        progress: told of its start and epochs.
    """

    def __init__(self, task: Task, worker: Worker, order: dict[str, object], progress: Progress) -> None:
        self.task, self.worker, self._progress = task, worker, progress
        self._details: bytes | None = None
        self._line = bytearray()
        folders = [os.path.abspath(folder) for folder in sys.path]  # noqa: PTH100  ("" is the current folder)
        content = {**order, "task": asdict(task), "sys_path": folders}
        progress.start(task.run)
        with suppress(BrokenPipeError):  # it ended early; the reason is found below
            worker.orders.write(json.dumps(content).encode() + b"\n")
            worker.orders.flush()  # and left open: the worker ends when it closes

    def read(self) -> Outcome | None:
        """Take what has come of its events; the outcome, once there is one."""
        content = os.read(self.worker.events.fileno(), 2**16)
        if not content:
            return Outcome(self.task.run, error=_explain(self.worker.wait(), self.worker.log))
        self._line += content
        *lines, self._line = self._line.split(b"\n")
        for line in lines:
            event = json.loads(line)
            match event["event"]:
                case "epoch":
                    self._progress.epoch(Report(**event["report"]), self.task.run)
                case "warning":
                    warnings.warn(event["message"], stacklevel=2)
                case "details":
                    self._details = base64.b64decode(event["details"])
                case "record":
                    return Outcome(self.task.run, Record(**event["record"]), self._details)
                case "error":
                    return Outcome(self.task.run, error=event["message"])
        return None

    def end(self) -> None:
        """End its process."""
        self.worker.end()


def _explain(status: int | None, log: IO[str]) -> str:
    """Why a process ended that sent neither a record nor an error."""
    if status is None:
        return "the process ended, and so did the one that could have told why; run the same command again"
    if status == -signal.SIGKILL:
        return "the process was killed; perhaps there was too little memory"
    if status < 0:
        return f"the process was ended by {signal.Signals(-status).name}"
    log.seek(0)
    lines = log.read().strip().splitlines()
    return f"the process ended with status {status}" + (f": {lines[-1]}" if lines else "")
