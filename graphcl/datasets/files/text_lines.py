"""Lines of text files, compressed or not, read within limits, with errors of one line."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graphcl.datasets.files.inflation import check_inflation

LONGEST = 1 << 24
"""Characters of the longest line that is read."""


@contextmanager
def open_lines(path: Path, what: str = "file") -> Iterator[Iterator[str]]:
    """Open a text file in UTF-8 and give its lines; a byte order mark is left out, `.gz` is unpacked.

    Args:
        path: The file. Lines end in LF, CR LF or CR, and keep their ends.
        what: What the file is to be, for the error message of a missing one.

    Yields:
        An iterator of the lines.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is damaged, not in UTF-8, no table (of a csv reader on these lines), has a line of
            more than 16 million characters, or grows out of proportion when it is unpacked.
    """
    try:
        with open_bytes(path, what) as stream, io.TextIOWrapper(stream, "utf-8-sig", newline="") as text:
            yield _short(path, text)
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise ValueError(
            f"{path}: the file is not in UTF-8 (it has the byte 0x{byte:02x}); save it as UTF-8"
        ) from None
    except csv.Error as error:
        if "field limit" in str(error):
            limit = f"{csv.field_size_limit():,}"
            raise ValueError(f"{path}: a cell has more than {limit} characters; remove its row") from None
        raise ValueError(f"{path}: the file is not a table ({error}); save it as comma-separated values") from None


@contextmanager
def open_bytes(path: Path, what: str = "file") -> Iterator[io.BufferedReader]:
    """Open a file, unpacked where its name ends in .gz; arguments and errors as for `open_lines`."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file; name an existing {what}")
    try:
        with path.open("rb") as raw:
            yield io.BufferedReader(_Unpacked(path, raw)) if path.suffix.lower() == ".gz" else raw
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path}: the file is damaged or cut off ({error}); download or write it again") from None


class _Unpacked(io.RawIOBase):
    """Stream of the content of a .gz file that ends in an error where it grows out of proportion."""

    def __init__(self, path: Path, raw: io.BufferedReader) -> None:
        self._path, self._packed = path, path.stat().st_size
        self._file = gzip.GzipFile(fileobj=raw)

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed: any buffer
        """Read into a buffer, and return the number of bytes."""
        count = self._file.readinto(buffer)
        check_inflation(self._path, self._packed, self._file.tell())
        return count


def _short(path: Path, lines: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := lines.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise ValueError(f"{path}, line {number}: more than {LONGEST:,} characters; break it into lines")
        yield line
