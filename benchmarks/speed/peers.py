"""Claim: a whole run on Cora at PyAGC's settings takes at most a third of the CPU seconds that PyAGC takes.

    GRAPHCL_DATA=... python benchmarks/speed/peers.py --peer FOLDER [--methods dgi cca-ssg] [--pairs 5]

FOLDER is where PyAGC 1.1.2 lies, or is installed with pip by `--install`; nothing of the environment changes.
Where it cannot be, the script says why and writes nothing; a method that is not in the registry here has a row
that says so. A side is a process of its own, from the import to the clusters, on one thread: pyagc_side.py, which
names what it takes of the authors' script, and graphcl_side.py. Each pair is one run of both, in turn, with a seed
of its own; ratios are taken pair by pair, so that a machine that others use does not decide them. CPU seconds are
user and system time of the process, memory its largest resident size. Scores are means over the seeds: they tell
whether the two train alike.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

import torch
from measure import report
from pyagc_side import CONFIGS

from graphcl.methods import METHODS

HERE = Path(__file__).parent
VERSION = "1.1.2"
PAIRS = {"ns4gc": "NS4GC", "dmon": "DMoN", "dgi": "DGI", "cca-ssg": "CCASSG", "dink-net": "DinkNet"}
"""Our name of a method, and the peer's."""
PACKAGES = (f"pyagc=={VERSION}", "pytorch-frame")
"""What it needs that is not among our own requirements."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Cost:
    """Of one process: user and system seconds, largest resident size in MB of 10^6 bytes, and its last line."""

    cpu_seconds: float
    peak_mb: float
    result: dict[str, Any]


def run(command: Sequence[str], path: Sequence[Path]) -> Cost:
    """Run a process to its end.

    Raises:
        RuntimeError: it failed; the message is the end of what it said.
    """
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(map(str, path))}
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = subprocess.Popen([sys.executable, *command], env=environment, stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        for stream in (out, err):
            stream.seek(0)
        if child.returncode:
            raise RuntimeError(err.read().strip().splitlines()[-1:] or [f"exit code {child.returncode}"])
        last = out.read().strip().splitlines()[-1]
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, json.loads(last))


def missing(peer: Path, *, install: bool) -> str | None:
    """Why the peer cannot be run; None if it can."""
    if install and not (peer / "pyagc").is_dir():
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            str(peer),
            *PACKAGES,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"PyAGC cannot be installed: {(done.stderr.strip().splitlines() or ['pip failed'])[-1]}"
    if not (peer / f"pyagc-{VERSION}.dist-info").is_dir():
        return f"there is no PyAGC {VERSION} in the folder of --peer; add --install"
    try:
        run(["-c", "import pyagc.models, pyagc.data; print('{}')"], [peer])
    except RuntimeError as error:
        return f"PyAGC cannot be imported: {error}"
    return None


def raw_data(root: Path) -> None:
    """Cora's files where PyG looks for them, so that the peer downloads nothing."""
    raw = Path(os.environ["GRAPHCL_DATA"]) / "planetoid" / "Cora" / "raw"
    if not (root / "cora" / "raw").is_dir():
        shutil.copytree(raw, root / "cora" / "raw")


def pair(name: str, peer: Path, root: Path, pairs: int, share: float) -> dict[str, Any]:
    """Both sides in turn, after one run of each that does not count: medians, and the ratios pair by pair."""
    config = CONFIGS[PAIRS[name]]
    epochs, refine = (max(round(number * share), number > 0) for number in (config.epochs, config.refine_epochs))
    ours = [str(HERE / "graphcl_side.py"), name]
    theirs = [str(HERE / "pyagc_side.py"), PAIRS[name], "--root", str(root)]
    short, whole = ([f"--epochs={a}", f"--refine-epochs={b}"] for a, b in ((1, 0), (epochs, refine)))
    counted: list[tuple[Cost, Cost]] = []
    for settings in (short, *([*whole, f"--seed={seed}"] for seed in range(pairs))):
        both = run([*ours, *settings], [HERE.parents[1]]), run([*theirs, *settings], [peer])
        counted += [both] if settings is not short else []
    seconds = [a.cpu_seconds / b.cpu_seconds for a, b in counted]
    row: dict[str, Any] = {
        "method": name,
        "epochs": f"{epochs} + {refine}" if refine else str(epochs),
        "pairs": pairs,
    }
    for side, costs in zip(("graphcl", "pyagc"), zip(*counted, strict=True), strict=True):
        row |= {f"{side}_cpu_seconds": median(cost.cpu_seconds for cost in costs)}
        row |= {f"{side}_peak_mb": median(cost.peak_mb for cost in costs)}
        for score in ("acc", "nmi"):
            values = [100 * cost.result[score] for cost in costs]
            row |= {f"{side}_{score}": fmean(values), f"{side}_{score}_std": stdev(values) if pairs > 1 else 0.0}
    return {**row, "ratio": median(seconds), "least_ratio": min(seconds), "greatest_ratio": max(seconds)}


def measured(names: Sequence[str], peer: Path, root: Path, pairs: int, share: float) -> list[dict[str, Any]]:
    """A row for each method; one that cannot be compared says why."""
    rows: list[dict[str, Any]] = []
    for name in names:
        if name not in METHODS:
            rows.append({"method": name, "note": "not here: no such method in the registry"})
            continue
        try:
            rows.append({**pair(name, peer, root, pairs, share), "note": ""})
        except RuntimeError as error:
            rows.append({"method": name, "note": f"a side failed: {error}"})
        print(rows[-1], flush=True)
    return rows


COLUMNS = {
    "method": "", "epochs": "", "pairs": "", "graphcl_cpu_seconds": ".1f", "pyagc_cpu_seconds": ".1f",
    "ratio": ".2f", "least_ratio": ".2f", "greatest_ratio": ".2f",
    "graphcl_peak_mb": ".0f", "pyagc_peak_mb": ".0f",
    "graphcl_acc": ".1f", "graphcl_acc_std": ".1f", "pyagc_acc": ".1f", "pyagc_acc_std": ".1f",
    "graphcl_nmi": ".1f", "graphcl_nmi_std": ".1f", "pyagc_nmi": ".1f", "pyagc_nmi_std": ".1f", "note": "",
}  # fmt: skip


def main() -> None:
    """Measure every method and write the record; or say why not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--peer", type=Path, required=True, help=f"a folder with PyAGC {VERSION}, none of ours")
    parser.add_argument("--install", action="store_true", help="put it there with pip")
    parser.add_argument("--methods", nargs="+", choices=PAIRS, default=list(PAIRS))
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--share", type=float, default=1.0, help="of the epochs, on both sides")
    options = parser.parse_args()
    if reason := missing(options.peer, install=options.install):
        print(f"skipped: {reason}")
        return
    with tempfile.TemporaryDirectory() as root:
        raw_data(Path(root))
        rows = measured(options.methods, options.peer, Path(root), options.pairs, options.share)
    claims = {
        f"{row['method']}: CPU seconds, graphcl / PyAGC {VERSION} (at most 0.33)": (
            f"{row['ratio']:.2f}" if "ratio" in row else row["note"]
        )
        for row in rows
    }
    torch.set_num_threads(1)  # as in either side, for the conditions that the record names
    report("peers", claims, rows, COLUMNS)


if __name__ == "__main__":
    main()
