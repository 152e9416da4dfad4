"""Benchmarks: a suite becomes runs, each run a process of its own and a line in a file, and the lines a table."""

from graphcl.bench.journal import Journal, read_records
from graphcl.bench.plan import Task, expand
from graphcl.bench.record import Record
from graphcl.bench.run import Run
from graphcl.bench.runner import run_tasks
from graphcl.bench.suite import Suite, read_suite
from graphcl.bench.table import build_table
from graphcl.bench.training import Training, load_for, plan_training

__all__ = [
    "Journal",
    "Record",
    "Run",
    "Suite",
    "Task",
    "Training",
    "build_table",
    "expand",
    "load_for",
    "plan_training",
    "read_records",
    "read_suite",
    "run_tasks",
]
