"""NS4GC in PyAGC's variant on Cora: does a difference in scores come of the trainings, or of the k-means?

    GRAPHCL_DATA=... python benchmarks/probes/ns4gc_variant.py --peer FOLDER [--seeds 5]

FOLDER is where PyAGC 1.1.2 lies, see speed/peers.py. Both sides train at the same settings, each with its own
draws, and the rows of every seed are clustered three times by scikit-learn's k-means and three times by PyAGC's,
ten starts each. Labels score, and choose nothing. The record is written beside this file, the table among the
tables.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import numpy as np
import torch
from sklearn.cluster import KMeans
from torch import Tensor

from graphcl.datasets import load
from graphcl.evaluation import clustering_scores

HERE = Path(__file__).parent
SPEED = HERE.parent / "speed"
sys.path.append(str(SPEED))

from peers import raw_data, run  # noqa: E402  (beside this folder)

EPOCHS, RESTARTS, STARTS = 200, 3, 10
SIDES = ("graphcl", "pyagc")


def rows_of(side: str, seed: int, peer: Path, root: Path) -> Tensor:
    """The unit rows of one training, in a process of its own."""
    path = root / f"{side}-{seed}.npy"
    own = side == "graphcl"
    command = [str(SPEED / f"{side}_side.py"), *(["ns4gc"] if own else ["NS4GC", "--root", str(root)])]
    lengths = [f"--epochs={EPOCHS}", f"--seed={seed}", f"--rows={path}"]
    run([*command, *lengths], [HERE.parents[1] if own else peer])
    return torch.from_numpy(np.load(path))


def by_sklearn(z: Tensor, n_clusters: int, seed: int) -> Tensor:
    """Scikit-learn's k-means."""
    return torch.from_numpy(KMeans(n_clusters, n_init=STARTS, random_state=seed).fit(z.numpy()).labels_).long()


def by_pyagc(peer: Path) -> Callable[[Tensor, int, int], Tensor]:
    """PyAGC's k-means, at the settings of its benchmark."""
    sys.path.append(str(peer))
    from pyagc.clusters import KMeansClusterHead

    def clusters(z: Tensor, n_clusters: int, seed: int) -> Tensor:
        head = KMeansClusterHead(n_clusters, backend="torch", n_init=STARTS, max_iter=300, random_state=seed)
        return torch.as_tensor(head.fit_predict(z))

    return clusters


def within(z: Tensor, labels: Tensor) -> float:
    """The sum of squared distances to the means of the clusters, which k-means makes small."""
    return sum(float((z[labels == k] - z[labels == k].mean(0)).square().sum()) for k in labels.unique())


def averages(scored: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Mean and deviation over seeds, each the mean of its restarts, for either side and either k-means."""
    lines = []
    for side, reader in product(SIDES, ("scikit-learn", "pyagc")):
        chosen = [row for row in scored if (row["trained_by"], row["read_by"]) == (side, reader)]
        cells = [side, reader, str(len({row["seed"] for row in chosen}))]
        for name in ("acc", "nmi", "within"):
            means = [
                fmean(row[name] for row in chosen if row["seed"] == seed)
                for seed in sorted({row["seed"] for row in chosen})
            ]
            cells.append(f"{fmean(means):.1f} ± {stdev(means) if len(means) > 1 else 0:.1f}")
        lines.append(cells)
    return lines


def main() -> None:
    """Train, read, score, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--peer", type=Path, required=True, help="a folder with PyAGC 1.1.2")
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    data = load("cora")
    readers = {"scikit-learn": by_sklearn, "pyagc": by_pyagc(options.peer)}
    scored: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        raw_data(Path(folder))
        for side, seed in product(SIDES, range(options.seeds)):
            z = rows_of(side, seed, options.peer, Path(folder))
            for (reader, cluster), restart in product(readers.items(), range(RESTARTS)):
                labels = cluster(z, data.num_classes, restart)
                scores = clustering_scores(data.graph.y, labels)
                numbers = {"acc": 100 * scores["acc"], "nmi": 100 * scores["nmi"], "within": within(z, labels)}
                scored.append({"trained_by": side, "read_by": reader, "seed": seed, "restart": restart, **numbers})
    (HERE / "ns4gc_variant.json").write_text(json.dumps(scored, indent=1) + "\n", encoding="utf-8")
    head = ["trained by", "k-means of", "seeds", "ACC %", "NMI %", "sum of squares"]
    lines = [head, ["---"] * len(head), *averages(scored)]
    text = "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
    table = HERE.parent / "tables" / "ns4gc-variant.md"
    table.write_text(
        f"NS4GC on Cora, PyAGC's variant, {EPOCHS} epochs, the last state.\n\n{text}", encoding="utf-8"
    )
    print(text)


if __name__ == "__main__":
    main()
