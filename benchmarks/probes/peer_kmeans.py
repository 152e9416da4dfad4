"""PyAGC's k-means and scikit-learn's on the same embeddings, SSGC's: which objective does each find the least of?

    GRAPHCL_DATA=... python benchmarks/probes/peer_kmeans.py --peer FOLDER [--seeds 5]

FOLDER is where PyAGC 1.1.2 lies, see speed/peers.py. Its k-means takes the distance in place of its square, where
it draws the first centres and where it chooses among ten restarts; centres are means in both. The embedding trains
nothing, so that k-means alone is random. The table lands among the tables.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from sklearn.cluster import KMeans
from torch import Tensor

from graphcl.bench.tables.columns import summarise
from graphcl.datasets import load
from graphcl.evaluation import clustering_scores
from graphcl.methods import get
from graphcl.ops.graph_matrices.cluster_sums import cluster_sums

SETTINGS: dict[str, Any] = {"n_init": 10, "max_iter": 300}
"""Of both."""
COLUMNS = {"sum of distances": 0, "sum of squares": 0, "ACC %": 1, "NMI %": 1}
"""Headings, and their decimals."""


def sums(z: Tensor, labels: Tensor) -> dict[str, float]:
    """Distances of rows from the means of their clusters, and their squares, added up."""
    k = int(labels.max()) + 1
    means = cluster_sums(z, labels[None], k)[0] / labels.bincount(minlength=k).clamp(min=1)[:, None]
    distances = (z - means[labels]).norm(dim=1)
    return {"sum of distances": float(distances.sum()), "sum of squares": float(distances.square().sum())}


def by_peer(z: Tensor, n_clusters: int, seed: int) -> Tensor:
    """Labels by PyAGC's k-means."""
    from pyagc.clusters import KMeansClusterHead

    labels: Tensor = KMeansClusterHead(n_clusters, random_state=seed, **SETTINGS).fit_predict(z)
    return labels


def by_scikit_learn(z: Tensor, n_clusters: int, seed: int) -> Tensor:
    """Labels by scikit-learn's."""
    return torch.from_numpy(KMeans(n_clusters, random_state=seed, **SETTINGS).fit_predict(z)).long()


READERS: dict[str, Callable[[Tensor, int, int], Tensor]] = {"PyAGC": by_peer, "scikit-learn": by_scikit_learn}


def cells(z: Tensor, y: Tensor, labelings: Sequence[Tensor]) -> list[str]:
    """Mean ± standard deviation over some labelings, column by column."""
    found = []
    for labels in labelings:
        scores = clustering_scores(y, labels)
        found.append({**sums(z, labels), "ACC %": 100 * scores["acc"], "NMI %": 100 * scores["nmi"]})
    values = {title: [one[title] for one in found] for title in COLUMNS}
    return [summarise(own, COLUMNS[title]) for title, own in values.items()]


def main() -> None:
    """Read each embedding with both, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--peer", type=Path, required=True, help="a folder with PyAGC 1.1.2")
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    sys.path.append(str(options.peer))
    torch.set_num_threads(1)
    lines = ["| data set | k-means of | " + " | ".join(COLUMNS) + " |", "|---|---|" + "---|" * len(COLUMNS)]
    for dataset in ("cora", "amazon-photo"):
        data = load(dataset)
        k = data.num_classes
        z = get("ssgc").from_recipe(dataset, n_clusters=k).fit_transform(data.graph)
        for reader, read in READERS.items():
            labelings = [read(z, k, seed) for seed in range(options.seeds)]
            lines.append(f"| {dataset} | {reader} | {' | '.join(cells(z, data.graph.y, labelings))} |")
            print(lines[-1], flush=True)
    table = Path(__file__).parents[1] / "tables" / "peer-kmeans.md"
    title = (
        f"SSGC's embedding, read by two k-means with {SETTINGS['n_init']} restarts each; {options.seeds} seeds."
    )
    table.write_text("\n".join([title, "", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
