"""Sampled training on a graph of ogbn-papers100M's shape at a twentieth, its edges and features mapped from files.

    python benchmarks/speed/papers_shape.py FOLDER [--nodes 5500000] [--edges 80000000] [--steps 200]

The graph is made in FOLDER unless it is there: 172 planted blocks, power-law degrees, every edge in both
directions (2.6 GB), 128 features in float16 (1.4 GB). Each method runs in a process of its own: checks of the
whole graph, then so many steps of training. Counted are the seconds of each, and the growth of anonymous memory
from before the graph is opened to its peak (RssAnon: what is mapped from files is not in it, as it can be dropped
at any time).
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from measure import report

BLOCKS, FEATURES, ROWS = 172, 128, 2**16
METHODS: dict[str, dict[str, Any]] = {
    "grace": {"batch_size": 1024, "fanouts": (10, 10), "epochs": 1},
    "scgc-star": {"n_clusters": BLOCKS, "batch_size": 4096, "pretrain_epochs": 1, "epochs": 1, "n_init": 1},
}


def make(folder: Path, nodes: int, edges: int) -> None:
    """Write edges.npy, (2, e), sorted and both ways, and x.npy; of a pair that is drawn twice one edge stays."""
    from graphcl.datasets.sources.power_law_edges import power_law_edges

    rng = np.random.default_rng(0)
    sizes = np.full(BLOCKS, nodes // BLOCKS)
    sizes[: nodes % BLOCKS] += 1
    place = rng.permutation(nodes)
    degree = 2 * edges / nodes
    keys = []
    for _ in range(8):  # an eighth at a time: what is drawn takes six numbers an edge
        for pairs in power_law_edges(rng, sizes, 0.75 * degree / 8, 0.25 * degree / 8, 2.5):
            row, column = place[pairs[:, pairs[0] != pairs[1]]]
            keys += [row * nodes + column, column * nodes + row]
    key = np.concatenate(keys)
    del keys
    key.sort()
    key = key[np.diff(key, prepend=-1) > 0]
    file = np.lib.format.open_memmap(folder / "edges.npy", mode="w+", dtype=np.int64, shape=(2, len(key)))
    for start in range(0, len(key), 2**24):
        part = slice(start, start + 2**24)
        file[0, part], file[1, part] = np.divmod(key[part], nodes)
    y = np.empty(nodes, dtype=np.int64)
    y[place] = np.repeat(np.arange(BLOCKS), sizes)
    means = rng.standard_normal((BLOCKS, FEATURES)).astype(np.float32) / 2
    x = np.lib.format.open_memmap(folder / "x.npy", mode="w+", dtype=np.float16, shape=(nodes, FEATURES))
    for start in range(0, nodes, ROWS):
        own = y[start : start + ROWS]
        x[start : start + ROWS] = means[own] + rng.standard_normal((len(own), FEATURES), dtype=np.float32)


def anonymous_mb() -> float:
    """RssAnon of this process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon")).split()[1]) * 1024 / 1e6


@contextmanager
def peak_of_anonymous_memory() -> Iterator[list[float]]:
    """The highest value seen, looked at every 20 ms, in a list of one."""
    peak, over = [anonymous_mb()], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            peak[0] = max(peak[0], anonymous_mb())

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield peak
    over.set()
    thread.join()


def measure(method: str, folder: Path, steps: int) -> list[dict[str, Any]]:
    """Open the graph, check it as `fit` does, and train for some steps of each stage."""
    import torch
    from torch_geometric.data import Data

    from graphcl.datasets import MappedFeatures
    from graphcl.methods import get
    from graphcl.training import NodeBatches, Runtime, Stage, train

    class FirstSteps(NodeBatches):
        """The first steps of every epoch."""

        def steps(self, stage: Stage) -> int:
            return min(steps, super().steps(stage))

        def epoch(self, stage: Stage, *rest: Any) -> Iterator[Data]:
            return islice(super().epoch(stage, *rest), self.steps(stage))

    before, began = anonymous_mb(), time.perf_counter()
    with peak_of_anonymous_memory() as peak:
        edge_index = torch.from_numpy(np.load(folder / "edges.npy", mmap_mode="c"))
        data = Data(x=MappedFeatures(folder / "x.npy"), edge_index=edge_index, num_nodes=None)
        estimator = get(method)(**METHODS[method])
        runtime = Runtime.launch("cpu")
        # What `fit` does, taken apart: an epoch of it would take hours.
        [graph], stages = estimator._checked(data), estimator._stages()  # noqa: SLF001
        module = estimator._new_module(graph).train()  # noqa: SLF001
        batches = FirstSteps(module.prepare(graph), hops=estimator._hops())  # noqa: SLF001
        batches.sample(torch.arange(8), METHODS[method].get("fanouts", ()))  # sorts edges and counts degrees
        ready = time.perf_counter() - began
        training = train(module, batches, stages, runtime)
    rows = []
    for stage, cost in zip(stages, training.stages, strict=True):
        seeds = min(steps * (stage.batch_size or 0), graph.x.size(0))
        rows.append(
            {
                "method": method,
                "stage": stage.name,
                "nodes": graph.x.size(0),
                "edges": edge_index.size(1) // 2,
                "ready_seconds": ready,
                "batch_size": stage.batch_size,
                "seconds_per_million_seeds": 1e6 * cost["wall_seconds"] / seeds,
                "cpu_seconds_per_million_seeds": 1e6 * cost["cpu_seconds"] / seeds,
                "anonymous_growth_mb": peak[0] - before,
            }
        )
    return rows


def main() -> None:
    """Make what is missing, measure each method, and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--nodes", type=int, default=5_500_000)
    parser.add_argument("--edges", type=int, default=80_000_000)
    parser.add_argument("--steps", type=int, default=200, help="of each stage")
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=list(METHODS))
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one, given.folder, given.steps)))
        return
    if not (given.folder / "x.npy").exists():
        given.folder.mkdir(parents=True, exist_ok=True)
        make(given.folder, given.nodes, given.edges)
    rows: list[dict[str, Any]] = []
    for method in given.methods:
        command = [sys.executable, __file__, str(given.folder), "--steps", str(given.steps), "--one", method]
        done = subprocess.run(command, env=dict(os.environ), check=True, capture_output=True, text=True)
        rows += json.loads(done.stdout)
        print(f"{method}: {done.stdout.strip()}", file=sys.stderr, flush=True)
    write(rows)


def write(rows: list[dict[str, Any]]) -> None:
    """Report what was measured."""
    largest = max(row["anonymous_growth_mb"] for row in rows)
    claims = {"growth of anonymous memory, GB (at most 3)": f"{largest / 1000:.2f}"}
    columns = {"method": "s", "stage": "s", "nodes": ",.0f", "edges": ",.0f", "batch_size": ",.0f"}
    numbers = (
        "ready_seconds",
        "seconds_per_million_seeds",
        "cpu_seconds_per_million_seeds",
        "anonymous_growth_mb",
    )
    report("papers_shape", claims, rows, {**columns, **dict.fromkeys(numbers, ",.0f")})


if __name__ == "__main__":
    main()
