"""Execute the runs of a plan one after the other, each in its own process; those on record are not repeated."""

from collections.abc import Iterator, Sequence
from math import isnan
from pathlib import Path

from graphcl.bench.runs.failure import RunError
from graphcl.bench.runs.journal import Journal
from graphcl.bench.runs.plan import Task
from graphcl.bench.runs.process import run_in_process
from graphcl.bench.runs.progress import Progress
from graphcl.bench.runs.record import Record


def run_tasks(
    tasks: Sequence[Task],
    progress: Progress,
    *,
    journal: Journal | None = None,
    cache: Path | None = None,
    keep_going: bool = True,
) -> Iterator[Record]:
    """Yield the record of each run in the order of the plan: the one on file, or a new one, which is then written.

    A run that fails is reported to `progress` and has no record; the others go on.

    Args:
        tasks: the plan.
        progress: called at the start and end of each run, and after epochs.
        journal: where runs are on record, with details; None records nothing.
        cache: folder where pre-trainings are found and kept.
        keep_going: False raises the first failure instead.

    Raises:
        RunError: a run failed, and `keep_going` is False.
    """
    known = {record.key: record for record in journal.records} if journal else {}
    progress.begin(len(tasks), recorded=sum(task.run.key in known for task in tasks))
    for task in tasks:
        key = task.run.key
        if key not in known:
            progress.start(task.run)
            try:
                known[key], details = run_in_process(task, progress.epoch, cache, details=journal is not None)
            except RunError as error:
                if not keep_going:
                    raise
                progress.end(f"error: {task.run}: {error}")
                continue
            if journal:
                journal.append(known[key], details)
            progress.end(f"{task.run}: {_summary(known[key])}")
        yield known[key]


def _summary(record: Record) -> str:
    metrics = record.without_oracles().metrics
    scores = ", ".join(f"{name} {'-' if isnan(value) else f'{value:.3f}'}" for name, value in metrics.items())
    return f"{scores}; {record.seconds['wall']:.1f} s"
