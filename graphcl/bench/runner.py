"""Do the runs of a plan one after the other, each in a process of its own, except those on record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graphcl.bench.failure import RunError
from graphcl.bench.journal import Journal
from graphcl.bench.plan import Task
from graphcl.bench.process import run_in_process
from graphcl.bench.progress import Progress
from graphcl.bench.record import Record
from graphcl.training import Report


@dataclass
class Outcome:
    """What came of a plan.

    Args:
        records: of all runs that have one, in the order of the plan, old and new.
        failures: the messages of the runs that failed.
    """

    records: list[Record] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def run_tasks(
    tasks: Sequence[Task],
    progress: Progress,
    *,
    journal: Journal | None = None,
    cache: Path | None = None,
) -> Outcome:
    """Do the runs that are not on record, and record each as soon as it ends.

    A run that fails is reported, and the others go on.

    Args:
        tasks: the plan.
        progress: is told what happens.
        journal: where runs are on record; None records nothing.
        cache: folder where pre-trainings are found and kept.
    """
    outcome = Outcome()
    known = {record.key: record for record in journal.records} if journal else {}
    progress.begin(len(tasks), recorded=sum(task.run.key in known for task in tasks))
    for task in tasks:
        if task.run.key not in known:
            progress.start(task.run)
            try:
                record = run_in_process(task, _teller(progress, task), cache)
            except RunError as error:
                outcome.failures.append(f"{task.run}: {error}")
                progress.fail(task.run, str(error))
                continue
            if journal:
                journal.append(record)
            known[record.key] = record
            progress.finish(record)
        outcome.records.append(known[task.run.key])
    return outcome
