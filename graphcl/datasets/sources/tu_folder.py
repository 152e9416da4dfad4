"""A collection of graphs in the layout of TU Dortmund, in a folder of the user's."""

import os
from pathlib import Path

from graphcl.datasets.collection_dataset import GraphCollectionDataset
from graphcl.datasets.parameters import checked
from graphcl.datasets.sources.tu import OPTIONAL, TUFeatures, read_tu
from graphcl.typing import Flag, Seed


def tu_files(folder: Path) -> dict[str, Path]:
    """Files of a TU set in a folder or in the folder `raw` in it, by suffix ("A", "graph_indicator" ...).

    Args:
        folder: The folder; its name is that of the set unless there is exactly one file NAME_A.txt.

    Returns:
        The files that are there; empty where there is no set or several.

    Example:
        >>> tu_files(Path("no-such-folder"))
        {}
    """
    for place in (folder, folder / "raw"):
        found = sorted(place.glob("*_A.txt"))
        named = [path for path in found if path.name == f"{folder.resolve().name}_A.txt"]
        if len(found) == 1 or named:
            name = (named or found)[0].name.removesuffix("_A.txt")
            parts = ("A", "graph_indicator", "graph_labels", *OPTIONAL)
            return {part: path for part in parts if (path := place / f"{name}_{part}.txt").is_file()}
    return {}


@checked
def read_tu_folder(
    path: str | os.PathLike[str],
    *,
    features: TUFeatures = "auto",
    edge_labels: Flag = False,
    split: str = "none",
    split_seed: Seed = 0,
) -> GraphCollectionDataset:
    """Read a collection of graphs from a folder of text files NAME_A.txt, NAME_graph_indicator.txt and so on.

    Args:
        path: The folder, or one whose folder `raw` holds the files. NAME_graph_labels.txt may be absent.
        features: As for the named TU datasets, see `data/README.md`.
        edge_labels: Whether edge_attr holds the edge labels, as categories.
        split: "none", "random", or the path of an npz file with the arrays train, val and test.
        split_seed: Seed of a random split.

    Returns:
        A dataset named after the folder.

    Raises:
        FileNotFoundError: If NAME_A.txt or NAME_graph_indicator.txt is missing.
        ValueError: If a file is damaged, or files are inconsistent.
    """
    folder = Path(path)
    paths = tu_files(folder)
    if missing := [part for part in ("A", "graph_indicator") if part not in paths]:
        raise FileNotFoundError(f"{folder}: NAME_{missing[0]}.txt is missing; a set in TU layout has it")
    parameters = {"features": features, "edge_labels": edge_labels, "split": split, "split_seed": split_seed}
    return read_tu(folder.resolve().name, paths, parameters)
