"""Claim: two processes of one thread train an epoch faster than one, where a step is long, on ogbn-arxiv's size.

SCGC* and DGI in samples on a planted partition: 169,343 nodes, 128 features, about 1.17 million edges. The batch
is that of all processes together, so both do the same steps. Each step exchanges gradients, and SCGC* its rows
too: where a step takes some 15 ms, as that of SCGC* on 1,024 seeds, this costs more than half of it. Seconds are
those on the clock, of the epochs after the first; the machine must be quiet. Memory is the peak of each process,
its imports included.

    python benchmarks/speed/ranks.py [--nodes 169343] [--epochs 4] [--batch-sizes 1024 4096]
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from measure import report

import graphcl
from graphcl.ops.machine.meter import resident_peak_mb
from graphcl.training import Report, process_group

DATA: dict[str, Any] = {"blocks": 40, "degree_in": 11.0, "degree_out": 2.8, "features": 128, "signal": 1.0}
METHODS: dict[str, dict[str, Any]] = {
    "scgc-star": {"n_clusters": 40, "pretrain_epochs": 1, "n_init": 1, "hidden_channels": [256], "positives": 5},
    "dgi": {"out_channels": 128, "fanouts": [10]},
}
TRAINED = {"scgc-star": "cluster", "dgi": "infomax"}
"""The stage whose epochs are timed."""


def main() -> None:
    """Train with one process and with two, and write the record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--nodes", type=int, default=169_343)
    parser.add_argument("--epochs", type=int, default=4, help="at least 2: the first is not timed")
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[1024, 4096])
    parser.add_argument("--worker", nargs=2, metavar=("METHOD", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        work(given.worker[0], Path(given.worker[1]), given.nodes, given.epochs, given.batch_sizes[0])
        return
    plan = [(method, size, processes) for method in METHODS for size in given.batch_sizes for processes in (1, 2)]
    sizes = ["--nodes", str(given.nodes), "--epochs", str(given.epochs), "--batch-sizes"]
    rows = [launch(method, processes, [*sizes, str(size)]) for method, size, processes in plan]
    claims = {}
    for one, two in zip(rows[::2], rows[1::2], strict=True):
        two["ratio"] = one["epoch_seconds"] / two["epoch_seconds"]
        name = f"{one['method']}, {one['batch_size']:,} seeds"
        claims[f"{name}: seconds an epoch, one process / two"] = f"{two['ratio']:.2f}"
        claims[f"{name}: final loss of one process and of two"] = f"{one['loss']:.4f}, {two['loss']:.4f}"
    columns = {
        "method": "", "processes": "", "nodes": ",", "batch_size": ",", "epoch_seconds": ".2f", "ratio": ".2f",
        "peak_mb": ",.0f", "loss": ".4f",
    }  # fmt: skip
    report("ranks", claims, rows, columns)


def launch(method: str, processes: int, sizes: Sequence[str]) -> dict[str, Any]:
    """What the processes of one training measured: the slowest's seconds, the largest's memory."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, __file__, *sizes, "--worker", method, folder]
        if processes > 1:
            command[1:1] = ["-m", "torch.distributed.run", "--nproc-per-node", str(processes)]
        subprocess.run(command, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
        found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(Path(folder).glob("*.json"))]
    if len(found) != processes:
        raise RuntimeError(f"{len(found)} of {processes} processes left a record")
    return {
        **found[0],
        "processes": processes,
        "epoch_seconds": max(one["epoch_seconds"] for one in found),
        "peak_mb": max(one["peak_mb"] for one in found),
    }


def work(method: str, folder: Path, nodes: int, epochs: int, batch_size: int) -> None:
    """One process: train with the others, if any, and write what was measured to a file."""
    torch.set_num_threads(1)
    ends: list[float] = []

    def note(told: Report) -> None:
        if told.stage == TRAINED[method]:
            ends.append(time.perf_counter())

    with process_group() as place:
        graph = graphcl.datasets.load("planted-partition", nodes=nodes, **DATA).graph
        settings = {**METHODS[method], "epochs": epochs, "batch_size": batch_size, "device": "cpu", "seed": 0}
        model = graphcl.METHODS[method](**settings).fit(graph, callbacks=[note])
        measured = {
            "method": method,
            "nodes": nodes,
            "edges": graph.edge_index.size(1) // 2,
            "batch_size": batch_size,
            "epochs": epochs,
            "epoch_seconds": (ends[-1] - ends[0]) / (len(ends) - 1),
            "peak_mb": resident_peak_mb(),
            "loss": model.history_[-1]["loss"],
        }
        (folder / f"{place.rank}.json").write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
