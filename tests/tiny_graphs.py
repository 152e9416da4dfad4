"""A tiny method that clusters whole graphs, named by its path "tests.tiny_graphs:TinyGraphClusters" in tests."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from graphcl.heads import kmeans
from graphcl.typing import Count
from tests.tiny import TinyCandidates


@dataclass(kw_only=True, eq=False, repr=False)
class TinyGraphClusters(TinyCandidates):
    """k-means on embeddings of graphs, where n_clusters is given."""

    name: ClassVar[str] = "tiny-graph-clusters"

    n_clusters: Count | None = None

    def fit(self, data, y=None, **options):
        super().fit(data, **options)
        if self.n_clusters is not None:
            self.labels_ = kmeans(self.embedding_, self.n_clusters)[0]
        return self


def write_rings_and_stars(root: Path, number: int = 8) -> Path:
    """So many graphs of five nodes in the layout of IMDB-BINARY: rings of one class, stars of the other."""
    folder = root / "tu" / "IMDB-BINARY" / "raw"
    folder.mkdir(parents=True)
    ring = [(i, (i + step) % 5) for i in range(5) for step in (1, -1)]
    star = [pair for i in range(1, 5) for pair in ((0, i), (i, 0))]
    edges = [(5 * g + a, 5 * g + b) for g in range(number) for a, b in (star if g % 2 else ring)]
    texts = {
        "A": [f"{a + 1}, {b + 1}" for a, b in edges],
        "graph_indicator": [str(g + 1) for g in range(number) for _ in range(5)],
        "graph_labels": [str(1 + g % 2) for g in range(number)],
    }
    for part, lines in texts.items():
        (folder / f"IMDB-BINARY_{part}.txt").write_text("\n".join(lines) + "\n")
    return root
