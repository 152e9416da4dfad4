"""Tensors and plain values on disk: written whole or not at all, read without running anything."""

import os
import pickle
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import torch


def write_tensors(path: Path, content: dict[str, Any]) -> None:
    """Write a dict of tensors and plain values; a crash leaves the old file or none, never a part.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            torch.save(content, file)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_tensors(path: Path) -> dict[str, Any]:
    """Read what `write_tensors` wrote; nothing in the file is run (`weights_only=True`).

    Raises:
        FileNotFoundError: no such file.
        ValueError: a file of another kind, or a broken one.
    """
    if not path.exists():
        raise FileNotFoundError(f"no file {path}; give the path that save() was given")
    foreign = f"{path} is not a file written by graphcl, or it is broken; write it again"
    if not zipfile.is_zipfile(path):
        raise ValueError(foreign)
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError, zipfile.BadZipFile, ValueError, KeyError) as error:
        raise ValueError(foreign) from error
    if not isinstance(content, dict):
        raise ValueError(foreign)  # noqa: TRY004  (the file's content is wrong, not the caller's type)
    return content
