"""Run a piece of work in a child process: CPU seconds, seconds on the clock, memory growth. And write it down.

CPU seconds count all threads of the child and are the fair figure where others use the machine too; the load
stands in each record. Memory is the growth of the peak resident size over the size after the imports, in MB of
10^6 bytes.
"""

import json
import math
import multiprocessing
import os
import platform
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import sklearn.cluster  # noqa: F401  (methods import it when they run; it is not to count as their memory)
import torch

from graphcl.ops.machine.meter import resident_mb, resident_peak_mb

HERE = Path(__file__).parent

Work = Callable[..., Callable[[], Any]]
"""Makes its inputs from the settings and returns the function to be timed, which returns plain values."""


def measure(work: Work, repeats: int = 1, **settings: Any) -> dict[str, Any]:
    """Time a piece of work in a process of its own.

    Args:
        work: a function of a module, called in the child.
        repeats: how often the work is timed; the least counts. The first of several only warms up.
        settings: what `work` is called with.

    Returns:
        The settings, cpu_seconds, wall_seconds, growth_mb, and what the work returned as `value`.

    Raises:
        RuntimeError: the child died or raised.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_child, args=(theirs, work, repeats, settings))
    child.start()
    theirs.close()
    try:
        outcome = ours.recv()
    except EOFError:
        outcome = None
    child.join()
    if outcome is None or child.exitcode:
        raise RuntimeError(f"{work.__name__} with {settings} ended with exit code {child.exitcode}")
    return {**settings, **outcome}


def _child(pipe: Connection, work: Work, repeats: int, settings: dict[str, Any]) -> None:
    before = resident_mb()
    once = work(**settings)
    if repeats > 1:
        once()
    cpu = wall = math.inf
    for _ in range(repeats):
        started = time.process_time(), time.perf_counter()
        value = once()
        cpu = min(cpu, time.process_time() - started[0])
        wall = min(wall, time.perf_counter() - started[1])
    growth = resident_peak_mb() - before
    pipe.send({"cpu_seconds": cpu, "wall_seconds": wall, "growth_mb": growth, "value": value})


def slope(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The exponent of growth: the slope of a straight line through the logarithms."""
    x, y = [torch.tensor(list(v), dtype=torch.double).log() for v in (sizes, values)]
    x, y = x - x.mean(), y - y.mean()
    return float((x * y).sum() / x.square().sum())


def report(name: str, claims: dict[str, str], rows: list[dict[str, Any]], columns: dict[str, str]) -> None:
    """Print the result and write it as JSON beside the scripts and as Markdown among the tables.

    Args:
        name: of the script.
        claims: what was to be shown, and what was found.
        rows: one dict a measurement.
        columns: keys of the rows that the table shows, and how each is formatted; a dash where a row lacks it.
    """
    lines = [f"# {name}", "", *[f"- {claim}: **{found}**" for claim, found in claims.items()], ""]
    lines += [" | ".join(["", *columns, ""]).strip(), "|" + "---|" * len(columns)]
    for row in rows:
        cells = [format(row[key], how) if row.get(key) is not None else "-" for key, how in columns.items()]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", conditions()]
    text = "\n".join(lines) + "\n"
    print(text)
    record = {"claims": claims, "rows": rows, "conditions": conditions()}
    (HERE / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    (HERE.parent / "tables" / f"{name.replace('_', '-')}.md").write_text(text, encoding="utf-8")


def conditions() -> str:
    """What the figures depend on besides the code."""
    load = ", ".join(f"{figure:.1f}" for figure in os.getloadavg())
    return (
        f"torch {torch.__version__} with {torch.get_num_threads()} threads, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, load {load}, {datetime.now(UTC):%Y-%m-%d}"
    )
