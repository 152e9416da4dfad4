"""What DGCluster's training gives without labels: lambda = 0, read by BIRCH as published, and by k-means.

    GRAPHCL_DATA=... python benchmarks/probes/dgcluster_labels.py [--datasets cora citeseer] [--seeds 5]

DGCluster's other rows, NMI 62.1 on Cora at lambda = 0.8, are of a loss with the one-hot classes of all nodes in
it. That term is not here. One training a seed is read twice: by BIRCH, which finds the number of clusters, and by
k-means with as many clusters as there are classes. The record is written beside this file, the table among the
tables.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch

from graphcl import DGCluster
from graphcl.bench.tables.columns import summarise
from graphcl.datasets import load
from graphcl.evaluation import clustering_scores, structure_scores
from graphcl.heads import KMeans
from graphcl.recipes import published

READERS = {"birch": "BIRCH", "k-means": "k-means, as many as classes"}


def read(name: str, seed: int) -> list[dict[str, Any]]:
    """One training, both read-outs."""
    data = load(name)
    model = DGCluster.from_recipe("default", seed=seed).fit(data.graph)
    means = KMeans(data.num_classes, seed=seed).fit_predict(model.embedding_)
    rows = []
    for reader, labels in (("birch", model.labels_), ("k-means", means)):
        scores = clustering_scores(data.graph.y, labels) | structure_scores(data.graph.edge_index, labels)
        numbers = {key: 100 * scores[key] for key in ("nmi", "acc", "modularity")}
        found = {"clusters": len(labels.unique())}
        rows.append({"dataset": name, "seed": seed, "reader": reader, **numbers, **found})
    return rows


def main() -> None:
    """Train, read, score, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--datasets", nargs="+", default=["cora", "citeseer"])
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = [row for name in options.datasets for seed in range(options.seeds) for row in read(name, seed)]
    Path(__file__).with_suffix(".json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    lines = ["DGCluster at lambda = 0, the last state, %.", ""]
    lines += [
        "| data set | read by | seeds | NMI | ACC | modularity | clusters |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in options.datasets:
        for reader, title in READERS.items():
            chosen = [row for row in rows if (row["dataset"], row["reader"]) == (name, reader)]
            cells = [
                summarise([row[key] for row in chosen], 1) for key in ("nmi", "acc", "modularity", "clusters")
            ]
            lines.append(f"| {name} | {title} | {len(chosen)} | {' | '.join(cells)} |")
        known = published("dgcluster", name)
        if known is not None and "nmi" in known.metrics:
            mean, spread = known.metrics["nmi"]
            lines.append(f"| {name} | published, BIRCH | 10 | {mean:.1f} ± {spread:.1f} | | | |")
    text = "\n".join(lines) + "\n"
    (Path(__file__).parents[1] / "tables" / "dgcluster-labels.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
