"""Tensors and plain values on disk: written whole or not at all, read without running anything."""

import errno
import os
import pickle
import secrets
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import torch

BROKEN = (
    pickle.UnpicklingError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    ValueError,
    KeyError,
)
"""What opening a file of another kind, or a broken one, may raise."""


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes its name only once it is whole; a crash leaves the old one, or none.

    Raises:
        OSError: the folder cannot be made or written to, something else has the name, or the disk is full.
    """
    refuse_other_than_file(path)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:  # readable by whom the user's umask allows, as any file
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise cannot_be_written(path, error) from error
        raise


def refuse_other_than_file(path: Path) -> None:
    """Refuse a folder, and a device: its name would be gone with the first file written under it.

    Raises:
        OSError: something is there that is no ordinary file.
    """
    if path.exists() and not path.is_file():
        kind = "a folder" if path.is_dir() else "a device"
        raise OSError(errno.EINVAL, f"cannot be written: it is {kind}; choose another place", str(path))


def cannot_be_written(path: Path, error: OSError) -> OSError:
    """The error of the system while writing a file, with the file's name and a remedy."""
    number = error.errno or errno.EIO
    cause = "its folder is a file" if isinstance(error, FileExistsError) else os.strerror(number)
    remedy = "free some space or choose" if number in (errno.ENOSPC, errno.EDQUOT) else "choose"
    return OSError(number, f"cannot be written: {cause}; {remedy} another place", str(path))


def write_tensors(path: Path, content: dict[str, Any]) -> None:
    """Write a dict of tensors and plain values.

    Raises:
        OSError: as for `whole_file`.
    """
    with whole_file(path) as file:
        try:
            torch.save(content, file)
        except RuntimeError as error:  # torch's word for a write that failed
            if isinstance(error.__context__, OSError):
                raise error.__context__ from None
            raise


def read_tensors(path: Path) -> dict[str, Any]:
    """Read what `write_tensors` wrote; nothing in the file is run (`weights_only=True`).

    Raises:
        FileNotFoundError: no such file.
        ValueError: a file of another kind, or a broken one.
    """
    if not path.exists():
        raise FileNotFoundError(f"no file {path}; give the path of a file written by graphcl")
    foreign = f"{path} is not a file written by graphcl, or it is broken; write it again"
    content = None
    try:
        if _is_whole(path):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except BROKEN as error:
        raise ValueError(foreign) from error
    if not isinstance(content, dict):
        raise ValueError(foreign)  # noqa: TRY004  (the file's content is wrong, not the caller's type)
    return content


def _is_whole(path: Path) -> bool:
    """Whether an archive holds the bytes that were written, which torch does not ask."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return archive.testzip() is None
