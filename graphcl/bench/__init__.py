"""Benchmarks: a suite becomes runs, each run a process of its own and a line in a file, and the lines a table."""

from graphcl.bench.journal import Journal, read_records
from graphcl.bench.plan import Task, expand
from graphcl.bench.record import Record
from graphcl.bench.run import Run
from graphcl.bench.runner import run_tasks
from graphcl.bench.suite import Suite, read_suite
from graphcl.bench.table import build_table

__all__ = [
    "Journal",
    "Record",
    "Run",
    "Suite",
    "Task",
    "build_table",
    "expand",
    "read_records",
    "read_suite",
    "run_tasks",
]
