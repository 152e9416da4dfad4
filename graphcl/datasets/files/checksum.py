"""Checksums (sha256) of files and of the content of graphs."""

import functools
import hashlib
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch_geometric.data import Data

from graphcl.datasets.files.archive import Array


def file_checksum(path: Path) -> str:
    """sha256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_checksum(graph: Data) -> str:
    """sha256 of the content of a graph: name, dtype, shape and bytes of x, edge_index and so on, and y.

    Copies of a dataset in different file formats have the same content checksum. Of features in CSR layout the
    stored parts are read.

    Args:
        graph: A graph with edge_index and, optionally, x, edge_weight, edge_type and y.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> import torch
        >>> graph = Data(x=torch.eye(2), edge_index=torch.tensor([[0, 1], [1, 0]]))
        >>> content_checksum(graph)[:16]
        '3d2c418396fff68d'
    """
    tensors = {key: graph.get(key) for key in ("x", "edge_index", "edge_weight", "edge_type", "y")}
    x = tensors["x"]
    if x is not None and x.layout == torch.sparse_csr:
        parts = {"x_indptr": x.crow_indices(), "x_indices": x.col_indices(), "x": x.values()}
        tensors = parts | {"x_shape": torch.tensor(x.shape)} | {key: tensors[key] for key in list(tensors)[1:]}
    return arrays_checksum(
        {key: tensor.contiguous().numpy() for key, tensor in tensors.items() if tensor is not None}
    )


def arrays_checksum(arrays: Mapping[str, Array]) -> str:
    """sha256 of named arrays: name, dtype, shape and bytes of each, in the given order.

    Args:
        arrays: By name.

    Returns:
        64 hexadecimal digits.

    Example:
        >>> import numpy as np
        >>> arrays_checksum({"x": np.zeros(2)})[:16]
        '3dbd616a7add456e'
    """
    digest = hashlib.sha256()
    for key, given in arrays.items():
        array = np.ascontiguousarray(given, dtype=given.dtype.newbyteorder("<"))
        digest.update(f"{key} {array.dtype.str} {array.shape}".encode())
        digest.update(array.data)
    return digest.hexdigest()


@functools.cache
def warn_unknown(path: Path, digest: str, name: str) -> None:
    """Warn, once per process and file, that the checksum of a file is not among those known for its dataset."""
    message = f"{path} is no known copy of {name} (sha256 {digest}); it was read anyway: check its origin"
    warnings.warn(message, UserWarning, stacklevel=4)
