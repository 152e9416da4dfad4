"""Arrays of an npz file that are larger than the memory: unpacked into files that can be mapped."""

import shutil
import zipfile
import zlib
from pathlib import Path

import numpy as np

from graphcl.datasets.files.archive import Array

CHUNK = 2**24
"""Bytes that are unpacked at a time."""


def unpack_array(path: Path, name: str, folder: Path) -> Array:
    """One array of an npz file, unpacked into a folder and mapped.

    Args:
        path: the npz file.
        name: of the array.
        folder: where NAME.npy is written.

    Raises:
        FileNotFoundError: no such file.
        ValueError: a damaged file, no such array, or one of Python objects, which are pickled.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; put OGB's whole folder there")
    out = folder / f"{name}.npy"
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as packed, out.open("wb") as file:
            shutil.copyfileobj(packed, file, CHUNK)
        mapped: Array = np.load(out, mmap_mode="r", allow_pickle=False)
    except KeyError:
        raise ValueError(f"{path} has no array {name!r}; put OGB's file there again") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
        reason = " ".join(str(error).split())[:80]
        raise ValueError(
            f"{path} is damaged, or {name} holds no numbers ({reason}); put OGB's file there again"
        ) from None
    return mapped
