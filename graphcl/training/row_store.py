"""Embeddings computed block by block: kept on their device, or written to a memory-mapped npy file."""

import secrets
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from graphcl.ops.files.tensor_files import cannot_be_written, refuse_other_than_file, reserve


class RowStore:
    """Collects blocks of rows, in order; as a context manager it leaves a whole file behind, or none.

    Args:
        path: of the npy file; None keeps the rows where they are computed.
        total: how many rows there will be; where it is not known, blocks are held until all are there.

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
        self._rows: Tensor | None = None
        self._file: np.memmap[tuple[int, ...], np.dtype[Any]] | None = None
        self._part: Path | None = None
        if path is not None:
            refuse_other_than_file(path)
            self._part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")

    def __enter__(self) -> Self:
        return self

    def append(self, block: Tensor) -> None:
        """Take the next rows, (b, d); half precision becomes float32, float64 stays."""
        block = block if block.dtype == torch.float64 else block.float()
        if self.total is None:
            self.blocks.append(block)
        else:
            self._write(block, self.total)

    def rows(self) -> Tensor:
        """All rows, (n, d); a file gets its name.

        Raises:
            ValueError: nothing was appended.
        """
        rows = self.unnamed()
        if self.path and self._part and self._file is not None:
            self._file.flush()
            self._part.replace(self.path)
        return rows

    def unnamed(self) -> Tensor:
        """All rows, (n, d), where they are: those of a file stay in its temporary one, which `discard` removes."""
        if self.blocks:
            rows, self.blocks = torch.cat(self.blocks), []
            if self.path is None:
                self._rows = rows
            else:
                self._write(rows, len(rows))
        if self._rows is None:
            raise ValueError("there are no rows to write; give batches with a seed")
        return self._rows

    def beside(self) -> "RowStore":
        """An empty store for as many other rows: in memory where this one is, else in a file beside its file."""
        return RowStore(self.path, self.total)

    def discard(self) -> None:
        """Drop the rows and remove the temporary file; one that `rows` has named stays."""
        self.blocks, self._rows, self._file = [], None, None
        if self._part is not None and self._part.exists():
            self._part.unlink()

    def _write(self, block: Tensor, total: int) -> None:
        if self._rows is None:
            shape = (total, *block.shape[1:])
            self._rows = block.new_empty(shape) if self._part is None else self._open(self._part, shape, block)
        self._rows[self.written : self.written + len(block)] = block
        self.written += len(block)

    def _open(self, part: Path, shape: tuple[int, ...], block: Tensor) -> Tensor:
        dtype = np.dtype(str(block.dtype).removeprefix("torch."))
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            self._file = np.lib.format.open_memmap(part, mode="w+", dtype=dtype, shape=shape)
            reserve(part)
        except OSError as error:
            raise cannot_be_written(self.path or part, error) from error
        return torch.from_numpy(self._file)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()


def mapped_rows(path: Path) -> Tensor:
    """The rows in a file that a `RowStore` wrote, mapped into memory; changes do not reach the file.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder, RowStore(Path(folder) / "z.npy") as store:
        ...     store.append(torch.ones(1, 2))
        ...     _ = store.rows()
        ...     mapped_rows(Path(folder) / "z.npy")
        tensor([[1., 1.]])
    """
    return torch.from_numpy(np.load(path, mmap_mode="c"))
