"""Features in an npy file, mapped into memory: rows are read from the disk when a batch asks for them."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

REWRITE = "write it by np.save(path, np.ascontiguousarray(x, dtype=np.float32))"


class MappedFeatures:
    """Feature source of an npy file that is mapped into memory, so that it may be larger than the memory.

    `Data(x=MappedFeatures("x.npy"), edge_index=edge_index)` goes to every method that takes a feature source, with
    `batch_size`. Rows come as float32, or as float64 where the file has it; from float16 they are widened.

    Args:
        path: of an npy file, (n, d), of float16, float32 or float64, in C order. It must not change while it is
            in use.

    Raises:
        FileNotFoundError: no such file.
        ValueError: another kind of file, shape, type or order.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "x.npy"
        ...     np.save(path, np.eye(3, dtype=np.float16))
        ...     source = MappedFeatures(path)
        ...     print(source.shape, source.gather(torch.tensor([2, 0])))
        (3, 3) tensor([[0., 0., 1.],
                [1., 0., 0.]])
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._rows = _mapped(self.path)
        self.dtype = torch.float64 if self._rows.dtype == torch.float64 else torch.float32

    @property
    def shape(self) -> tuple[int, ...]:
        """The numbers of rows and columns."""
        return tuple(self._rows.shape)

    def size(self, dim: int) -> int:
        """The number of rows (0) or columns (1)."""
        return self._rows.size(dim)

    def gather(self, n_id: Tensor) -> Tensor:
        """The rows of some nodes, (b, d), on the device of `n_id`; read in the order of the file."""
        ordered, order = n_id.cpu().sort()
        place = torch.empty_like(order).scatter_(0, order, torch.arange(len(order)))
        return self._rows.index_select(0, ordered).index_select(0, place).to(self.dtype).to(n_id.device)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles map the file anew."""
        return type(self), (self.path,)


def _mapped(path: Path) -> Tensor:
    """The file as a tensor, of which nothing is read yet; it must not be written to."""
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}; np.save(path, x) writes one")
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"{path} is no npy file that can be mapped ({reason}); {REWRITE}") from error
    if not isinstance(array, np.memmap):
        array.close()
        raise ValueError(f"{path} must hold one array; got an archive of several; {REWRITE}")  # noqa: TRY004
    if array.ndim != 2:
        raise ValueError(f"{path} must hold an array of shape (n, d); got shape {array.shape}; {REWRITE}")
    if array.dtype not in (np.float16, np.float32, np.float64):
        raise ValueError(
            f"{path} must hold float16, float32 or float64 of this machine; got {array.dtype.str}; {REWRITE}"
        )
    if not array.flags.c_contiguous:
        raise ValueError(f"{path} must be in C order, row by row; got Fortran order; {REWRITE}")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        return torch.from_numpy(array)
