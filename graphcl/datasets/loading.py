"""Loading a dataset by name or by path."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphcl.datasets.catalog import find, names
from graphcl.datasets.collection_dataset import many_graphs_error
from graphcl.datasets.data_folders import canonical, find_data_folders
from graphcl.datasets.entry import Entry
from graphcl.datasets.files.npz import read_npz
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.molecules.files import read_molecules
from graphcl.datasets.molecules.smiles_file import is_smiles_file
from graphcl.datasets.parameters import check_dataset_parameters
from graphcl.datasets.sources.source import Dataset


def load(name: str | os.PathLike[str], root: str | os.PathLike[str] | None = None, **parameters: Any) -> Dataset:
    """Load a dataset by name, or a user's graph or molecules from a file.

    Args:
        name: One of `names()` (hyphens, underscores and case are ignored), the path of an npz file (see
            `graphcl.datasets.files.npz` for its layout), or of a file of molecules (see `read_molecules`).
        root: Folder of raw files, never written to. Default: the environment variable GRAPHCL_DATA. Files that
            are not there are searched in, and downloaded to, $XDG_CACHE_HOME/graphcl or ~/.cache/graphcl.
        **parameters: Parameters of the dataset, such as `k=5` for digits and npz files or `nodes=1000` for
            planted-partition.

    Returns:
        The dataset: a `GraphDataset`, or a `GraphCollectionDataset` where it holds many graphs.

    Raises:
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
        ValueError: no dataset is named 'pubmet' (did you mean pubmed?); there are digits, ...
    """
    entry = entry_of(name, root)
    if entry is None:
        read: Callable[..., Dataset] = read_molecules if is_smiles_file(name) else read_npz
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
    """Catalogue entry of a dataset; None for the path of a file.

    Args:
        name: As for `load`.
        root: As for `load`.

    Returns:
        The entry, or None.

    Raises:
        ValueError: If the name is unknown.
        FileNotFoundError: If `root` is not a folder.

    Example:
        >>> entry_of("Karate").licence
        'none stated'
        >>> entry_of("my.npz")
    """
    if not isinstance(name, str) or name.endswith(".npz") or is_smiles_file(name) or _is_other_file(name, root):
        return None
    return find(name, find_data_folders(root))


def _is_other_file(name: str, root: str | os.PathLike[str] | None) -> bool:
    """Whether a name with another extension is the path of a file, and not the name of a dataset."""
    return Path(name).is_file() and canonical(name) not in names(root)
