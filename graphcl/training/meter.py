"""Seconds and memory of a stretch of work, by the operating system's accounting."""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def measured(costs: list[dict[str, Any]], name: str, epochs: int = 0) -> Iterator[None]:
    """Append what the block cost to a list, as plain values that fit into a record.

    Args:
        costs: receives one dict: name, epochs, cpu_seconds (all threads together), wall_seconds, peak_mb (the
            most memory that the process held until then) and cached (False).
        name: of the stage.
        epochs: of the stage, if it has any.

    Example:
        >>> costs = []
        >>> with measured(costs, "fit"):
        ...     total = sum(range(1000))
        >>> costs[0]["name"], costs[0]["wall_seconds"] < 1
        ('fit', True)
    """
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    seconds = {"cpu_seconds": time.process_time() - cpu, "wall_seconds": time.perf_counter() - wall}
    costs.append({"name": name, "epochs": epochs, **seconds, "peak_mb": resident_peak_mb(), "cached": False})


def resident_mb() -> float:
    """Memory of this process that is resident now, in MB of 10^6 bytes."""
    return _proc_status("VmRSS")


def resident_peak_mb() -> float:
    """The most memory that was ever resident in this process, in MB of 10^6 bytes."""
    return _proc_status("VmHWM")


def _proc_status(name: str) -> float:
    """A size from the kernel; elsewhere than on Linux the peak stands in for both."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
    kilobytes = next(line for line in lines if line.startswith(name + ":")).split()[1]
    return int(kilobytes) * 1024 / 1e6
