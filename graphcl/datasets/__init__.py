"""Datasets by name or by path: `load("cora")`, `load("my.npz")`, `load("bbbp")`, `load("my.smi")`."""

from graphcl.datasets.catalog import listing, names
from graphcl.datasets.collection_dataset import GraphCollectionDataset
from graphcl.datasets.description import describe
from graphcl.datasets.embedded import digits, karate
from graphcl.datasets.entries import CATALOG
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.loading import load, load_graph
from graphcl.datasets.molecule_files import read_molecules
from graphcl.datasets.molecules import featurise
from graphcl.datasets.multiplex import from_relations, read_multiplex
from graphcl.datasets.npz import read_npz
from graphcl.datasets.scaffolds import murcko_scaffold
from graphcl.datasets.splits import random_split, read_split, scaffold_split, write_split
from graphcl.datasets.statistics import statistics
from graphcl.datasets.synthetic import planted_partition
from graphcl.datasets.synthetic_multiplex import planted_multiplex
from graphcl.datasets.tabular_knn import knn_graph
from graphcl.graph_collection import GraphCollection

__all__ = [
    "CATALOG",
    "GraphCollection",
    "GraphCollectionDataset",
    "GraphDataset",
    "describe",
    "digits",
    "featurise",
    "from_relations",
    "karate",
    "knn_graph",
    "listing",
    "load",
    "load_graph",
    "murcko_scaffold",
    "names",
    "planted_multiplex",
    "planted_partition",
    "random_split",
    "read_molecules",
    "read_multiplex",
    "read_npz",
    "read_split",
    "scaffold_split",
    "statistics",
    "write_split",
]
