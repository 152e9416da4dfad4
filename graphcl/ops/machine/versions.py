"""Versions of Python and of the packages that numbers depend on, and the processor."""

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

PACKAGES = ("graphcl", "torch", "torch-geometric", "scikit-learn", "scipy", "numpy")
OPTIONAL = ("igraph", "leidenalg", "rdkit")


@cache
def versions() -> dict[str, str]:
    """Versions of Python and of the packages whose numbers a run depends on, and the processor that they run on.

    Of optional packages, those that are there.

    They are looked up once in a process, and those that are forked from it take them over, as they take its code.

    Example:
        >>> {"graphcl", "python", "torch", "processor"} <= set(versions())
        True
    """
    found = {name: _version(name) for name in (*PACKAGES, *OPTIONAL)}
    there = {name: number for name, number in found.items() if name in PACKAGES or number != "unknown"}
    return {"python": platform.python_version(), **there, "processor": processor()}


def processor() -> str:
    """The model of the CPU and the vector instructions that torch uses on it.

    Libraries of linear algebra choose their code by it: the same run may differ in the last bits of a product on
    another processor, and after hundreds of training steps in the digits that a table prints.

    Example:
        >>> processor().split(", ")[-1] == torch.backends.cpu.get_cpu_capability()
        True
    """
    model = platform.processor() or platform.machine()
    described = Path("/proc/cpuinfo")  # Linux; platform.processor() is empty there
    if described.is_file():
        lines = described.read_text(encoding="utf-8", errors="replace").splitlines()
        named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        model = next(named, model)
    return f"{model}, {torch.backends.cpu.get_cpu_capability()}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # run from a folder, not installed
        return "unknown"
