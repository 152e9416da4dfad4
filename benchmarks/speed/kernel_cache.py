"""Question: what memory and what time does it take to keep few of oneDNN's kernels, as `graphcl/__init__.py` asks?

D-SLA's training on molecules, whose batches all differ in size: oneDNN makes a kernel for each size, and keeps the
last 1,024 unless told otherwise. SCGC*'s on Cora, whose 40 sizes are the same in each step: it is to lose nothing.
In bfloat16, which takes all products to oneDNN. Needs GRAPHCL_DATA and RDKit.

    python benchmarks/speed/kernel_cache.py [--molecules 8000] [--epochs 3]
"""

import argparse
import os
from collections.abc import Callable
from itertools import product

from measure import measure, report

from graphcl import DSLA, SCGCStar
from graphcl.datasets import load, load_graph

KEPT = (1024, 64, 32)
"""Kernels, the first oneDNN's own number."""


def training(name: str, molecules: int, epochs: int, **_: int) -> Callable[[], float]:
    """A training in bfloat16; returns its last loss."""
    if name == "dsla":
        graphs = load("zinc-moses", first=molecules).graphs
        return lambda: DSLA(epochs=epochs, precision="bf16", device="cpu").fit(graphs).history_[-1]["loss"]
    graph = load_graph("cora").graph
    model = SCGCStar(n_clusters=7, pretrain_epochs=10 * epochs, epochs=10 * epochs, precision="bf16", device="cpu")
    return lambda: model.fit(graph).history_[-1]["loss"]


def main() -> None:
    """Measure both trainings with each number of kernels and write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--molecules", type=int, default=8000)
    parser.add_argument("--epochs", type=int, default=3)
    sizes = vars(parser.parse_args())
    rows = []
    for name, kept in product(("dsla", "scgc-star"), KEPT):
        os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] = str(kept)
        row = measure(training, name=name, kept=kept, **sizes)
        rows.append({**row, "loss": row["value"]})
    every = {row["name"]: row for row in rows if row["kept"] == KEPT[0]}
    claims = {
        f"{row['name']}, {row['kept']} kernels": (
            f"{row['growth_mb'] / every[row['name']]['growth_mb']:.2f} of the memory and "
            f"{row['cpu_seconds'] / every[row['name']]['cpu_seconds']:.2f} of the CPU seconds of {KEPT[0]}"
        )
        for row in rows
        if row["kept"] != KEPT[0]
    }
    columns = {"name": "", "kept": "", "cpu_seconds": ".0f", "growth_mb": ".0f", "loss": ".6f"}
    report("kernel_cache", claims, rows, columns)


if __name__ == "__main__":
    main()
