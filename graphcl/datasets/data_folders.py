"""Where raw files may lie: a folder of the user's, which is only read, and the download cache."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "GRAPHCL_DATA"


@dataclass(frozen=True)
class DataFolders:
    """The folders that are searched, in this order.

    Attributes:
        root: The user's folder, never written to; None where none is named.
        cache: Our own folder, into which downloads go; it may not exist yet.
    """

    root: Path | None
    cache: Path

    def __iter__(self) -> Iterator[Path]:
        return iter([self.cache] if self.root is None else [self.root, self.cache])

    def folder_with(self, files: list[str]) -> Path | None:
        """The first place under which all these files lie, or None."""
        return next((place for place in self if all((place / file).is_file() for file in files)), None)

    def npz_files(self) -> dict[str, str]:
        """Every `npz/NAME.npz`, relative to its place, by its canonical name."""
        paths = [path for place in self for path in sorted(place.glob("npz/*.npz"))]
        return {canonical(path.stem): f"npz/{path.name}" for path in reversed(paths)}

    def advice(self, folder: str) -> str:
        """Where to put missing files, and what works without any."""
        searched = " and ".join(str(place / folder) for place in self)
        return (
            f"looked in {searched}; put what is missing there (root= or {VARIABLE} name another folder), "
            "or use digits, karate or planted-partition, which need no file"
        )


def find_data_folders(root: str | os.PathLike[str] | None = None) -> DataFolders:
    """Resolve the folders: `root`, else the variable GRAPHCL_DATA; and the cache of the user's account.

    Args:
        root: A folder of raw files, or None.

    Returns:
        The places to search.

    Raises:
        FileNotFoundError: If the folder named by `root` or by GRAPHCL_DATA does not exist.

    Example:
        >>> find_data_folders("no/such/folder")
        Traceback (most recent call last):
            ...
        FileNotFoundError: root names no folder: 'no/such/folder'; create it or name another
    """
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    cache = Path(base) / "graphcl"
    given = root if root is not None else os.environ.get(VARIABLE)
    if given is None or given == "":
        return DataFolders(None, cache)
    folder = Path(given).expanduser()
    if not folder.is_dir():
        source = "root" if root is not None else VARIABLE
        raise FileNotFoundError(f"{source} names no folder: {str(given)!r}; create it or name another")
    return DataFolders(folder, cache)


def canonical(name: str) -> str:
    """A name as it is listed: lower case, with hyphens.

    Example:
        >>> canonical("Planted_Partition")
        'planted-partition'
    """
    return name.lower().replace("_", "-")
