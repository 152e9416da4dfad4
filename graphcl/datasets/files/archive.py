"""Safe reading of npz files: without unpickling, and with errors that name the file."""

import math
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from graphcl.datasets.files.inflation import check_inflation

Array = NDArray[Any]


def read_arrays(path: Path, wanted: Collection[str]) -> dict[str, Array]:
    """Read the wanted arrays that an npz file contains, and ignore the others.

    Args:
        path: An npz file.
        wanted: Names of arrays.

    Returns:
        The arrays by name.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not an npz file, is cut off or damaged, a wanted array holds Python objects or is
            there twice, or the headers announce more than `graphcl.datasets.files.inflation` allows.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; name an existing .npz file")
    if not zipfile.is_zipfile(path):
        kinds = "a graph is read from .npz, molecules from .csv or .smi"
        raise ValueError(f"{path}: not an npz file, or cut off; write it with numpy.savez_compressed ({kinds})")
    _check_members(path, wanted)
    arrays: dict[str, Array] = {}
    key = ""
    try:
        # NumPy leaves a damaged file open where it opens it itself.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            of_torch = any(name.endswith("data.pkl") for name in archive.files)
            for key in sorted(set(wanted) & set(archive.files)):
                arrays[key] = archive[key]
    except Exception as error:
        if "Object arrays" in str(error):
            remedy = f"{path}: {key} holds Python objects, which are never unpickled; save it as numbers"
            raise ValueError(remedy) from None
        raise _unreadable(path, key, error) from error
    if of_torch:
        remedy = "write its arrays with numpy.savez_compressed"
        raise ValueError(f"{path}: a PyTorch file, which is never unpickled; {remedy}")
    if wrong := [key for key, array in arrays.items() if not isinstance(array, np.ndarray)]:
        raise ValueError(f"{path}: {wrong[0]} is not an array; write the file with numpy.savez_compressed")
    return arrays


def array_shape(path: Path, key: str) -> tuple[int, ...] | None:
    """Shape of one array, read from its header; None if there is no such array.

    Args:
        path: An npz file.
        key: The array's name.

    Returns:
        The shape, or None.

    Raises:
        ValueError: If the file is missing or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if f"{key}.npy" not in archive.namelist():
                return None
            with archive.open(f"{key}.npy") as file:
                return tuple(_header(file)[0])
    except Exception as error:
        raise _unreadable(path, key, error) from error


def member_names(path: Path) -> list[str]:
    """Names of the arrays in an npz file, from its directory; none where it cannot be read.

    Example:
        >>> member_names(Path("missing.npz"))
        []
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return [_key(name) for name in archive.namelist()]
    except (OSError, zipfile.BadZipFile):
        return []


def _check_members(path: Path, wanted: Collection[str]) -> None:
    """Check the wanted members before they are unpacked: each there once, as large as its header says.

    The sizes in the directory bind: the zip reader stops there. NumPy allocates what an array's own header says.
    """
    sizes: dict[str, int] = {}
    key = ""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if _key(member.filename) in wanted]
            keys = [_key(member.filename) for member in members]
            packed, unpacked = path.stat().st_size, sum(member.file_size for member in members)
            for key, member in zip(keys, members, strict=True):
                if member.filename.endswith(".npy"):
                    with archive.open(member) as file:
                        announced = _announced_size(file)
                        sizes[key] = 0 if announced is None else announced - member.file_size + file.tell()
    except Exception as error:
        raise _unreadable(path, key, error) from error
    if twice := [key for key in keys if keys.count(key) > 1]:
        raise ValueError(f"{path}: there are two arrays {twice[0]}; write the file again with one")
    if wrong := [key for key, excess in sizes.items() if excess]:
        raise ValueError(f"{path}: cannot read {wrong[0]} (its header announces another size); write it again")
    check_inflation(path, packed, unpacked)


def _key(member: str) -> str:
    """The name of the array in a member of an npz file."""
    return member.removesuffix(".npy")


def _announced_size(file: Any) -> int | None:
    """Bytes of data that the header of an npy file announces; None for Python objects."""
    shape, _, dtype = _header(file)
    return None if dtype.hasobject else math.prod(shape) * dtype.itemsize


def _header(file: Any) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, order and type from the header of an npy file; afterwards the file is at its data."""
    read = npy.read_array_header_1_0 if npy.read_magic(file) == (1, 0) else npy.read_array_header_2_0
    return read(file)


def _unreadable(path: Path, key: str, error: Exception) -> ValueError:
    """The error for a file that could not be read."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return ValueError(f"{path}: cannot read {key or 'it'} ({reason}); download or write it again")
