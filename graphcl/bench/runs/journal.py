"""A file of records, one a line, that survives being killed at any moment and has one writer at a time.

Beside it lies a folder with details of the runs, see `graphcl.bench.runs.details`.
"""

import errno
import fcntl
import os
import warnings
from pathlib import Path
from types import TracebackType
from typing import Self

from graphcl.bench.runs.details import details_path
from graphcl.bench.runs.record import CutOffError, FieldError, Record
from graphcl.ops.files.tensor_files import cannot_be_written, refuse_other_than_file, whole_file

START = b'{"key": "'
"""What the first record of a file begins with."""


def load_records(*paths: str | Path) -> list[Record]:
    """The records of some files; a last line that was cut off, left by a writer that was killed, is ignored.

    A record that cannot be right is an error, so that no table is made of a part of a file in silence.

    Args:
        paths: files that `graphcl bench run` wrote, or any command with `--out`.

    Raises:
        FileNotFoundError: no such file.
        ValueError: a broken line elsewhere, or a record with a field of another type or a score out of its range;
            the message names file, line and field. Or a file of another kind.
    """
    return [record for path in map(Path, paths) for record in _scan(path.read_bytes(), path)[0]]


class Journal:
    """Append records to a file that no other process appends to at the same time.

    A context manager. A last line that was not written to its end is cut off, with a warning; the rest of the file
    is never rewritten.

    Args:
        path: of the file; it and its folders are made if missing.

    Attributes:
        records: those in the file, old and new.

    Raises:
        BlockingIOError: another process writes to the file; its lock vanishes with it.
        OSError: the file, or the folder beside it, cannot be written.
        ValueError: a broken line before the last one, a record with a field that cannot be right, or a file of
            another kind.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records: list[Record] = []
        self._file = -1

    def __enter__(self) -> Self:
        refuse_other_than_file(self.path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
        except OSError as error:
            raise cannot_be_written(self.path, error) from error
        try:
            self._lock()
            self._repair()
            self._clear_folder()
        except BaseException:
            os.close(self._file)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.close(self._file)

    def append(self, record: Record, details: bytes | None = None) -> None:
        """Write one record and sync it to the disk; details are written first, so that no record lacks them."""
        if details is not None:
            with whole_file(details_path(self.path, record.key)) as file:
                file.write(details)
        self._write(record.to_line().encode())
        self.records.append(record)

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            reason = "another graphcl process writes there; wait for its end or choose another place"
            raise BlockingIOError(error.errno, reason, str(self.path)) from error

    def _repair(self) -> None:
        content = self.path.read_bytes()
        self.records, sound = _scan(content, self.path)
        if sound < len(content):
            warnings.warn(f"{self.path}: cut off a last line that was broken", stacklevel=3)
            os.ftruncate(self._file, sound)
        elif content and not content.endswith(b"\n"):
            self._write(b"\n")

    def _clear_folder(self) -> None:
        """Refuse a folder that cannot be one, and remove what a killed writer left unfinished."""
        folder = details_path(self.path, "").parent
        if folder.exists() and not folder.is_dir():
            reason = (
                "is a file where a folder for details is needed; move it or choose another place for the results"
            )
            raise FileExistsError(errno.EEXIST, reason, str(folder))
        for unfinished in folder.glob("*.npz*.part"):
            unfinished.unlink()

    def _write(self, line: bytes) -> None:
        before = os.fstat(self._file).st_size
        try:
            written = os.write(self._file, line)
            os.fsync(self._file)
        except OSError as error:
            raise cannot_be_written(self.path, error) from error
        if written < len(line):
            os.ftruncate(self._file, before)
            raise cannot_be_written(self.path, OSError(errno.ENOSPC, "the disk took a part of the line"))


def _scan(content: bytes, path: Path) -> tuple[list[Record], int]:
    """The records, and how many bytes from the start are sound."""
    records = []
    sound = 0
    lines = content.splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        try:
            records.append(Record.from_line(line))
        except ValueError as error:
            foreign = not records and line[: len(START)] != START[: len(line)]
            if foreign and not isinstance(error, FieldError):
                raise ValueError(f"{path} holds something other than records; name another file") from error
            if number == len(lines) and isinstance(error, CutOffError):
                break
            raise ValueError(f"{path}, line {number}: {error}; remove the line or use another file") from error
        sound += len(line)
    return records, sound
