"""Download of an OGB dataset by the functions of its package, into the cache."""

import csv
import shutil
import zipfile
from pathlib import Path
from typing import Any

from graphcl.datasets.data_folders import DataFolders
from graphcl.datasets.ogb.folder import ogb_places
from graphcl.datasets.ogb.sets import OgbSet
from graphcl.ogb_package import import_ogb

ROOMS = {"node": "nodeproppred", "link": "linkproppred", "graph": "graphproppred"}
"""Subpackages of ogb."""


def download(facts: OgbSet, folders: DataFolders) -> Path:
    """Fetch and unpack a dataset; the caller has asked whether its size and licence are agreed to.

    Args:
        facts: on the dataset.
        folders: whose cache is written to.

    Returns:
        The folder of the dataset.

    Raises:
        ModuleNotFoundError: the package ogb is not installed.
        FileExistsError: the folder is there.
        OSError: no network, no such file there, or no place for it; the message says where it may be put by hand.
        ValueError: what came is no archive, or not that of the dataset.
    """
    into = folders.cache / "ogb"
    place = into / facts.folder
    if place.exists():
        raise FileExistsError(f"{place} is there; remove it to fetch {facts.name} again")
    source, name = _master(facts)
    fetch = import_ogb("ogb.utils.url")
    into.mkdir(parents=True, exist_ok=True)
    try:
        archive = Path(fetch.download_url(source, str(into)))
    except (
        OSError,
        RuntimeError,
    ) as error:  # urllib's errors are of the first kind, an interruption of the second
        reason = " ".join(str(error).split())
        where = ogb_places(facts, folders)[0]
        raise OSError(f"{source} could not be fetched ({reason}); unpack it by hand as {where}") from None
    try:
        fetch.extract_zip(str(archive), str(into))
    except zipfile.BadZipFile as error:
        raise ValueError(f"{source} gave no zip archive ({error}); try again") from None
    finally:
        archive.unlink(missing_ok=True)
    if not (into / name / "raw").is_dir():
        raise ValueError(
            f"{source} has no folder {name}/raw; unpack it by hand as {ogb_places(facts, folders)[0]}"
        )
    shutil.move(into / name, place)
    return place


def _master(facts: OgbSet) -> tuple[str, str]:
    """Where the archive is, and the folder in it, from the table that the package brings."""
    module: Any = import_ogb(f"ogb.{ROOMS[facts.kind]}")
    with (Path(module.__file__).parent / "master.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    column = header.index(facts.name)
    table = {line[0]: line[column] for line in lines}
    return table["url"], table["download_name"]
