"""Seconds and memory of a stretch of work, by the operating system's accounting."""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Meter:
    """Counts seconds from its making on, on top of those that an interrupted predecessor counted.

    Args:
        cpu_before: CPU seconds of the predecessor.
        wall_before: its seconds on the clock.
    """

    cpu_before: float = 0.0
    wall_before: float = 0.0
    _cpu: float = field(default_factory=time.process_time)
    _wall: float = field(default_factory=time.perf_counter)

    def seconds(self) -> dict[str, float]:
        """cpu_seconds, of all the process's threads together, and wall_seconds."""
        return {
            "cpu_seconds": self.cpu_before + time.process_time() - self._cpu,
            "wall_seconds": self.wall_before + time.perf_counter() - self._wall,
        }

    def cost(self, name: str, epochs: int = 0) -> dict[str, Any]:
        """What a stage cost so far, as plain values that fit into a record.

        Returns:
            name, epochs, cpu_seconds, wall_seconds, peak_mb (the most memory that the process held until now)
            and cached (False).
        """
        return {
            "name": name,
            "epochs": epochs,
            **self.seconds(),
            "peak_mb": resident_peak_mb(),
            "cached": False,
        }


@contextmanager
def measured(costs: list[dict[str, Any]], name: str) -> Iterator[None]:
    """Append what the block cost to a list, in the form of `Meter.cost`.

    Example:
        >>> costs = []
        >>> with measured(costs, "fit"):
        ...     total = sum(range(1000))
        >>> costs[0]["name"], costs[0]["wall_seconds"] < 1
        ('fit', True)
    """
    meter = Meter()
    yield
    costs.append(meter.cost(name))


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
