"""Score many labelings of four graphs, with labels and without, for `tables.py`: is what needs none a guide?

    GRAPHCL_DATA=... python benchmarks/agreement/collect.py [--cache runs/cache]

Labelings: SCGC* after every fifth epoch (five seeds), SCGC likewise (one), all candidates of TwoView before and
after refinement, SmoothKMeans at five strengths and k-means on the features (five seeds each). One line of JSON
for each labeling, appended to labelings.jsonl; a trajectory that is on file is not run again. The labels y are
read after the fact, by the scores alone. About half a CPU hour.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from sklearn.metrics import silhouette_score
from torch import Tensor

import graphcl
from graphcl.agreement import Agreement
from graphcl.agreement.views import two_views
from graphcl.datasets import GraphDataset
from graphcl.evaluation import clustering_scores, structure_scores
from graphcl.methods.bases.candidates import Search, Workplace
from graphcl.training import Runtime
from graphcl.validation import check_graph

OUT = Path(__file__).parent / "labelings.jsonl"
DATASETS = ("acm", "cite", "digits", "cora")
SEEDS = {"scgc-star": 5, "scgc": 1, "two-view": 5, "smooth-k-means": 5, "k-means": 5}
EVERY = 5


class Recorded:
    """Keeps the labels at every look of the selection; mixed into SCGC and SCGC*."""

    def _stages(self) -> list[Any]:
        *first, cluster = super()._stages()
        score = cluster.selection.score
        self.looks: list[Tensor] = []

        def look(module: Any, z: Tensor) -> float:
            self.looks.append(module.head(z).argmax(1).cpu())
            return score(module, z)

        return [*first, replace(cluster, selection=replace(cluster.selection, score=look))]


class RecordedStar(Recorded, graphcl.SCGCStar):
    """SCGC* that keeps its labels."""


class RecordedSCGC(Recorded, graphcl.SCGC):
    """SCGC that keeps its labels."""


@dataclass
class Judge:
    """All scores of a labeling of one graph."""

    dataset: GraphDataset

    def __post_init__(self) -> None:
        runtime = Runtime.launch("cpu")
        self.agreement = Agreement(self.dataset.graph, device="cpu")
        graph = check_graph(self.dataset.graph, accepts_edge_weight=True)
        self.features = two_views(graph, runtime).features.numpy()

    def scores(self, labels: Tensor) -> dict[str, float]:
        """With labels and without."""
        k = self.dataset.num_classes
        parts = self.agreement.score(labels, k)
        several = len(labels.unique()) > 1
        sampled = {"sample_size": 1000, "random_state": 0}
        return {
            "J": parts["J"],
            "R2": sum(parts["R2"]) / k,
            "r": sum(parts["r"]) / k,
            **structure_scores(self.dataset.graph.edge_index, labels),
            "silhouette": float(silhouette_score(self.features, labels, **sampled)) if several else -1.0,
            **clustering_scores(self.dataset.graph.y, labels),
        }


def trajectory(method: str, data: GraphDataset, seed: int, cache: Path) -> Iterator[tuple[str, Tensor]]:
    """What a method makes of a graph with one seed: names of labelings, and the labelings."""
    k = data.num_classes
    if method in {"scgc", "scgc-star"}:
        kind = RecordedStar if method == "scgc-star" else RecordedSCGC
        model = kind.from_recipe(data.name, n_clusters=k, seed=seed, select="agreement", select_every=EVERY)
        model.fit(data.graph, cache=cache)
        for number, labels in enumerate(model.looks, start=1):
            yield f"epoch {EVERY * number}", labels
    elif method == "two-view":
        place = Workplace(
            check_graph(data.graph, accepts_edge_weight=True),
            Runtime.launch("cpu", seed=seed),
            components=256,
            idf="auto",
        )
        strengths = graphcl.TwoView(n_clusters=k).strengths
        for rounds in (0, 3):
            search = Search(strengths, ("leading", "scaled"), 64, 2, 3, rounds, "both")
            for number, candidate in enumerate(place.candidates(search, [k])):
                yield f"candidate {number}, {rounds} rounds", candidate.labels.cpu()
    elif method == "smooth-k-means":
        for hops in (1, 2, 5, 12, 20):
            yield f"{hops} hops", graphcl.SmoothKMeans(n_clusters=k, hops=hops, seed=seed).fit_predict(data.graph)
    else:
        yield "features", graphcl.FeatureKMeans(n_clusters=k, seed=seed).fit_predict(data.graph)


def main() -> None:
    """Run what is not on file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=Path("runs/cache"), help="folder of pre-trainings")
    cache = parser.parse_args().cache
    lines = OUT.read_text().splitlines() if OUT.exists() else []
    done = {(r["dataset"], r["method"], r["seed"]) for r in map(json.loads, lines)}
    for name in DATASETS:
        data = graphcl.datasets.load(name)
        judge = Judge(data)
        for method, seeds in SEEDS.items():
            for seed in range(seeds):
                if (name, method, seed) in done:
                    continue
                rows = [
                    {"dataset": name, "method": method, "seed": seed, "labeling": labeling, **judge.scores(labels)}
                    for labeling, labels in trajectory(method, data, seed, cache)
                ]
                with OUT.open("a") as file:
                    file.write("".join(json.dumps(_rounded(row)) + "\n" for row in rows))
                best = max(rows, key=lambda row: row["J"])
                print(
                    f"{name} {method} {seed}: {best['labeling']} has the best J, NMI {best['nmi']:.3f}", flush=True
                )


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 5) if isinstance(value, float) else value for key, value in row.items()}


if __name__ == "__main__":
    torch.manual_seed(0)
    main()
