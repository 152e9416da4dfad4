"""Execute the runs of a plan, each in its own process; those on record are not repeated."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from math import isnan
from pathlib import Path

from graphcl.bench.processes.in_ranks import run_in_ranks
from graphcl.bench.processes.running import Outcome, run_in_processes
from graphcl.bench.processes.workers import Workers
from graphcl.bench.runs.failure import RunError
from graphcl.bench.runs.journal import Journal
from graphcl.bench.runs.plan import Task
from graphcl.bench.runs.progress import Progress
from graphcl.bench.runs.record import Record
from graphcl.ops.machine.distributed import world
from graphcl.ops.machine.rank_zero import from_rank_zero


def run_tasks(
    tasks: Sequence[Task],
    progress: Progress,
    *,
    journal: Journal | None = None,
    cache: Path | None = None,
    keep_going: bool = True,
    jobs: int = 1,
    workers: Workers | None = None,
) -> Iterator[Record]:
    """Yield the record of each run in the order of the plan: the one on file, or a new one, which is then written.

    In a process group all ranks share one run after the other, in these processes; rank 0 alone has a journal.

    A run that fails is reported to `progress` and has no record; the others go on. A record is written as soon as
    its run is over, also where it waits for earlier ones to be yielded.

    Args:
        tasks: the plan.
        progress: called at the start and end of each run, and after epochs.
        journal: where runs are on record, with details; None records nothing.
        cache: folder where pre-trainings are found and kept.
        keep_going: False raises the first failure instead.
        jobs: runs at a time, at least 1. The threads of this process, `torch.get_num_threads()`, are divided among
            so many, or among all runs of the plan where those are fewer. The last bits of some results depend on
            the number of threads.
        workers: where processes come from; None starts and ends a prepared process for these runs.

    Raises:
        RunError: a run failed, and `keep_going` is False.
        ValueError: `jobs` below 1.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1; got {jobs}")
    known = from_rank_zero(lambda: {record.key: record for record in journal.records} if journal else {})
    progress.begin(len(tasks), recorded=sum(task.run.key in known for task in tasks))
    missing = list({task.run.key: task for task in tasks if task.run.key not in known}.values())
    failed = set[str]()
    with ExitStack() as stack:
        if missing and world() > 1:
            outcomes: Iterator[Outcome] = run_in_ranks(missing, progress, cache=cache, details=journal is not None)
        elif missing:
            outcomes = stack.enter_context(
                closing(
                    run_in_processes(
                        missing,
                        progress,
                        workers or stack.enter_context(Workers()),
                        jobs=min(jobs, len(tasks)),
                        cache=cache,
                        details=journal is not None,
                    )
                )
            )
        for task in tasks:
            key = task.run.key
            while key not in known and key not in failed:
                run, record, details, error = next(outcomes)
                if record is None:
                    if not keep_going:
                        raise RunError(error)
                    failed.add(run.key)
                    progress.end(f"error: {run}: {error}", run)
                    continue
                if journal:
                    journal.append(record, details)
                known[run.key] = record
                progress.end(f"{run}: {_summary(record)}", run)
            if key in known:
                yield known[key]


def _summary(record: Record) -> str:
    metrics = record.without_oracles().metrics
    scores = ", ".join(f"{name} {'-' if isnan(value) else f'{value:.3f}'}" for name, value in metrics.items())
    return f"{scores}; {record.seconds['wall']:.1f} s"
