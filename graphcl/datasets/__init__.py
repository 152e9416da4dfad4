"""Datasets by name or by path: `load("cora")`, `load("edges.tsv")`, `load("bbbp")`, `load("my.smi")`."""

from typing import TYPE_CHECKING

from graphcl.lazy import lazy_names

if TYPE_CHECKING:
    from graphcl.datasets.catalog import listing, names
    from graphcl.datasets.collection_dataset import GraphCollectionDataset
    from graphcl.datasets.description import describe
    from graphcl.datasets.entries import CATALOG
    from graphcl.datasets.files.multiplex import from_relations, read_multiplex
    from graphcl.datasets.files.npz import read_npz
    from graphcl.datasets.graph_dataset import GraphDataset
    from graphcl.datasets.graph_statistics import statistics
    from graphcl.datasets.loading import load, load_graph
    from graphcl.datasets.mapped_features import MappedFeatures
    from graphcl.datasets.molecules.featurise import featurise
    from graphcl.datasets.molecules.files import read_molecules
    from graphcl.datasets.molecules.fingerprints import morgan_fingerprints
    from graphcl.datasets.molecules.scaffolds import murcko_scaffold
    from graphcl.datasets.own.edge_list import from_edge_list, read_edge_list
    from graphcl.datasets.own.from_networkx import from_networkx
    from graphcl.datasets.own.from_scipy import from_scipy, read_matrix
    from graphcl.datasets.own.graph_files import read_graph_file
    from graphcl.datasets.own.made_features import make_features
    from graphcl.datasets.sources.embedded import digits, karate
    from graphcl.datasets.sources.synthetic import planted_partition
    from graphcl.datasets.sources.synthetic_multiplex import planted_multiplex
    from graphcl.datasets.sources.tabular_knn import knn_graph
    from graphcl.datasets.sources.tu_folder import read_tu_folder
    from graphcl.datasets.splits import (
        random_split,
        read_split,
        scaffold_balanced_split,
        scaffold_split,
        write_split,
    )
    from graphcl.graph_collection import GraphCollection

__all__ = [
    "CATALOG",
    "GraphCollection",
    "GraphCollectionDataset",
    "GraphDataset",
    "MappedFeatures",
    "describe",
    "digits",
    "featurise",
    "from_edge_list",
    "from_networkx",
    "from_relations",
    "from_scipy",
    "karate",
    "knn_graph",
    "listing",
    "load",
    "load_graph",
    "make_features",
    "morgan_fingerprints",
    "murcko_scaffold",
    "names",
    "planted_multiplex",
    "planted_partition",
    "random_split",
    "read_edge_list",
    "read_graph_file",
    "read_matrix",
    "read_molecules",
    "read_multiplex",
    "read_npz",
    "read_split",
    "read_tu_folder",
    "scaffold_balanced_split",
    "scaffold_split",
    "statistics",
    "write_split",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "catalog": ("listing", "names"),
        "collection_dataset": ("GraphCollection", "GraphCollectionDataset"),
        "description": ("describe",),
        "entries": ("CATALOG",),
        "files.multiplex": ("from_relations", "read_multiplex"),
        "files.npz": ("read_npz",),
        "graph_dataset": ("GraphDataset",),
        "loading": ("load", "load_graph"),
        "mapped_features": ("MappedFeatures",),
        "molecules.featurise": ("featurise",),
        "molecules.files": ("read_molecules",),
        "molecules.fingerprints": ("morgan_fingerprints",),
        "molecules.scaffolds": ("murcko_scaffold",),
        "own.edge_list": ("from_edge_list", "read_edge_list"),
        "own.from_networkx": ("from_networkx",),
        "own.from_scipy": ("from_scipy", "read_matrix"),
        "own.graph_files": ("read_graph_file",),
        "own.made_features": ("make_features",),
        "sources.embedded": ("digits", "karate"),
        "sources.synthetic": ("planted_partition",),
        "sources.synthetic_multiplex": ("planted_multiplex",),
        "sources.tabular_knn": ("knn_graph",),
        "sources.tu_folder": ("read_tu_folder",),
        "splits": ("random_split", "read_split", "scaffold_balanced_split", "scaffold_split", "write_split"),
        "graph_statistics": ("statistics",),
    },
)
