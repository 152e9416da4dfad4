"""Datasets by name or by path: `load("cora")`, `load("my.npz")`, `load("planted-partition", nodes=1000)`."""

import os
from pathlib import Path
from typing import Any

from graphcl.datasets.catalog import find, listing, names
from graphcl.datasets.embedded import digits, karate
from graphcl.datasets.entries import CATALOG
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.npz import read_npz
from graphcl.datasets.parameters import check_parameters
from graphcl.datasets.places import canonical, find_places
from graphcl.datasets.synthetic import planted_partition
from graphcl.datasets.tabular_knn import knn_graph

__all__ = [
    "CATALOG",
    "GraphDataset",
    "digits",
    "karate",
    "knn_graph",
    "listing",
    "load",
    "names",
    "planted_partition",
    "read_npz",
]


def load(
    name: str | os.PathLike[str], root: str | os.PathLike[str] | None = None, **parameters: Any
) -> GraphDataset:
    """Load a dataset by its name, or one's own graph from an npz file.

    Args:
        name: A name out of `names()`, in which hyphens, underscores and case do not matter; or the path of an
            npz file, whose layout `graphcl.datasets.npz` describes.
        root: The folder of raw files, which is only read. Default: the environment variable GRAPHCL_DATA.
            What is not there is looked for in, and downloaded to, the folder graphcl in XDG_CACHE_HOME or
            ~/.cache.
        **parameters: The dataset's own parameters, as `k=5` for digits and npz files or `nodes=1000` for
            planted-partition.

    Returns:
        The dataset.

    Raises:
        ValueError: If the name or a parameter is unknown, a parameter lies outside its range, or a file is
            damaged, has another layout or (where it is a pickle) an unknown checksum.
        FileNotFoundError: If the files are not here and cannot be downloaded, or `root` is no folder.

    Example:
        >>> load("karate")
        GraphDataset('karate': 34 nodes, 78 edges, 34 features, 2 classes)
        >>> load("pubmet")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: no dataset is named 'pubmet' (did you mean pubmed?); there are digits, ...
    """
    if not isinstance(name, str) or name.endswith(".npz") or _is_other_file(name, root):
        return read_npz(name, **check_parameters(read_npz, parameters, os.fspath(name)))
    places = find_places(root)
    entry = find(name, places)
    return entry.source.read(entry.name, places, parameters)


def _is_other_file(name: str, root: str | os.PathLike[str] | None) -> bool:
    """Whether a name without the ending .npz is the path of a file, and not of a dataset."""
    return Path(name).is_file() and canonical(name) not in names(root)
