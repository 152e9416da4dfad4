"""Seconds, memory, bandwidth and arithmetic of a device."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch

from graphcl.ops.machine.meter import resident_peak_mb

WARM_UP = 2
"""Runs before the clock starts: kernels are compiled, memory is taken."""


def wait(device: torch.device) -> None:
    """Until the device has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


class Clock:
    """Times of repeated pieces of work: call it after each; it raises `Enough` when there are enough.

    Args:
        device: that works.
        most: pieces to time after the warm-up.
        cap: seconds for all of them.
    """

    class Enough(Exception):  # noqa: N818  (no error)
        """There are enough times."""

    def __init__(self, device: torch.device, *, most: int, cap: float) -> None:
        self.device, self.most, self.cap = device, most, cap
        self.times: list[float] = []
        self.warmed = 0
        wait(device)
        self.last = self.began = time.perf_counter()

    def __call__(self) -> None:
        """One piece of work is over."""
        wait(self.device)
        now = time.perf_counter()
        if self.warmed < WARM_UP and now - self.began < self.cap / 2:
            self.warmed += 1
            if self.device.type == "cuda":
                torch.cuda.reset_peak_memory_stats(self.device)
        else:
            self.times.append(now - self.last)
        if self.times and (len(self.times) >= self.most or now - self.began > self.cap):
            raise Clock.Enough
        wait(self.device)
        self.last = time.perf_counter()

    def result(self) -> dict[str, Any]:
        """Median seconds, how many pieces were timed, and the peak of memory in MB."""
        return {
            "seconds": statistics.median(self.times),
            "timed": len(self.times),
            "peak_mb": peak_mb(self.device),
        }


def timed(work: Callable[[], Any], device: torch.device, *, most: int, cap: float) -> dict[str, Any]:
    """Repeat a piece of work: see `Clock`."""
    clock = Clock(device, most=most, cap=cap)
    try:
        while True:
            work()
            clock()
    except Clock.Enough:
        return clock.result()


def peak_mb(device: torch.device) -> float:
    """Peak memory since the warm-up: allocated on a GPU, else resident since the process began."""
    return torch.cuda.max_memory_allocated(device) / 1e6 if device.type == "cuda" else resident_peak_mb()


def copy_rate(device: torch.device, entries: int) -> float:
    """Bytes per second, read and written, of a copy of so many float32 numbers."""
    source = torch.ones(entries, device=device)
    target = torch.empty_like(source)
    return 8 * entries / timed(lambda: target.copy_(source), device, most=10, cap=5)["seconds"]


def product_rate(device: torch.device, size: int) -> float:
    """Floating-point operations per second of a square product in float32, as torch computes it by default."""
    a = torch.randn(size, size, device=device)
    return 2 * size**3 / timed(lambda: a @ a, device, most=10, cap=5)["seconds"]
