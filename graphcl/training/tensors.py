"""Tensors and plain values on disk: written whole or not at all, read without running anything."""

import os
import pickle
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import torch


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes its name only once it is whole; a crash leaves the old one, or none.

    Raises:
        OSError: the folder cannot be made or written to, or the disk is full.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = temporary.open("xb")  # readable by whom the user's umask allows, as any file
    except OSError as error:
        reason = (
            "cannot be written: its folder is a file" if isinstance(error, FileExistsError) else error.strerror
        )
        raise OSError(error.errno, f"{reason}; choose another place", str(path)) from error
    try:
        with handle as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_tensors(path: Path, content: dict[str, Any]) -> None:
    """Write a dict of tensors and plain values.

    Raises:
        OSError: as for `whole_file`.
    """
    with whole_file(path) as file:
        torch.save(content, file)


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
