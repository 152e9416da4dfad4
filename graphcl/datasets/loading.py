"""Loading a dataset by name or by path."""

import os
from pathlib import Path
from typing import Any

from graphcl.datasets.catalog import find, names
from graphcl.datasets.collection_dataset import many_graphs_error
from graphcl.datasets.data_folders import canonical, find_data_folders
from graphcl.datasets.entry import Entry
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.parameters import check_dataset_parameters
from graphcl.datasets.paths import has_known_suffix, is_tu_folder, reader_of
from graphcl.datasets.sources.source import Dataset

_REMEDIES = {
    "graphcl": "it is loaded already; fit a method on its .graph or .graphs",
    "networkx": "convert it by graphcl.datasets.from_networkx",
    "scipy": "convert it by graphcl.datasets.from_scipy",
    "numpy": "convert it by graphcl.datasets.from_edge_list, or from_scipy if it is an adjacency matrix",
    "torch": "convert it by graphcl.datasets.from_edge_list",
    "torch_geometric": "it needs no loading; fit a method on it",
}
"""What to do with an object of a package."""


def load(name: str | os.PathLike[str], root: str | os.PathLike[str] | None = None, **parameters: Any) -> Dataset:
    """Load a dataset by name, or a user's graph, graphs or molecules from a file or folder.

    Args:
        name: One of `names()` (hyphens, underscores and case are ignored); or the path of an edge list, a GraphML,
            GML, Matrix Market, npz or SMILES file, or of a folder in TU layout: see `graphcl.datasets.paths`.
        root: Folder of raw files, never written to. Default: the environment variable GRAPHCL_DATA. Files that
            are not there are searched in, and downloaded to, $XDG_CACHE_HOME/graphcl or ~/.cache/graphcl.
        **parameters: Parameters of the dataset, such as `k=5` for digits and npz files or `nodes=1000` for
            planted-partition.

    Returns:
        The dataset: a `GraphDataset`, or a `GraphCollectionDataset` where it holds many graphs.

    Raises:
        TypeError: If the name is an object other than a text or a path.
        ValueError: If the name or a parameter is unknown, a parameter is out of range, or a file is damaged, has
            another layout or (if it is a pickle) an unknown checksum.
        FileNotFoundError: If the files are missing and cannot be downloaded, or `root` is not a folder.
        ModuleNotFoundError: If RDKit is needed for molecules and not installed.

    Example:
        >>> load("karate")
        GraphDataset('karate': 34 nodes, 78 edges, 34 features, 2 classes)
        >>> load("pubmet")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: no dataset is named 'pubmet' (did you mean pubmed?); ...
    """
    entry = entry_of(name, root)
    if entry is None:
        read = reader_of(name, parameters)
        return read(name, **check_dataset_parameters(read, parameters, os.fspath(name)))
    return entry.source.read(entry.name, find_data_folders(root), parameters)


def load_graph(
    name: str | os.PathLike[str], root: str | os.PathLike[str] | None = None, **parameters: Any
) -> GraphDataset:
    """Load a dataset that must be a single graph.

    Args:
        name: As for `load`.
        root: As for `load`.
        **parameters: As for `load`.

    Returns:
        The dataset.

    Raises:
        ValueError: As for `load`, and if it holds many graphs.
        FileNotFoundError: As for `load`.
        ModuleNotFoundError: As for `load`.

    Example:
        >>> load_graph("karate").graph.num_nodes
        34
    """
    dataset = load(name, root, **parameters)
    if isinstance(dataset, GraphDataset):
        return dataset
    raise many_graphs_error(dataset)


def entry_of(name: str | os.PathLike[str], root: str | os.PathLike[str] | None = None) -> Entry | None:
    """Catalogue entry of a dataset; None for the path of a file or folder.

    Args:
        name: As for `load`.
        root: As for `load`.

    Returns:
        The entry, or None.

    Raises:
        TypeError: If the name is an object other than a text or a path.
        ValueError: If the name is unknown.
        FileNotFoundError: If `root` is not a folder.

    Example:
        >>> entry_of("Karate").licence
        'none stated'
        >>> entry_of("my.npz")
    """
    check_name(name)
    if not isinstance(name, str) or has_known_suffix(name) or _is_other_path(name, root):
        return None
    return find(name, find_data_folders(root))


def check_name(name: object) -> None:
    """Refuse what is neither a name nor a path, and say how a graph in memory becomes a dataset.

    Args:
        name: What was given to be loaded.

    Raises:
        TypeError: If it is an object other than a text or a path.

    Example:
        >>> check_name(3)
        Traceback (most recent call last):
            ...
        TypeError: load takes a name or a path; got int; give the name of a dataset, or a path
    """
    if isinstance(name, str | os.PathLike):
        return
    package = type(name).__module__.partition(".")[0]
    kind = type(name).__name__ if package == "builtins" else f"{type(name).__name__} of {package}"
    remedy = _REMEDIES.get(package, "give the name of a dataset, or a path")
    raise TypeError(f"load takes a name or a path; got {kind}; {remedy}")


def _is_other_path(name: str, root: str | os.PathLike[str] | None) -> bool:
    """Whether a name is the path of a file of another kind or of a folder, and not the name of a dataset."""
    return (Path(name).is_file() or is_tu_folder(name)) and canonical(name) not in names(root)
