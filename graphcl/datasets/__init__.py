"""Datasets by name or by path: `load("cora")`, `load("my.npz")`, `load("planted-partition", nodes=1000)`."""

from graphcl.datasets.catalog import listing, names
from graphcl.datasets.description import describe
from graphcl.datasets.embedded import digits, karate
from graphcl.datasets.entries import CATALOG
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.loading import load
from graphcl.datasets.multiplex import from_relations, read_multiplex
from graphcl.datasets.npz import read_npz
from graphcl.datasets.statistics import statistics
from graphcl.datasets.synthetic import planted_partition
from graphcl.datasets.synthetic_multiplex import planted_multiplex
from graphcl.datasets.tabular_knn import knn_graph

__all__ = [
    "CATALOG",
    "GraphDataset",
    "describe",
    "digits",
    "from_relations",
    "karate",
    "knn_graph",
    "listing",
    "load",
    "names",
    "planted_multiplex",
    "planted_partition",
    "read_multiplex",
    "read_npz",
    "statistics",
]
