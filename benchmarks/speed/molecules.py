"""Prepare a dataset of molecules, open it again, gather random batches: what each costs.

    nice -n 19 python benchmarks/speed/molecules.py zinc-moses

The dataset is prepared in a cache of its own, which is removed afterwards. Memory is the largest resident size of
the process, and of the largest of its children.
"""

import os
import resource
import sys
import tempfile
import time
from itertools import chain, count, islice

BATCHES, SIZE = 10_000, 256


def megabytes(who: int) -> float:
    """The largest resident size so far."""
    return resource.getrusage(who).ru_maxrss / 1e3


def main(name: str) -> None:
    """Print what preparing, opening and gathering cost."""
    import torch
    from joblib.externals.loky import get_reusable_executor

    from graphcl.datasets import load
    from graphcl.training import GraphBatches

    imported = megabytes(resource.RUSAGE_SELF)
    for doing in ("prepare", "open"):
        start, cpu = time.perf_counter(), time.process_time()
        dataset = load(name, split="none")
        print(f"{doing}: {time.perf_counter() - start:.2f} s wall, {time.process_time() - cpu:.2f} s CPU here")
    get_reusable_executor().shutdown()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"children: {children.ru_utime + children.ru_stime:.0f} s CPU")
    own, child = megabytes(resource.RUSAGE_SELF), megabytes(resource.RUSAGE_CHILDREN)
    print(f"peak memory: {own:.0f} MB here ({imported:.0f} after imports), {child:.0f} MB in the largest child")
    size = sum(value.numel() * value.element_size() for value in dataset.graphs.to_dict().values())
    print(f"{dataset}: {size / 1e6:.0f} MB of arrays, skipped {dict(dataset.skipped)}")
    batches, generator = GraphBatches(dataset.graphs), torch.Generator().manual_seed(0)
    start, cpu, molecules = time.perf_counter(), time.process_time(), 0
    for batch in islice(chain.from_iterable(batches.epoch(SIZE, generator) for _ in count()), BATCHES):
        molecules += batch.seeds
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(f"gather {BATCHES} batches: {molecules / wall:,.0f} molecules/s, {molecules / cpu:,.0f} per CPU second")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        main(sys.argv[1])
