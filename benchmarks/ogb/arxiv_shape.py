"""A graph of ogbn-arxiv's shape in OGB's layout, where the data itself is not: to try the leaderboard report on.

    python benchmarks/ogb/arxiv_shape.py FOLDER
    graphcl bench ogb --dataset ogbn-arxiv --method grace --root FOLDER --draft --seeds 2 ...

169,343 nodes, 1,166,243 edges each in one direction, power-law degrees, 40 planted classes, 128 features that tell
them badly, and a split of the official sizes. A score on it says nothing on ogbn-arxiv.
"""

import argparse
import gzip
from pathlib import Path

import numpy as np

from graphcl.datasets import load
from graphcl.datasets.ogb.sets import SETS

FACTS = SETS["ogbn-arxiv"]
SIGNAL = 0.25


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder / "ogb" / FACTS.folder
    rng = np.random.default_rng(0)
    nodes, edges = FACTS.nodes or 0, FACTS.edges or 0
    graph = load(
        "planted-partition",
        nodes=nodes,
        blocks=FACTS.outputs,
        degree_in=11.6,
        degree_out=3.2,
        features=FACTS.features,
        signal=SIGNAL,
        degree_exponent=2.5,
    ).graph
    one_way = graph.edge_index[:, graph.edge_index[0] < graph.edge_index[1]].T.numpy()
    arcs = one_way[rng.permutation(len(one_way))[:edges]]
    if len(arcs) < edges:
        raise SystemExit(f"{len(arcs)} edges were drawn, and {edges} are needed")
    write(folder / "raw" / "edge.csv.gz", arcs)
    write(folder / "raw" / "num-node-list.csv.gz", np.array([nodes]))
    write(folder / "raw" / "num-edge-list.csv.gz", np.array([edges]))
    write(folder / "raw" / "node-feat.csv.gz", graph.x.numpy())
    write(folder / "raw" / "node-label.csv.gz", graph.y.numpy())
    parts = np.split(rng.permutation(nodes), np.cumsum(FACTS.parts)[:2])
    for name, part in zip(("train", "valid", "test"), parts, strict=True):
        write(folder / "split" / FACTS.split / f"{name}.csv.gz", np.sort(part))
    (folder / FACTS.release).write_text("made by graphcl's benchmarks/ogb/arxiv_shape.py, not by OGB\n")


def write(path: Path, rows: np.ndarray) -> None:
    """A table without a header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
        np.savetxt(file, rows, delimiter=",", fmt="%d" if rows.dtype.kind == "i" else "%.4f")


if __name__ == "__main__":
    main()
