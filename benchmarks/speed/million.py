"""Claim: SCGC* with all negatives clusters a graph of a million nodes in less than 6 GB, and survives a kill.

A planted partition of 10 blocks, 10 neighbours a node, 128 features; the default recipe with 5 pre-training and 20
clustering epochs. `graphcl train` is killed with SIGKILL in the middle of the clustering and
resumed. Seconds and memory are those of both processes, the making of the graph included.

    python benchmarks/speed/million.py [--nodes 1000000] [--precision bf16] [--folder FOLDER]

Layers in bfloat16 are for CPUs that have it; on others they take a hundred times as long.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from measure import report

import graphcl
from graphcl.evaluation import agreement, clustering_scores
from graphcl.training import Checkpoint

DATA: dict[str, Any] = {"blocks": 10, "degree_in": 8.0, "degree_out": 2.0, "features": 128, "signal": 1.0}
SETTINGS: dict[str, Any] = {"pretrain_epochs": 5, "epochs": 20, "n_init": 4}
KILL_AFTER = 8
"""Epochs of clustering, of 20."""


def main() -> None:
    """Train, kill, resume, score, and write the record."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--folder", type=Path, help="keep the model here; default: a temporary folder")
    given = parser.parse_args()
    with TemporaryDirectory() as temporary:
        model = (given.folder or Path(temporary)) / "million.pt"
        settings = {**SETTINGS, "precision": given.precision}
        parts = [train(model, given.nodes, settings), train(model, given.nodes, settings, "--resume")]
        trained = graphcl.load(model)
    graph = graphcl.datasets.load("planted-partition", nodes=given.nodes, **DATA).graph
    labels = trained.predict(graph)
    scores = {
        **clustering_scores(graph.y, labels),
        "J": agreement(graph, labels, n_clusters=10)["J"],
        "losses": [round(row["loss"], 5) for row in trained.history_],
        "stages": trained.stages_,
    }
    epochs = next(stage for stage in trained.stages_ if stage["name"] == "cluster")
    claims = {
        "peak memory of the process, GB (at most 6)": f"{max(part['peak_mb'] for part in parts) / 1000:.1f}",
        "CPU seconds of an epoch of clustering": f"{epochs['cpu_seconds'] / SETTINGS['epochs']:.0f}",
        "ACC and NMI, %": f"{100 * scores['acc']:.1f}, {100 * scores['nmi']:.1f}",
        "how the sums were computed": f"{epochs['summation']}, positives {epochs['positives']}",
    }
    columns = {
        "run": "",
        "nodes": ",",
        "precision": "",
        "cpu_seconds": ".0f",
        "wall_seconds": ".0f",
        "peak_mb": ",.0f",
    }
    report("million", claims, [*parts, {"run": "scores", **scores}], columns)


def train(model: Path, nodes: int, settings: dict[str, Any], *options: str) -> dict[str, Any]:
    """Seconds and memory of one `graphcl train`, which is killed on the way unless it has to resume."""
    command = [sys.executable, "-m", "graphcl", "train", "scgc-star", "planted-partition", *options]
    command += ["--out", str(model), "--every", "5"]
    for option, values in (("--data", {"nodes": nodes, **DATA}), ("--set", {"n_clusters": 10, **settings})):
        for key, value in values.items():
            command += [option, f"{key}={value}"]
    began = time.perf_counter()
    child = subprocess.Popen(command)
    if not options:
        wait_for(Checkpoint(model.with_name(model.name + ".checkpoint")), child)
        child.kill()
    _, status, usage = os.wait4(child.pid, 0)
    if status and options:
        raise RuntimeError(f"the training ended with status {status}")
    return {
        "run": "resumed, to the end" if options else "killed in the clustering",
        "nodes": nodes,
        "precision": settings["precision"],
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "wall_seconds": time.perf_counter() - began,
        "peak_mb": usage.ru_maxrss * 1024 / 1e6,
    }


def wait_for(checkpoint: Checkpoint, child: subprocess.Popen[bytes]) -> None:
    """Until the state on disk is past so many epochs of clustering."""
    done = 0
    while done < KILL_AFTER:
        if child.poll() is not None:
            raise RuntimeError("the training ended before it could be killed; ask for more nodes")
        time.sleep(1)
        state = checkpoint.load()
        rows = state["stage"]["rows"] if state else []
        done = len(rows) if rows and rows[0]["stage"] == "cluster" else 0


if __name__ == "__main__":
    main()
