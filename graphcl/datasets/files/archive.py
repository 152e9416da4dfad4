"""Safe reading of npz files: without unpickling, and with errors that name the file."""

import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

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
        ValueError: If it is not an npz file, is cut off or damaged, or a wanted array holds Python objects.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; name an existing .npz file")
    if not zipfile.is_zipfile(path):
        kinds = "a graph is read from .npz, molecules from .csv or .smi"
        raise ValueError(f"{path}: not an npz file, or cut off; write it with numpy.savez_compressed ({kinds})")
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
                read = npy.read_array_header_1_0 if npy.read_magic(file) == (1, 0) else npy.read_array_header_2_0
                return tuple(read(file)[0])
    except Exception as error:
        raise _unreadable(path, key, error) from error


def _unreadable(path: Path, key: str, error: Exception) -> ValueError:
    """The error for a file that could not be read."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return ValueError(f"{path}: cannot read {key or 'it'} ({reason}); download or write it again")
