"""Where the files of an OGB dataset are: in a data folder, or where the package ogb puts them."""

from pathlib import Path
from typing import Any

from graphcl.datasets.data_folders import VARIABLE, DataFolders
from graphcl.datasets.ogb.sets import OgbSet

OWN_FOLDER = "dataset"
"""The package's default, in the current folder."""


def ogb_places(facts: OgbSet, folders: DataFolders) -> list[Path]:
    """Where the folder of a dataset may be, in this order."""
    return [*(folder / "ogb" / facts.folder for folder in folders), Path(OWN_FOLDER) / facts.folder]


def find_folder(facts: OgbSet, folders: DataFolders) -> Path | None:
    """The first place that has the raw files of a dataset, or None."""
    return next((place for place in ogb_places(facts, folders) if (place / "raw").is_dir()), None)


def folder_of(facts: OgbSet, folders: DataFolders) -> Path:
    """The folder of a dataset.

    Raises:
        FileNotFoundError: it is nowhere; the message says where it has to be, and where it comes from.
        ValueError: it holds another release.
    """
    place = find_folder(facts, folders)
    if place is None:
        first, *others = ogb_places(facts, folders)
        raise FileNotFoundError(
            f"{facts.name}: no folder {first}, nor {' nor '.join(map(str, others))}; graphcl datasets "
            f"{facts.name} --download fetches it ({facts.download_gb:g} GB, licence {facts.licence}), or unpack "
            f"OGB's zip there, with its raw, split and {facts.release} ({VARIABLE} sets another place)"
        )
    if not (place / facts.release).is_file() and list(place.glob("RELEASE_v*.txt")):
        found = next(place.glob("RELEASE_v*.txt")).name
        raise ValueError(f"{place} has {found}, and {facts.release} is read here; put that release there")
    return place


def made_by(facts: OgbSet, place: Path) -> dict[str, str]:
    """The parameter "made", where the file of the release says that others than OGB made the folder.

    Args:
        facts: on the dataset.
        place: its folder.
    """
    release = place / facts.release
    text = (
        " ".join(release.read_text(encoding="utf-8", errors="replace").split())[:200] if release.is_file() else ""
    )
    return {"made": text} if text.startswith("made by ") else {}


def identity_of(facts: OgbSet, files: dict[str, tuple[int, int]], **made: int | str) -> dict[str, Any]:
    """What arrays in the cache were made of, to be compared with what is there now.

    Args:
        facts: on the dataset.
        files: from `raw_files`.
        made: how they were made: the format and the parameters that matter.
    """
    return {"set": facts.name, **made, "files": {name: list(status) for name, status in files.items()}}


def raw_files(place: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of every raw file, label and split, by its path in the folder."""
    found = {}
    for room in ("raw", "split", "mapping"):
        for path in sorted((place / room).rglob("*")):
            if path.is_file():
                status = path.stat()
                found[path.relative_to(place).as_posix()] = (status.st_size, status.st_mtime_ns)
    return found
