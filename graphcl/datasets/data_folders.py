"""Data folders: the user's folder of raw files, never written to, and the download cache."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "GRAPHCL_DATA"


@dataclass(frozen=True)
class DataFolders:
    """Folders that are searched for raw files: the user's first, then the cache.

    Attributes:
        root: The user's folder, never written to; None if there is none.
        cache: Folder of downloads and prepared data; it may not exist yet.
    """

    root: Path | None
    cache: Path

    def __iter__(self) -> Iterator[Path]:
        return iter([self.cache] if self.root is None else [self.root, self.cache])

    def folder_with(self, files: list[str]) -> Path | None:
        """The first folder that contains all these files, or None."""
        return next((folder for folder in self if all((folder / file).is_file() for file in files)), None)

    def npz_files(self) -> dict[str, str]:
        """All files `npz/NAME.npz`, as relative paths by canonical name."""
        paths = [path for folder in self for path in sorted(folder.glob("npz/*.npz"))]
        return {canonical(path.stem): f"npz/{path.name}" for path in reversed(paths)}

    def npz_place(self, name: str) -> Path:
        """Where a file of the user's has to be to have a name."""
        return next(iter(self)) / "npz" / f"{name}.npz"

    def advice(self, folder: str) -> str:
        """Advice for error messages: where to put missing files, and which datasets need none."""
        searched = " and ".join(str(parent / folder) for parent in self)
        return (
            f"looked in {searched}; put the missing files there (root= or {VARIABLE} set another folder), "
            "or use digits, karate or planted-partition, which need no file"
        )


def find_data_folders(root: str | os.PathLike[str] | None = None) -> DataFolders:
    """Resolve the data folders: `root` or the variable GRAPHCL_DATA, then the cache in the user's home.

    Args:
        root: A folder of raw files, or None.

    Returns:
        The folders to search.

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
    """Canonical name of a dataset: lower case, with hyphens.

    Example:
        >>> canonical("Planted_Partition")
        'planted-partition'
    """
    return name.lower().replace("_", "-")
