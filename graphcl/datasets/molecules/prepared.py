"""Cache of preprocessed data: folders of memory-mapped npy arrays.

A folder holds one `NAME.npy` per array and `manifest.json`, which records the sources of the arrays and their
sizes; nothing is pickled. A folder with other sources, or with files of another size, counts as missing. A lock
file NAME.lock beside it lets one process at a time write.
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
"""Version of the cache; it is increased whenever the same raw file would give other arrays."""

_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Prepared:
    """Memory-mapped arrays from the cache.

    Attributes:
        folder: The folder of the arrays.
        arrays: By name; mapped copy-on-write, so that changes are not written to the files.
        notes: JSON metadata that was stored with them.
    """

    folder: Path
    arrays: dict[str, Array]
    notes: dict[str, Any]


def open_prepared(folder: Path, identity: Mapping[str, Any]) -> Prepared | None:
    """Memory-map the arrays of a folder, if they were made from the same sources.

    Args:
        folder: The folder.
        identity: Sources of the arrays, to be compared with those in the manifest; None matches any value.

    Returns:
        The arrays; None if they are missing, have other sources or another size.
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
    """Open the arrays of a folder, or compute and write them; of several processes only one computes them.

    Args:
        folder: The folder.
        identity: Sources of the arrays.
        make: Computes the arrays by name, and JSON metadata.

    Raises:
        OSError: If the folder cannot be written; the message says how to choose another one.
    """
    if found := open_prepared(folder, identity):
        return found
    with _alone(folder):
        return open_prepared(folder, identity) or write_prepared(folder, identity, *make())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lock the folder, and remove the partial results of processes that were killed."""
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
    """Write arrays to a folder, atomically, replacing an existing one.

    Only one process may write a folder at a time; `open_or_make` ensures this.

    Args:
        folder: The folder; its parents are created.
        identity: Sources of the arrays, JSON-serialisable.
        arrays: By name.
        notes: Further metadata, JSON-serialisable.

    Returns:
        The arrays, memory-mapped.

    Raises:
        OSError: If the folder cannot be written; the message says how to choose another one.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f"{folder.name}.", suffix=".part"))
        try:
            for name, array in arrays.items():
                with (part / f"{name}.npy").open("wb") as file:
                    np.save(file, array, allow_pickle=False)
                    file.flush()
                    os.fsync(file.fileno())  # otherwise a power failure could leave files of zeros
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
        raise OSError(f"{folder}: the written files have changed; load again")
    return opened


def add_array(prepared: Prepared, name: str, array: Array) -> None:
    """Write one more array into the folder, atomically; `find_array` reads it.

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
    """An array that `add_array` wrote; None if it is missing or damaged."""
    try:
        return _map(prepared.folder / f"{name}.npy")
    except (OSError, ValueError):
        return None


def _map(path: Path) -> Array:
    """Memory-map an array, copy-on-write; an empty array is read, because it cannot be mapped."""
    try:
        mapped: Array = np.load(path, mmap_mode="c", allow_pickle=False)
    except ValueError:
        mapped = np.load(path, allow_pickle=False)
        if mapped.size:
            raise
    return mapped


def _no_place(folder: Path, error: OSError) -> OSError:
    reason = f"{error.strerror}; set XDG_CACHE_HOME to another folder for prepared data"
    return OSError(error.errno, reason, str(folder))
