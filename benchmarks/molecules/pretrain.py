"""Pre-train on molecules of MOSES, as many steps each: both DSLAs, AttrMasking, GraphCL, SimGRACE.

    GRAPHCL_DATA=... python benchmarks/molecules/pretrain.py --folder /where/weights/go

Each run is one `graphcl train`. Its history is written beside this file, as RUN-MOLECULESxEPOCHS.csv; its weights
into the folder, which is no part of the repository. A run that has both is not run again, and one that was
interrupted goes on: give the same command again. What all of them cost and came to is written among the tables.
"""

import argparse
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

import graphcl

RUNS = {
    "dsla-exact": ["dsla", "--set", "mode=exact"],
    "dsla-reference": ["dsla", "--set", "mode=reference"],
    "attr-masking": ["attr-masking"],
    "graph-cl": ["graph-cl"],
    "simgrace": ["simgrace"],
}


def main() -> None:
    """Run what is missing, and print and write what each run cost and came to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="of the weights, outside the repository")
    parser.add_argument("--histories", type=Path, default=Path(__file__).parent, help="folder of the histories")
    parser.add_argument("--table", type=Path, default=Path(__file__).parents[1] / "tables" / "pretraining.md")
    parser.add_argument("--molecules", type=int, default=50_000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="bf16")
    options = parser.parse_args()
    lines = [
        f"{options.molecules:,} molecules of MOSES, {options.epochs} epochs, {options.precision}, one seed.",
        "",
        "| run | CPU s | molecules per CPU s | last epoch, beside the first |",
        "|---|---|---|---|",
    ]
    for run in RUNS:
        model, history = files(run, options)
        if not (model.exists() and history.exists()):
            train(command(run, options))
        lines.append(row(run, model, options.molecules))
        print(lines[-1], flush=True)
    options.table.write_text("\n".join([*lines, "", conditions(), ""]), encoding="utf-8")


def files(run: str, options: argparse.Namespace) -> tuple[Path, Path]:
    """Where the weights and the history of a run are."""
    name = f"{run}-{options.molecules}x{options.epochs}"
    return options.folder / f"{name}.pt", options.histories / f"{name}.csv"


def command(run: str, options: argparse.Namespace) -> list[str]:
    """What starts a run, or goes on with it where its state is there."""
    model, history = files(run, options)
    method, *settings = RUNS[run]
    settings += ["--set", f"epochs={options.epochs}", "--set", f"precision={options.precision}"]
    outputs = ["--out", str(model), "--history", str(history)]
    state = model.with_name(model.name + ".checkpoint")
    resume = ["--resume"] if state.exists() else []
    return ["train", method, "zinc-moses", "--data", f"first={options.molecules}", *settings, *outputs, *resume]


def train(arguments: list[str]) -> None:
    """Run graphcl; Ctrl-C is left to it, so that it can write its state."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    process = subprocess.run([sys.executable, "-m", "graphcl", *arguments], check=False)
    signal.signal(signal.SIGINT, before)
    if process.returncode:
        sys.exit(f"graphcl ended with status {process.returncode}; give the same command again to go on")


def row(run: str, model: Path, molecules: int) -> str:
    """A line of the table on a run that is over."""
    estimator: Any = graphcl.load(model)
    seconds = next(stage["cpu_seconds"] for stage in estimator.stages_ if stage["name"] == "pretrain")
    first, last = estimator.history_[0], estimator.history_[-1]
    named = [name for name in last if name not in ("stage", "epoch")]
    numbers = ", ".join(f"{name} {last[name]:.3f} ({first[name]:.3f})" for name in named)
    speed = molecules * len(estimator.history_) / seconds
    return f"| {run} | {seconds:,.0f} | {speed:,.0f} | {numbers} |"


def conditions() -> str:
    """What the seconds depend on besides the code."""
    return f"torch {torch.__version__}, {os.cpu_count()} cores, other runs on them, {datetime.now(UTC):%Y-%m-%d}"


if __name__ == "__main__":
    main()
