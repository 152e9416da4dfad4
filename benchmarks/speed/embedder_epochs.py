"""Claim: an epoch of BGRL, CCA-SSG, GraphMAE, MVGRL on Amazon-Photo takes at most half the authors' CPU seconds.

    OMP_NUM_THREADS=1 GRAPHCL_DATA=... python benchmarks/speed/embedder_epochs.py [--epochs 2] [--pairs 3]

Ours is the estimator's own training, theirs the step of authors_embedders.py, with the settings that the recipe
names for Photo, or the default where it names none, on both sides. A side is a process of its own with one thread,
and the epochs after its first count. Pairs run in turn, and ratios are taken pair by pair. Memory is the largest
resident size of the process. PyG's GCN layers take a view as edges, as the authors have it, or as a CSR matrix:
one run of each decides for the faster, which is compared. An epoch of MVGRL is one step of either side: all 7,650
nodes here, four blocks of 2,000 there.

The roofline is the time that the dense products of our epoch take, by their shapes, at the rate of one large
product. Where half is missed it says how much of the epoch is left if nothing else took any time.
Two parts are compared the same way: one attention layer, forwards and backwards, and MVGRL's diffusion, theirs as
a series of powers to the same tolerance on 512 columns, scaled up to all.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from statistics import fmean, median
from typing import Any

import torch
from authors_embedders import STEPS, Layout
from dense_products import DenseProducts, rate
from embedder_parts import PARTS
from measure import Work, measure, report
from torch_geometric.data import Data

from graphcl.datasets import load
from graphcl.methods import get
from graphcl.ops.machine.meter import resident_peak_mb

RECIPES = {"bgrl": "amazon-photo", "cca-ssg": "amazon-photo", "graph-mae": "default", "mvgrl": "default"}
GCN = ("bgrl", "cca-ssg")
"""Whose layers PyG computes by a matrix too."""

LAYOUTS: tuple[Layout, ...] = ("edges", "csr")
PRODUCT = 4096
"""Rows and columns of the product that the rate is measured by."""


def photo() -> Data:
    """Amazon-Photo, 7,650 nodes."""
    return load("amazon-photo").graph


def estimator(method: str, epochs: int) -> Any:
    """Ours, without clusters."""
    return get(method).from_recipe(RECIPES[method], epochs=epochs, device="cpu")


def ours(method: str, epochs: int, counting: bool = False) -> Callable[[], dict[str, float]]:
    """CPU seconds of an epoch of the estimator's training, or the dense products of one."""
    torch.set_num_threads(1)
    graph, model = photo(), estimator(method, epochs + 1)

    def once() -> dict[str, float]:
        clock = DenseProducts() if counting else time.process_time
        marks: list[float] = []
        with clock if isinstance(clock, DenseProducts) else torch.enable_grad():
            model.fit(graph, callbacks=[lambda _: marks.append(clock())])
        return {"epoch": mean_difference(marks), "peak_mb": resident_peak_mb()}

    return once


def theirs(method: str, epochs: int, layout: Layout) -> Callable[[], dict[str, float]]:
    """CPU seconds of the authors' step."""
    torch.set_num_threads(1)
    step = STEPS[method](photo(), estimator(method, epochs + 1), layout)

    def once() -> dict[str, float]:
        marks = []
        for _ in range(epochs + 1):
            step().item()
            marks.append(time.process_time())
        return {"epoch": mean_difference(marks), "peak_mb": resident_peak_mb()}

    return once


def mean_difference(marks: list[float]) -> float:
    """Between one mark and the next: what comes before the first is no part of it."""
    return fmean(after - before for before, after in pairwise(marks))


def in_turn(pairs: int, mine: Callable[[], dict[str, Any]], other: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Medians of both sides, and the ratios pair by pair."""
    runs = [(mine(), other()) for _ in range(pairs)]
    ratios = [a["epoch"] / b["epoch"] for a, b in runs]
    row = {"pairs": pairs, "ratio": median(ratios), "least_ratio": min(ratios), "greatest_ratio": max(ratios)}
    for side, costs in zip(("ours", "theirs"), zip(*runs, strict=True), strict=True):
        row |= {f"{side}_cpu_seconds": median(cost["epoch"] for cost in costs)}
        row |= {f"{side}_peak_mb": max(cost["peak_mb"] for cost in costs)}
    return row


def value(work: Work, **settings: Any) -> dict[str, Any]:
    """What a piece of work returns, in a process of its own."""
    found: dict[str, Any] = measure(work, **settings)["value"]
    return found


def compared(method: str, epochs: int, pairs: int, speed: float) -> dict[str, Any]:
    """The row of a method; `speed` in FLOP a second."""
    tried = {way: value(theirs, method=method, epochs=1, layout=way)["epoch"] for way in LAYOUTS if method in GCN}
    fastest = min(tried, key=lambda way: tried[way], default=LAYOUTS[0])
    row = in_turn(
        pairs,
        lambda: value(ours, method=method, epochs=epochs),
        lambda: value(theirs, method=method, epochs=epochs, layout=fastest),
    )
    products = value(ours, method=method, epochs=1, counting=True)["epoch"]
    return {
        "what": f"{method}, an epoch", **row, "layout": fastest if tried else None,
        "on_edges_seconds": tried.get("edges"), "gflop": products / 1e9, "roofline_seconds": products / speed,
    }  # fmt: skip


def verdict(row: dict[str, Any]) -> str:
    """The ratio, and the roofline where it is above a half."""
    found = f"{row['ratio']:.2f} ({row['least_ratio']:.2f} to {row['greatest_ratio']:.2f})"
    if row.get("layout") == "csr":
        found += f"; {row['ours_cpu_seconds'] / row['on_edges_seconds']:.2f} of theirs on edges, one run"
    if row["ratio"] > 0.5 and "roofline_seconds" in row:
        floor = row["roofline_seconds"]
        found += (
            f"; missed: its dense products alone take {floor:.2f} s, {floor / row['ours_cpu_seconds']:.0%} of "
            f"the epoch and {floor / row['theirs_cpu_seconds']:.0%} of theirs"
        )
    return found


COLUMNS = {
    "what": "", "pairs": "", "layout": "", "ours_cpu_seconds": ".2f", "theirs_cpu_seconds": ".2f",
    "on_edges_seconds": ".2f", "ratio": ".2f", "least_ratio": ".2f", "greatest_ratio": ".2f",
    "ours_peak_mb": ",.0f", "theirs_peak_mb": ",.0f", "gflop": ".0f", "roofline_seconds": ".2f",
}  # fmt: skip


def main() -> None:
    """Measure methods and parts in pairs, and write the record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=2, help="that count, after one that does not")
    parser.add_argument("--pairs", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    speed = measure(rate, size=PRODUCT)["value"]
    rows = []
    for method in RECIPES:
        rows.append(compared(method, options.epochs, options.pairs, speed))
        print(rows[-1], flush=True)
    for what, (mine, other) in PARTS.items():
        rows.append({"what": what, **in_turn(options.pairs, partial(value, mine), partial(value, other))})
        print(rows[-1], flush=True)
    claims = {f"{row['what']}: CPU seconds, ours / theirs (at most 0.50)": verdict(row) for row in rows}
    claims["one product of float32, GFLOP per CPU second"] = f"{speed / 1e9:.0f}"
    report("embedder_epochs", claims, rows, COLUMNS)


if __name__ == "__main__":
    main()
