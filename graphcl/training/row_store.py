"""Embeddings computed block by block: kept on their device, or written to a memory-mapped npy file."""

import secrets
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from graphcl.ops.tensor_files import cannot_be_written, refuse_other_than_file


class RowStore:
    """Collects blocks of rows, in order; as a context manager it leaves a whole file behind, or none.

    Args:
        path: of the npy file; None keeps the rows where they are computed.
        total: how many rows there will be; where it is not known, rows for a file are held until all are there.

    Raises:
        OSError: the file cannot be written.

    Example:
        >>> with RowStore(None) as store:
        ...     store.append(torch.ones(1, 2))
        ...     store.append(torch.zeros(1, 2))
        ...     store.rows().tolist()
        [[1.0, 1.0], [0.0, 0.0]]
    """

    def __init__(self, path: Path | None, total: int | None = None) -> None:
        self.path, self.total = path, total
        self.blocks: list[Tensor] = []
        self.written = 0
        self._file: np.memmap[tuple[int, ...], np.dtype[Any]] | None = None
        if path is not None:
            refuse_other_than_file(path)
            self._part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")

    def __enter__(self) -> Self:
        return self

    def append(self, block: Tensor) -> None:
        """Take the next rows, (b, d); half precision becomes float32, float64 stays."""
        block = block if block.dtype == torch.float64 else block.float()
        if self.path is None or self.total is None:
            self.blocks.append(block)
        else:
            self._write(block, self.total)

    def rows(self) -> Tensor:
        """All rows, (n, d)."""
        if self.path is None:
            return torch.cat(self.blocks)
        if self.blocks:
            rows = torch.cat(self.blocks)
            self._write(rows, len(rows))
        if self._file is None:
            raise ValueError("there are no rows to write; give batches with a seed")
        self._file.flush()
        self._part.replace(self.path)
        return torch.from_numpy(self._file)

    def _write(self, block: Tensor, total: int) -> None:
        if self._file is None:
            self._file = self._open((total, *block.shape[1:]), block.cpu().numpy().dtype)
        self._file[self.written : self.written + len(block)] = block.cpu().numpy()
        self.written += len(block)

    def _open(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> "np.memmap[tuple[int, ...], np.dtype[Any]]":
        try:
            self._part.parent.mkdir(parents=True, exist_ok=True)
            return np.lib.format.open_memmap(self._part, mode="w+", dtype=dtype, shape=shape)
        except OSError as error:
            raise cannot_be_written(self._part, error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.path is not None and self._part.exists():
            self._part.unlink()
