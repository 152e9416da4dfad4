"""Names in the catalogue, known without importing what reads the datasets: mistyped ones are refused at once."""

import os
from collections.abc import Iterable
from pathlib import Path

from graphcl.datasets.data_folders import canonical, find_data_folders
from graphcl.suggestion import did_you_mean

NAMES: tuple[str, ...] = (
    *("digits", "karate", "planted-partition", "planted-multiplex", "cora", "citeseer", "pubmed", "cite"),
    *("acm", "dblp", "usps", "hhar", "reut", "amazon-photo", "amazon-computers", "coauthor-cs"),
    *("coauthor-physics", "cora-ml", "citationfull-citeseer", "citationfull-dblp", "wikics", "cornell"),
    *("texas", "wisconsin", "actor", "minesweeper", "tolokers", "roman-empire", "amazon-ratings"),
    *("questions", "chameleon-filtered", "squirrel-filtered", "bat", "wiki", "uai2010", "blogcatalog"),
    *("facebook-pagepage", "twitch-de", "twitch-engb", "twitch-es", "twitch-fr", "twitch-ptbr"),
    *("twitch-ru", "acm-multiplex", "acm-heco", "dblp-heco", "bbbp", "tox21", "toxcast", "sider"),
    *("clintox", "muv", "hiv", "bace", "esol", "freesolv", "lipo", "zinc-moses", "zinc-moses-test"),
    *("zinc-moses-test-scaffolds", "molecules", "mutag", "ptc-mr", "enzymes", "proteins", "nci1"),
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
        ValueError: no dataset is named 'coora' (did you mean cora or ...?); there are digits, ...
    """
    if "." in name or Path(name).exists():
        return
    folders = find_data_folders(root)
    if canonical(name) not in (*NAMES, *folders.npz_files()):
        raise unknown_dataset(name, NAMES)


def unknown_dataset(name: str, known: Iterable[str]) -> ValueError:
    """The error of a name that belongs to no dataset.

    Args:
        name: As it was given.
        known: Canonical names.
    """
    names = list(known)
    return ValueError(
        f"no dataset is named {name!r}{did_you_mean(canonical(name), names)}; there are {', '.join(names)}; "
        "a path to an .npz, .csv or .smi file works as well"
    )
