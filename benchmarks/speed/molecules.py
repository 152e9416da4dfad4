"""Prepare a dataset of molecules, open it again, gather random batches: what each costs.

    nice -n 10 python benchmarks/speed/molecules.py zinc-moses --out FOLDER

What is prepared is kept in the folder named by --out; without one, in a folder that is removed afterwards. The
name may be the path of a file of SMILES. Memory is the largest resident size of the process, and of the largest of
its children; CPU seconds are those of all processes together.
"""

import argparse
import os
import resource
import tempfile
import time
from itertools import chain, count, islice
from pathlib import Path

BATCHES, SIZE = 10_000, 256


def cpu_seconds() -> float:
    """What this process and its children that have ended have used so far."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def peak_mb(who: int) -> float:
    """The largest resident size so far."""
    return resource.getrusage(who).ru_maxrss / 1e3


def main(name: str, cache: Path) -> None:
    """Print what preparing, opening and gathering cost."""
    import torch
    from joblib.externals.loky import get_reusable_executor

    from graphcl.datasets import load
    from graphcl.training import GraphBatches

    imported = peak_mb(resource.RUSAGE_SELF)
    for which in ("first", "second"):
        start, cpu = time.perf_counter(), cpu_seconds()
        dataset = load(name, split="none")
        wall = time.perf_counter() - start
        get_reusable_executor().shutdown()
        cpu = cpu_seconds() - cpu
        rate = (len(dataset.graphs) + sum(dataset.skipped.values())) / cpu
        print(f"{which} load: {wall:.2f} s wall, {cpu:.2f} s CPU, {rate:,.0f} molecules per CPU second")
        own, child = peak_mb(resource.RUSAGE_SELF), peak_mb(resource.RUSAGE_CHILDREN)
        print(
            f"peak memory: {own:.0f} MB here ({imported:.0f} after imports), {child:.0f} MB in the largest child"
        )
    size = sum(value.numel() * value.element_size() for value in dataset.graphs.to_dict().values())
    disk = sum(path.stat().st_size for path in (cache / "graphcl").rglob("*") if path.is_file())
    print(f"{dataset}, skipped {dict(dataset.skipped)}")
    print(f"{size / 1e6:.0f} MB of graphs, {disk / 1e6:.0f} MB in the cache")
    batches, generator = GraphBatches(dataset.graphs), torch.Generator().manual_seed(0)
    start, cpu, molecules = time.perf_counter(), cpu_seconds(), 0
    for batch in islice(chain.from_iterable(batches.epoch(SIZE, generator) for _ in count()), BATCHES):
        molecules += batch.seeds
    wall, cpu = time.perf_counter() - start, cpu_seconds() - cpu
    print(
        f"gather {BATCHES:,} batches: {molecules / wall:,.0f} molecules/s, {molecules / cpu:,.0f} per CPU second"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name", help="a dataset of molecules, or a file of SMILES")
    parser.add_argument("--out", type=Path, help="folder of the cache; default: one that is removed afterwards")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.out or Path(scratch)
        os.environ["XDG_CACHE_HOME"] = str(folder)
        main(arguments.name, folder)
