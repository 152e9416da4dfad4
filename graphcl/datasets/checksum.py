"""What was read, as a digest: of a file's bytes, and of a graph's content."""

import functools
import hashlib
import warnings
from pathlib import Path

from torch_geometric.data import Data


def file_checksum(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_checksum(graph: Data) -> str:
    """The sha256 over name, dtype, shape and bytes of x, edge_index and (where known) edge_type and y.

    Two copies of a dataset that were saved by different programs agree, although their files do not.

    Args:
        graph: A graph with dense x and edge_index, and edge_type and y or None.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> import torch
        >>> graph = Data(x=torch.eye(2), edge_index=torch.tensor([[0, 1], [1, 0]]))
        >>> content_checksum(graph)[:16]
        '3d2c418396fff68d'
    """
    digest = hashlib.sha256()
    for key in ("x", "edge_index", "edge_type", "y"):
        tensor = graph.get(key)
        if tensor is not None:
            array = tensor.contiguous().numpy()
            array = array.astype(array.dtype.newbyteorder("<"), copy=False)
            digest.update(f"{key} {array.dtype.str} {array.shape}".encode())
            digest.update(array.data)
    return digest.hexdigest()


@functools.cache
def warn_unknown(path: Path, digest: str, name: str) -> None:
    """Warn that a file is none of the copies that are known of a dataset: once per process and file."""
    message = (
        f"{path} is no known copy of {name} (sha256 {digest}); it was read all the same: check where it is from"
    )
    warnings.warn(message, UserWarning, stacklevel=4)
