"""Benchmarks: a suite becomes runs, each run a process of its own and a line in a file, and the lines a table."""

from typing import TYPE_CHECKING

from graphcl.lazy import lazy_names

if TYPE_CHECKING:
    from graphcl.bench.runs.journal import Journal, load_records
    from graphcl.bench.runs.plan import Task, expand
    from graphcl.bench.runs.record import Record
    from graphcl.bench.runs.run import Run
    from graphcl.bench.runs.runner import run_tasks
    from graphcl.bench.runs.suite import Suite, read_suite
    from graphcl.bench.runs.training import PlannedTraining, load_for, plan_training
    from graphcl.bench.tables.frame import read_records
    from graphcl.bench.tables.table import build_table

__all__ = [
    "Journal",
    "PlannedTraining",
    "Record",
    "Run",
    "Suite",
    "Task",
    "build_table",
    "expand",
    "load_for",
    "load_records",
    "plan_training",
    "read_records",
    "read_suite",
    "run_tasks",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "runs.journal": ("Journal", "load_records"),
        "runs.plan": ("Task", "expand"),
        "runs.record": ("Record",),
        "runs.run": ("Run",),
        "runs.runner": ("run_tasks",),
        "runs.suite": ("Suite", "read_suite"),
        "runs.training": ("PlannedTraining", "load_for", "plan_training"),
        "tables.frame": ("read_records",),
        "tables.table": ("build_table",),
    },
)
