"""What was made of a raw file at some cost, kept in the cache: flat arrays that are mapped into memory.

A folder holds one `NAME.npy` per array and `manifest.json`, which says what the arrays were made of and how large
they are; nothing is ever pickled. A folder that says something else, or whose files have another size, counts as
missing. Beside it lies a file NAME.lock, which one process holds at a time.
"""

import fcntl
import glob
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from graphcl.datasets.files.archive import Array

FORMAT = 1
"""Raised whenever the same raw file would give other arrays."""

_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Prepared:
    """Arrays from the cache.

    Attributes:
        folder: Where they lie.
        arrays: By name; private copies of the file's pages, so that nothing is written back.
        notes: What was noted with them, as JSON holds it.
    """

    folder: Path
    arrays: dict[str, Array]
    notes: dict[str, Any]


def open_prepared(folder: Path, identity: Mapping[str, Any]) -> Prepared | None:
    """Map the arrays of a folder into memory, if they were made of the same things.

    Args:
        folder: The folder.
        identity: What the arrays must have been made of; a value of None agrees with any.

    Returns:
        The arrays; None if they are not there, were made of something else, or have another size.
    """
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        made_of = manifest["identity"]
        if manifest["format"] != FORMAT or made_of.keys() != identity.keys():
            return None
        if any(value is not None and made_of[key] != value for key, value in identity.items()):
            return None
        arrays = {}
        for name, size in manifest["bytes"].items():
            path = folder / f"{name}.npy"
            if path.stat().st_size != size:
                return None
            arrays[name] = _map(path)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return Prepared(folder, arrays, manifest["notes"])


def open_or_make(
    folder: Path, identity: Mapping[str, Any], make: Callable[[], tuple[Mapping[str, Array], Mapping[str, Any]]]
) -> Prepared:
    """The arrays of a folder, made and written where they are not there; of several processes one does it.

    Args:
        folder: The folder.
        identity: What the arrays must have been made of.
        make: Gives the arrays by name, and what else is worth keeping.

    Raises:
        OSError: If the folder cannot be written; the message says how to name another place.
    """
    if found := open_prepared(folder, identity):
        return found
    with _alone(folder):
        return open_prepared(folder, identity) or write_prepared(folder, identity, *make())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process makes the folder, and remove what one left that was killed."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = (folder.parent / f"{folder.name}.lock").open("w")
    except OSError as error:
        raise _no_place(folder, error) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released when it is closed, or the process ends
        for part in folder.parent.glob(f"{glob.escape(folder.name)}.*.part"):
            shutil.rmtree(part, ignore_errors=True)
        yield


def write_prepared(
    folder: Path, identity: Mapping[str, Any], arrays: Mapping[str, Array], notes: Mapping[str, Any]
) -> Prepared:
    """Write arrays; the folder appears whole or not at all, and replaces what was there.

    One process may write a folder at a time: `open_or_make` sees to that.

    Args:
        folder: The folder; its parents are made.
        identity: What the arrays were made of, as JSON can hold it.
        arrays: By name.
        notes: What else is worth keeping, as JSON can hold it.

    Returns:
        The arrays, mapped from their files.

    Raises:
        OSError: If the folder cannot be written; the message says how to name another place.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f"{folder.name}.", suffix=".part"))
        try:
            for name, array in arrays.items():
                with (part / f"{name}.npy").open("wb") as file:
                    np.save(file, array, allow_pickle=False)
                    file.flush()
                    os.fsync(file.fileno())  # or a power cut could leave a folder of zeros
            sizes = {name: (part / f"{name}.npy").stat().st_size for name in arrays}
            manifest = {"format": FORMAT, "identity": dict(identity), "bytes": sizes, "notes": dict(notes)}
            (part / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise _no_place(folder, error) from error
    opened = open_prepared(folder, identity)
    if opened is None:
        raise OSError(f"{folder}: what was written there is not what is there now; load again")
    return opened


def add_array(prepared: Prepared, name: str, array: Array) -> None:
    """Put one more array into the folder, whole or not at all; `find_array` finds it.

    Raises:
        OSError: If the folder cannot be written.
    """
    part = prepared.folder / f"{name}.{os.getpid()}.part"
    try:
        with part.open("wb") as file:
            np.save(file, array, allow_pickle=False)
        part.replace(prepared.folder / f"{name}.npy")
    except OSError as error:
        raise _no_place(prepared.folder, error) from error


def find_array(prepared: Prepared, name: str) -> Array | None:
    """An array that `add_array` put there; None if there is none, or it is damaged."""
    try:
        return _map(prepared.folder / f"{name}.npy")
    except (OSError, ValueError):
        return None


def _map(path: Path) -> Array:
    """A file's array, mapped so that changes stay in memory; an empty one is read, as nothing can be mapped."""
    try:
        mapped: Array = np.load(path, mmap_mode="c", allow_pickle=False)
    except ValueError:
        mapped = np.load(path, allow_pickle=False)
        if mapped.size:
            raise
    return mapped


def _no_place(folder: Path, error: OSError) -> OSError:
    reason = f"{error.strerror}; XDG_CACHE_HOME names another place for prepared data"
    return OSError(error.errno, reason, str(folder))
