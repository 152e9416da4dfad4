"""The OGB datasets that are read here: their kinds, their sizes as OGB publishes them, splits and licences.

[Hu et al., "Open Graph Benchmark", NeurIPS 2020, arXiv 2005.00687]; sizes of ogb.stanford.edu, the other facts as
in the package ogb 1.3.6.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["node", "link", "graph"]
"""What is predicted: a class of each node, links, or labels of each graph."""


@dataclass(frozen=True)
class OgbSet:
    """Facts on one dataset.

    Attributes:
        name: as OGB writes it.
        kind: what is predicted.
        nodes: of the graph, or of all graphs; None where only a mean is published.
        edges: lines of the file of edges, each edge in one direction; None as above.
        features: columns of node features.
        outputs: classes of nodes, or tasks of graphs; 0 for links.
        parts: sizes of train, valid and test.
        split: folder of the official split.
        metric: of the official evaluator.
        licence: of the data.
        download_gb: of the archive.
        graphs: number of graphs.
        binary: whether the arrays are npz, and not csv.gz.
        seeds: runs that a leaderboard entry takes.
    """

    name: str
    kind: Kind
    nodes: int | None
    edges: int | None
    features: int
    outputs: int
    parts: tuple[int, int, int]
    split: str
    metric: str
    licence: str
    download_gb: float
    graphs: int = 1
    binary: bool = False
    seeds: int = 10

    @property
    def folder(self) -> str:
        """Name of its folder, as the package names it.

        Example:
            >>> SETS["ogbn-arxiv"].folder
            'ogbn_arxiv'
        """
        return self.name.replace("-", "_")

    @property
    def release(self) -> str:
        """File that says which release the folder holds."""
        return "RELEASE_v1.txt"


SETS: dict[str, OgbSet] = {
    found.name.lower(): found
    for found in (
        OgbSet(
            *("ogbn-arxiv", "node", 169_343, 1_166_243, 128, 40, (90_941, 29_799, 48_603)),
            *("time", "acc", "ODC-BY", 0.08),
        ),
        OgbSet(
            *("ogbn-products", "node", 2_449_029, 61_859_140, 100, 47, (196_615, 39_323, 2_213_091)),
            *("sales_ranking", "acc", "Amazon license", 1.38),
        ),
        OgbSet(
            *("ogbn-papers100M", "node", 111_059_956, 1_615_685_872, 128, 172, (1_207_179, 125_265, 214_338)),
            *("time", "acc", "ODC-BY", 56.17),
            binary=True,
            seeds=3,
        ),
        OgbSet(
            *("ogbl-collab", "link", 235_868, 1_179_052, 128, 0, (1_179_052, 60_084, 46_329)),
            *("time", "hits@50", "ODC-BY", 0.12),
        ),
        OgbSet(
            *("ogbg-molhiv", "graph", None, None, 9, 1, (32_901, 4_113, 4_113)),
            *("scaffold", "rocauc", "MIT", 0.003),
            graphs=41_127,
        ),
        OgbSet(
            *("ogbg-molpcba", "graph", None, None, 9, 128, (350_343, 43_793, 43_793)),
            *("scaffold", "ap", "MIT", 0.02),
            graphs=437_929,
        ),
    )
}
"""By the name in lower case."""
