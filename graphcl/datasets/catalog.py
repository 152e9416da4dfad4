"""Catalogue of datasets: look up an entry by name, and list all datasets."""

import os
from typing import NamedTuple

from graphcl.datasets.data_folders import DataFolders, canonical, find_data_folders
from graphcl.datasets.entries import CATALOG
from graphcl.datasets.entry import Entry
from graphcl.datasets.files.npz_peek import peek
from graphcl.datasets.known_names import unknown_dataset
from graphcl.datasets.sources.source import NpzFile


class DatasetRow(NamedTuple):
    """Row of the table of datasets: an `Entry` without its source, and whether its files are present."""

    name: str
    nodes: int | float | None
    edges: int | float | None
    features: int | None
    classes: int | None
    licence: str
    origin: str
    present: bool
    graphs: int | None = None
    tasks: int | None = None


def find(name: str, folders: DataFolders) -> Entry:
    """Look up the catalogue entry of a dataset; hyphens, underscores and case are ignored.

    Args:
        name: A name in the catalogue, or NAME for a file `npz/NAME.npz`.
        folders: The data folders that are searched for such a file.

    Returns:
        The entry.

    Raises:
        ValueError: If there is no such dataset; the message lists similar names.
    """
    key = canonical(name)
    if key in CATALOG:
        return CATALOG[key]
    files = _uncatalogued(folders)
    if key in files:
        return _entry(key, files[key], folders)
    raise unknown_dataset(name, [*CATALOG, *files], folders)


def names(root: str | os.PathLike[str] | None = None) -> list[str]:
    """Names of all datasets that `load` can find.

    Args:
        root: As for `load`.

    Returns:
        The names in the catalogue, then those of further files `npz/NAME.npz` in the data folders.

    Raises:
        FileNotFoundError: If the folder named by `root` or by GRAPHCL_DATA does not exist.

    Example:
        >>> names()[:3]
        ['digits', 'karate', 'planted-partition']
    """
    return [*CATALOG, *_uncatalogued(find_data_folders(root))]


def listing(root: str | os.PathLike[str] | None = None) -> list[DatasetRow]:
    """Table of all datasets, one row each, in the order of `names`.

    Args:
        root: As for `load`.

    Returns:
        The rows. `edges` counts undirected edges; for a collection of graphs, `nodes` and `edges` are means over
        its graphs; None where a size is not known before the file is read.

    Raises:
        FileNotFoundError: If the folder named by `root` or by GRAPHCL_DATA does not exist.

    Example:
        >>> listing()[1][:5]
        ('karate', 34, 78, 34, 2)
    """
    folders = find_data_folders(root)
    entries = [*CATALOG.values(), *(_entry(key, file, folders) for key, file in _uncatalogued(folders).items())]
    return [
        DatasetRow(
            *(e.name, e.nodes, e.edges, e.features, e.classes, e.licence, e.origin),
            present=e.source.present(folders),
            graphs=e.graphs,
            tasks=e.tasks,
        )
        for e in entries
    ]


def _uncatalogued(folders: DataFolders) -> dict[str, str]:
    """The npz files in the data folders that belong to no catalogue entry, by canonical name."""
    taken = {entry.source.file for entry in CATALOG.values() if isinstance(entry.source, NpzFile)}
    files = folders.npz_files()
    return {key: files[key] for key in sorted(files) if files[key] not in taken and key not in CATALOG}


def _entry(key: str, file: str, folders: DataFolders) -> Entry:
    """Entry for an npz file outside the catalogue, with the sizes that can be read cheaply."""
    folder = folders.folder_with([file])
    seen = peek((folder or folders.cache) / file)
    source = NpzFile(file)
    return Entry(key, seen.nodes, seen.edges, seen.features, seen.classes, "see its source", file, source)
