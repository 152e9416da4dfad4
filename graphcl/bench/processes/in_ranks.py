"""Runs that the processes of torchrun share: each takes part in the training, the first scores and records."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from graphcl.bench.processes.running import Outcome
from graphcl.bench.runs.details import Details
from graphcl.bench.runs.execution import fit_task, record_fit
from graphcl.bench.runs.plan import Task
from graphcl.bench.runs.progress import Progress
from graphcl.ops.machine.meter import resident_mb
from graphcl.ops.machine.rank_zero import from_rank_zero


def run_in_ranks(
    tasks: Sequence[Task], progress: Progress, *, cache: Path | None = None, details: bool = False
) -> Iterator[Outcome]:
    """Execute runs one after the other in the processes of the group; every one yields the same outcomes.

    Args:
        tasks: what to run, the same on all ranks.
        progress: told of starts and epochs.
        cache: folder where pre-trainings are found and kept.
        details: whether to gather the runs' details.

    Raises:
        Exception: the first that a run raises; there is no run after it.
    """
    for task in tasks:
        progress.start(task.run)
        before, kept = resident_mb(), list[Details]()
        dataset, estimator = fit_task(task, progress.epoch, cache)
        on_details = kept.append if details else None
        record = from_rank_zero(partial(record_fit, task, dataset, estimator, before, cache, on_details))
        yield Outcome(task.run, record, kept[0].to_bytes() if kept else None)
