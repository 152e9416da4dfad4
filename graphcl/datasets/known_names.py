"""Names in the catalogue, known without importing what reads the datasets: mistyped ones are refused at once."""

import os
from collections.abc import Iterable
from pathlib import Path

from graphcl.datasets.data_folders import DataFolders, canonical, find_data_folders
from graphcl.suggestion import did_you_mean

NAMES: tuple[str, ...] = (
    *("digits", "karate", "planted-partition", "planted-multiplex", "cora", "citeseer", "pubmed", "cite"),
    *("acm", "dblp", "usps", "hhar", "reut", "amazon-photo", "amazon-computers", "coauthor-cs"),
    *("coauthor-physics", "cora-ml", "citationfull-citeseer", "citationfull-dblp", "wikics", "cornell"),
    *("texas", "wisconsin", "actor", "minesweeper", "tolokers", "roman-empire", "amazon-ratings"),
    *("questions", "chameleon-filtered", "squirrel-filtered", "bat", "wiki", "uai2010", "blogcatalog"),
    *("facebook-pagepage", "twitch-de", "twitch-engb", "twitch-es", "twitch-fr", "twitch-ptbr"),
    *("twitch-ru", "acm-multiplex", "acm-heco", "dblp-heco", "com-dblp", "bbbp", "tox21", "toxcast", "sider"),
    *("clintox", "muv", "hiv", "bace", "esol", "freesolv", "lipo", "zinc-moses", "zinc-moses-test"),
    *("zinc-moses-test-scaffolds", "molecules", "ppi-ego", "ppi-ego-unlabelled", "mutag"),
    *("ptc-mr", "enzymes", "proteins", "nci1"),
    *("nci109", "dd", "aids", "mutagenicity", "imdb-binary", "imdb-multi", "collab"),
)
"""In the order of the catalogue."""


def check_dataset_name(name: str, root: str | os.PathLike[str] | None = None) -> None:
    """Refuse a name that belongs to no dataset and no file; imports no torch.

    Args:
        name: As for `load`. What holds a dot, or is there, may be a path, and is left to `load`.
        root: As for `load`.

    Raises:
        ValueError: If there is no such dataset.
        FileNotFoundError: If the folder named by `root` or by GRAPHCL_DATA does not exist.

    Example:
        >>> check_dataset_name("Cora")
        >>> check_dataset_name("coora")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: no dataset is named 'coora' (did you mean cora or ...?); graphcl datasets lists them ...
    """
    if "." in name or Path(name).exists():
        return
    folders = find_data_folders(root)
    if canonical(name) not in (*NAMES, *folders.npz_files()):
        raise unknown_dataset(name, NAMES, folders)


def unknown_dataset(name: str, known: Iterable[str], folders: DataFolders) -> ValueError:
    """The error of a name that belongs to no dataset.

    Args:
        name: As it was given.
        known: Canonical names.
        folders: Where a file of this name would be looked for.
    """
    key = canonical(name)
    if key.startswith(("ogbn", "ogbg", "ogbl")):
        return ValueError(
            f"{name}: the sets of OGB are not read yet; save the graph that the package ogb gives, by numpy.savez "
            f"with x, edge_index and y, as {folders.npz_place(key)}, and load it by this name"
        )
    return ValueError(
        f"no dataset is named {name!r}{did_you_mean(key, list(known))}; graphcl datasets lists them (in Python, "
        "graphcl.datasets.names()); the path of a graph or of molecules works as well: an edge list, .graphml, "
        ".gml, .mtx, .npz, .smi, a folder in TU layout"
    )
