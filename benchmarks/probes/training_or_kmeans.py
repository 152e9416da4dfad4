"""Methods at PyAGC's settings on Cora: does a difference in scores come of the trainings, or of the k-means?

    GRAPHCL_DATA=... python benchmarks/probes/training_or_kmeans.py --peer FOLDER [--methods cca-ssg] [--seeds 5]

FOLDER is where PyAGC 1.1.2 lies, see speed/peers.py. Both sides train at the same settings, each with its own
draws, and the unit rows of every seed are clustered three times by scikit-learn's k-means and three times by
PyAGC's (peer_kmeans.py says how they differ), ten starts each. Labels score, and choose nothing. The record, in
which the rows of the methods asked for are replaced, is written beside this file, the table among the tables.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import torch
from peer_kmeans import READERS, sums
from torch import Tensor

from graphcl.bench.tables.columns import summarise
from graphcl.datasets import load
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.evaluation import clustering_scores

HERE = Path(__file__).parent
SPEED = HERE.parent / "speed"
sys.path.append(str(SPEED))

from peers import PAIRS, raw_data, run  # noqa: E402  (beside this folder)

EPOCHS = {"ns4gc": 200, "cca-ssg": 50}
RESTARTS = 3
SIDES = ("graphcl", "pyagc")
SCORES = ("acc", "nmi", "sum of squares")


def rows_of(side: str, method: str, seed: int, peer: Path, root: Path) -> Tensor:
    """The unit rows of one training, in a process of its own."""
    path = root / f"{side}-{method}-{seed}.npy"
    own = side == "graphcl"
    command = [str(SPEED / f"{side}_side.py"), *([method] if own else [PAIRS[method], "--root", str(root)])]
    lengths = [f"--epochs={EPOCHS[method]}", f"--seed={seed}", f"--rows={path}"]
    run([*command, *lengths], [HERE.parents[1] if own else peer])
    return torch.nn.functional.normalize(torch.from_numpy(np.load(path)))


def read(data: GraphDataset, method: str, seeds: int, peer: Path, root: Path) -> list[dict[str, Any]]:
    """The scores of every training of a method by either side, read by either k-means."""
    scored = []
    for side, seed in product(SIDES, range(seeds)):
        z = rows_of(side, method, seed, peer, root)
        for (reader, cluster), restart in product(READERS.items(), range(RESTARTS)):
            labels = cluster(z, data.num_classes, restart)
            scores = clustering_scores(data.graph.y, labels)
            numbers = {
                "acc": 100 * scores["acc"],
                "nmi": 100 * scores["nmi"],
                "sum of squares": sums(z, labels)["sum of squares"],
            }
            about = {"method": method, "trained_by": side, "read_by": reader, "seed": seed, "restart": restart}
            scored.append({**about, **numbers})
    return scored


def averages(scored: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Mean and deviation over seeds, each the mean of its restarts, for either side and either k-means."""
    lines = []
    for method, side, reader in product(EPOCHS, SIDES, READERS):
        chosen = [
            row for row in scored if (row["method"], row["trained_by"], row["read_by"]) == (method, side, reader)
        ]
        seeds = sorted({row["seed"] for row in chosen})
        if not chosen:
            continue
        cells = [method, side, reader, str(len(seeds))]
        for name in SCORES:
            means = [fmean(row[name] for row in chosen if row["seed"] == seed) for seed in seeds]
            cells.append(summarise(means, 1))
        lines.append(cells)
    return lines


def main() -> None:
    """Train, read, score, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--peer", type=Path, required=True, help="a folder with PyAGC 1.1.2")
    parser.add_argument("--methods", nargs="+", choices=EPOCHS, default=list(EPOCHS))
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    sys.path.append(str(options.peer))
    torch.set_num_threads(1)
    data = load("cora")
    record = HERE / "training_or_kmeans.json"
    kept = json.loads(record.read_text(encoding="utf-8")) if record.exists() else []
    scored: list[dict[str, Any]] = [row for row in kept if row["method"] not in options.methods]
    with tempfile.TemporaryDirectory() as folder:
        raw_data(Path(folder))
        for method in options.methods:
            scored += read(data, method, options.seeds, options.peer, Path(folder))
    record.write_text(json.dumps(scored, indent=1) + "\n", encoding="utf-8")
    head = ["method", "trained by", "k-means of", "seeds", "ACC %", "NMI %", "sum of squares"]
    lines = [head, ["---"] * len(head), *averages(scored)]
    text = "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
    table = HERE.parent / "tables" / "training-or-kmeans.md"
    table.write_text(f"Cora, PyAGC's settings, the last state.\n\n{text}", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
