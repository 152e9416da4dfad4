"""Tables of OGB: csv.gz files without a header, of numbers."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from graphcl.datasets.files.archive import Array

ROWS = 2**20
"""Rows that are read at a time."""


def read_table(path: Path, dtype: type[np.generic]) -> Array:
    """A whole table, (rows, columns).

    Args:
        path: a csv.gz file without a header.
        dtype: of the result; an empty cell is NaN, which only floating types hold.

    Raises:
        FileNotFoundError: no such file.
        ValueError: a file that is cut off, no gzip, or no table of numbers.
    """
    parts = list(table_blocks(path, dtype))
    return np.concatenate(parts) if parts else np.empty((0, 0), dtype)


def read_column(path: Path, dtype: type[np.generic] = np.int64) -> Array:
    """A table of one column, (rows,).

    Raises:
        FileNotFoundError, ValueError: as for `read_table`, or several columns.
    """
    table = read_table(path, dtype)
    if len(table) and table.shape[1] != 1:
        raise ValueError(f"{path} must have one column; got {table.shape[1]}; put OGB's file there again")
    return table.reshape(-1)


def table_blocks(path: Path, dtype: type[np.generic]) -> Iterator[Array]:
    """A table, `ROWS` rows at a time; a table larger than the memory can be read so.

    Args:
        path: as for `read_table`.
        dtype: as for `read_table`.

    Raises:
        FileNotFoundError, ValueError: as for `read_table`.
    """
    pandas = _pandas()
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; put OGB's whole folder there")
    try:
        with pandas.read_csv(path, compression="gzip", header=None, chunksize=ROWS) as chunks:
            for chunk in chunks:
                yield np.ascontiguousarray(chunk.to_numpy(), dtype=dtype)
    except pandas.errors.EmptyDataError:
        return
    except (EOFError, OSError, zlib.error, gzip.BadGzipFile) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} is damaged or cut off ({reason}); put OGB's file there again") from None
    except (ValueError, TypeError, pandas.errors.ParserError) as error:
        reason = " ".join(str(error).split())[:80]
        raise ValueError(f"{path} is no table of numbers ({reason}); put OGB's file there again") from None


def _pandas() -> Any:
    try:
        import pandas as pd
    except ImportError as error:
        raise ModuleNotFoundError("OGB's tables need pandas; pip install 'graphcl[ogb]'") from error
    return pd


def read_texts(path: Path, column: str) -> list[str]:
    """One column of texts of a csv.gz file with a header.

    Args:
        path: the file.
        column: its name in the header.

    Raises:
        FileNotFoundError: no such file.
        ValueError: a damaged file, or no such column.
    """
    pandas = _pandas()
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; put OGB's whole folder there")
    try:
        table = pandas.read_csv(path, compression="gzip", usecols=[column], dtype=str, keep_default_na=False)
    except (EOFError, OSError, zlib.error, ValueError, pandas.errors.ParserError) as error:
        reason = " ".join(str(error).split())[:80]
        raise ValueError(f"{path} has no column {column!r}, or is damaged ({reason})") from None
    return [str(text) for text in table[column]]
