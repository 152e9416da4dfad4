"""Times of training steps, k-means and sampling on one GPU, beside the bytes they move and the device's bandwidth.

    sh benchmarks/gpu/run.sh --out FOLDER [--tiny] [--minutes 9] [--only NAME ...]

A graph of the size of ogbn-arxiv (169,343 nodes, 1.17 million edges, 128 features; a planted partition with
power-law degrees) and 4,096 graphs like molecules, all made of random numbers. Every item runs in a process of its
own, two runs to warm up, then ten at most, within 15 seconds; one that fails or takes two minutes costs its row
alone, and what does not fit into the minutes is left out and said. `gpu.json` and `gpu.md` are written anew after
every item.
"""

import argparse
import json
import multiprocessing
import platform
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import node_steps
import other_work
import torch
import torch_geometric
from inputs import TINY, Sizes
from timing import copy_rate, product_rate

Item = Callable[[torch.device, Sizes, bool], dict[str, Any]]

ITEMS: dict[str, tuple[Item, bool]] = {
    "SCGC*, sampled": (node_steps.scgc_star, True),
    "SCGC*, full": (node_steps.scgc_star, False),
    "DGI, sampled": (node_steps.dgi, True),
    "DGI, full": (node_steps.dgi, False),
    "GRACE, sampled": (node_steps.grace, True),
    "gCooL, sampled": (node_steps.gcool, True),
    "D-SLA, candidates": (other_work.dsla_candidates, False),
    "D-SLA, step": (other_work.dsla_step, False),
    "k-means, Lloyd": (other_work.lloyd_iterations, False),
    "k-means, Lloyd in blocks": (other_work.lloyd_iterations, True),
    "sampler": (other_work.sampler, False),
    "TwoView, fit": (other_work.two_view, False),
    "gCooL, full": (node_steps.gcool, False),
    "GRACE, full": (node_steps.grace, False),
}
"""What is measured, the longest last, and whether on samples."""

LIMIT = 120.0
"""Seconds of an item, its inputs included."""


def rates(device: torch.device, sizes: Sizes, _: bool) -> dict[str, Any]:
    """What the device does at best: a copy, a product in float32; and what it is."""
    name = (
        torch.cuda.get_device_name(device) if device.type == "cuda" else f"CPU, {torch.get_num_threads()} threads"
    )
    copied, product = copy_rate(device, sizes.copied), product_rate(device, sizes.square)
    return {"device": name, "bytes_per_second": copied, "flops_per_second": product}


def apart(item: Item, arguments: tuple[str, Sizes, bool], seconds: float) -> dict[str, Any]:
    """The result of an item in a forked process, or {"error": why there is none}."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=child_of, args=(theirs, item, arguments))
    child.start()
    theirs.close()
    try:
        result = ours.recv() if ours.poll(seconds) else {"error": f"took more than {seconds:.0f} s"}
    except EOFError:
        result = {"error": "the process died"}
    child.join(5)
    if child.is_alive():
        child.kill()
        child.join()
    return result


def child_of(pipe: Connection, item: Item, arguments: tuple[str, Sizes, bool]) -> None:
    """Run an item and send what came of it."""
    device, sizes, flag = arguments
    try:
        pipe.send(item(torch.device(device), sizes, flag))
    except Exception as error:  # noqa: BLE001  (a row says so, and the others go on)
        traceback.print_exc()
        pipe.send({"error": f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"})


def beside(row: dict[str, Any], device: dict[str, Any]) -> dict[str, Any]:
    """A row with the seconds of its bytes and of its operations at the measured rates, and the share reached."""
    if not row.get("bytes"):
        return row
    floors = row["bytes"] / device["bytes_per_second"], row["flops"] / device["flops_per_second"]
    return {**row, "bytes_seconds": floors[0], "flops_seconds": floors[1], "share": max(floors) / row["seconds"]}


def table(record: dict[str, Any]) -> str:
    """The record in Markdown."""
    device = record["device"]
    copied, product = device["bytes_per_second"] / 1e9, device["flops_per_second"] / 1e12
    lines = [
        "# gpu",
        "",
        record["conditions"],
        "",
        f"{device['device']}: a copy moves {copied:,.0f} GB/s, a product in float32 does {product:,.2f} TFLOP/s.",
        "Bytes and operations are reasoned from the sizes, see `benchmarks/gpu/moved.py`: lower bounds. The share",
        "is that of the slower of the two in the measured time.",
        "",
        "| item | rows or seeds | ms | GB moved | its ms | TFLOP | its ms | share | peak MB | note |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for row in record["items"]:
        if "error" in row:
            lines.append(f"| {row['item']} | - | - | - | - | - | - | - | - | {row['error']} |")
            continue
        work = ["-"] * 5
        if "share" in row:
            work = [
                f"{row['bytes'] / 1e9:,.3f}", f"{1e3 * row['bytes_seconds']:,.2f}", f"{row['flops'] / 1e12:,.3f}",
                f"{1e3 * row['flops_seconds']:,.2f}", f"{row['share']:.0%}",
            ]  # fmt: skip
        cells = [row["item"], f"{row['seeds']:,}", f"{1e3 * row['seconds']:,.2f}", *work, f"{row['peak_mb']:,.0f}"]
        lines.append("| " + " | ".join([*cells, row.get("note", "")]) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure one item after the other."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder of gpu.json and gpu.md")
    parser.add_argument("--tiny", action="store_true", help="tiny sizes on the CPU")
    parser.add_argument("--minutes", type=float, default=9.0, help="for all items together")
    parser.add_argument("--only", nargs="+", choices=list(ITEMS), help="some items; default: all")
    given = parser.parse_args()
    sizes, place = (TINY, "cpu") if given.tiny else (Sizes(), "cuda")
    end = time.monotonic() + 60 * given.minutes
    given.out.mkdir(parents=True, exist_ok=True)
    conditions = (
        f"torch {torch.__version__}, PyG {torch_geometric.__version__}, Python {platform.python_version()}, "
        f"{datetime.now(UTC):%Y-%m-%d}"
        + (", tiny sizes on the CPU: these are no measurements" if given.tiny else "")
    )
    device = apart(rates, (place, sizes, False), LIMIT)
    if "error" in device:
        raise SystemExit(f"no rates of the device: {device['error']}")
    record: dict[str, Any] = {"conditions": conditions, "device": device, "items": []}
    for name in given.only or ITEMS:
        item, flag = ITEMS[name]
        left = min(end - time.monotonic(), LIMIT)
        row = apart(item, (place, sizes, flag), left) if left > 5 else {"error": "left out: no time"}
        record["items"].append(beside({"item": name, **row}, device))
        (given.out / "gpu.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        (given.out / "gpu.md").write_text(table(record), encoding="utf-8")
        print(f"{name}: {row.get('error') or format(1e3 * row['seconds'], ',.2f') + ' ms'}", flush=True)


if __name__ == "__main__":
    main()
