"""Files of tensors and plain values: atomic writes, and reads with `weights_only=True`."""

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
"""Errors that `torch.load` may raise for a corrupt file or one of another format."""


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Context manager for an atomic write: the file gets its name once it is complete.

    After a crash the previous file is still there, or none.

    Args:
        path: of the file; its folder is created.

    Raises:
        OSError: the folder cannot be created or written to, `path` is a folder or a device, or the disk is full.
    """
    refuse_other_than_file(path)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:  # permissions follow the umask, unlike those of tempfile
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
    """Raise if a path is a folder or a device, which an atomic write would replace.

    Args:
        path: where a file is to be written.

    Raises:
        OSError: the path exists and is not a regular file.
    """
    if path.exists() and not path.is_file():
        kind = "a folder" if path.is_dir() else "a device"
        raise OSError(errno.EINVAL, f"cannot be written: it is {kind}; choose another place", str(path))


def check_writable(path: Path) -> None:
    """Raise unless a file can be written at a path, by writing an empty one beside it: before hours of work.

    Args:
        path: where a file is to be written; its folder is created.

    Raises:
        OSError: as for `whole_file`, with this path.

    Example:
        >>> check_writable(Path(os.devnull))
        Traceback (most recent call last):
            ...
        OSError: [Errno 22] cannot be written: it is a device; choose another place: '/dev/null'
    """
    refuse_other_than_file(path)
    trial = path.with_name(f"{path.name}.trial")
    try:
        with whole_file(trial) as file:
            file.write(b"")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    trial.unlink()


def reserve(path: Path) -> None:
    """Have the disk set aside the whole length of a file, where the system can, so that a full disk is an error.

    Without it a full disk ends the process at the first write to a page that is mapped into memory.

    Args:
        path: of a file, whose length stays as it is.

    Raises:
        OSError: the disk is full.
    """
    if hasattr(os, "posix_fallocate") and path.stat().st_size:
        try:
            with path.open("r+b") as file:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):  # not of this file system
                raise


def cannot_be_written(path: Path, error: OSError) -> OSError:
    """Convert an error raised while writing into an `OSError` with the path and a remedy.

    Args:
        path: of the file.
        error: as the system raised it.
    """
    number = error.errno or errno.EIO
    cause = "its folder is a file" if isinstance(error, FileExistsError) else os.strerror(number)
    remedy = "free some space or choose" if number in (errno.ENOSPC, errno.EDQUOT) else "choose"
    return OSError(number, f"cannot be written: {cause}; {remedy} another place", str(path))


def write_tensors(path: Path, content: dict[str, Any]) -> None:
    """Save a dict of tensors and plain values atomically, with `torch.save`.

    Args:
        path: of the file; its folder is created.
        content: tensors, numbers, strings, None, and lists, tuples and dicts of them.

    Raises:
        OSError: as for `whole_file`.
    """
    with whole_file(path) as file:
        try:
            torch.save(content, file)
        except RuntimeError as error:  # torch wraps the error of a failed write
            if isinstance(error.__context__, OSError):
                raise error.__context__ from None
            raise


def read_tensors(path: Path) -> dict[str, Any]:
    """Load a file written by `write_tensors` onto the CPU; no code in it is executed (`weights_only=True`).

    Args:
        path: of the file.

    Raises:
        FileNotFoundError: no such file.
        ValueError: a corrupt file, or one of another format.
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
    """Whether the archive is as torch writes it: checksums right, nothing compressed, no name twice.

    `torch.load` verifies none of these; a compressed member may unpack to any size.
    """
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        stored = all(member.compress_type == zipfile.ZIP_STORED for member in members)
        return (
            stored and len({member.filename for member in members}) == len(members) and archive.testzip() is None
        )
