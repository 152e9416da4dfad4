"""Pre-train on molecules of MOSES, as many steps each: DSLA exact and as published, AttrMasking, GraphCL.

    GRAPHCL_DATA=... python benchmarks/molecules/pretrain.py --folder /where/weights/go

Each run is one `graphcl train`. Its history is written beside this file, as RUN-MOLECULESxEPOCHS.csv; its weights
into the folder, which is no part of the repository. A run that has both is not run again, and one that was
interrupted goes on: give the same command again.
"""

import argparse
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import graphcl

RUNS = {
    "dsla-exact": ["dsla", "--set", "mode=exact"],
    "dsla-reference": ["dsla", "--set", "mode=reference"],
    "attr-masking": ["attr-masking"],
    "graph-cl": ["graph-cl"],
}


def main() -> None:
    """Run what is missing, and print what each run cost and came to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="of the weights, outside the repository")
    parser.add_argument("--histories", type=Path, default=Path(__file__).parent, help="folder of the histories")
    parser.add_argument("--molecules", type=int, default=50_000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="bf16")
    options = parser.parse_args()
    for run in RUNS:
        model, history = files(run, options)
        if not (model.exists() and history.exists()):
            train(command(run, options))
        print(summary(run, model), flush=True)


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


def summary(run: str, model: Path) -> str:
    """A line on a run that is over: its last epoch, and its CPU seconds."""
    estimator: Any = graphcl.load(model)
    seconds = sum(stage["cpu_seconds"] for stage in estimator.stages_)
    numbers = {name: value for name, value in estimator.history_[-1].items() if name not in ("stage", "epoch")}
    last = ", ".join(f"{name} {value:.4f}" for name, value in numbers.items())
    return f"{run}: {len(estimator.history_)} epochs, {seconds:.0f} CPU s; {last}"


if __name__ == "__main__":
    main()
