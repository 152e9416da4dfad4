"""CPU time, wall time and peak memory of a block of code, as the operating system counts them."""

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
    """Timer that starts when it is created, for the cost of one stage of a run.

    Args:
        cpu_before: CPU seconds to add, of the same stage before it was interrupted.
        wall_before: wall-clock seconds to add.

    Example:
        >>> sorted(Meter().cost("fit"))
        ['cached', 'cpu_seconds', 'epochs', 'name', 'peak_mb', 'wall_seconds']
    """

    cpu_before: float = 0.0
    wall_before: float = 0.0
    _cpu: float = field(default_factory=time.process_time)
    _wall: float = field(default_factory=time.perf_counter)

    def seconds(self) -> dict[str, float]:
        """Elapsed time: `cpu_seconds` of all threads of the process, and `wall_seconds`."""
        return {
            "cpu_seconds": self.cpu_before + time.process_time() - self._cpu,
            "wall_seconds": self.wall_before + time.perf_counter() - self._wall,
        }

    def cost(self, name: str, epochs: int = 0) -> dict[str, Any]:
        """Time and memory of a stage so far, as plain values for a run record.

        Args:
            name: of the stage.
            epochs: number of epochs that it ran.

        Returns:
            name, epochs, cpu_seconds, wall_seconds, peak_mb (peak resident memory of the process) and
            cached (False).
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
    """Context manager that appends the cost of its block, as `Meter.cost` gives it, to a list.

    Args:
        costs: the list; nothing is appended if the block raises.
        name: of the stage.

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
    """Resident memory of this process now (RSS), in MB of 10^6 bytes."""
    return _proc_status("VmRSS")


def resident_peak_mb() -> float:
    """Peak resident memory of this process, in MB of 10^6 bytes."""
    return _proc_status("VmHWM")


def _proc_status(name: str) -> float:
    """A field of /proc/self/status in MB; on other systems than Linux, the peak for both fields."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
    kilobytes = next(line for line in lines if line.startswith(name + ":")).split()[1]
    return int(kilobytes) * 1024 / 1e6
