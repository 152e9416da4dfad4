"""Validation of node features: real, finite, and small enough for sums of squares in float32."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from graphcl.feature_source import FeatureSource, TransformedFeatures, is_feature_source

LARGEST = 1e15
"""Largest absolute value of a feature, so that sums of squares stay finite in float32."""

NO_FEATURES = (
    "x is missing, and this method reads features; leiden reads none, and graphcl.datasets makes some of a graph: "
    "features=degree, random-projection, spectral or one-hot (--data features=degree; or "
    "from_networkx(graph, features='degree').graph)"
)
"""The error for a graph without features."""

_CONVERSIONS = {
    "numpy": "convert it by torch.from_numpy",
    "scipy": "convert it by torch.from_numpy(x.toarray()), or graphcl.datasets.from_scipy(adjacency, x)",
    "pandas": "convert it by torch.from_numpy(x.to_numpy())",
}
"""What to do with features of another package."""

BLOCK_ROWS = 65_536
"""Rows that are checked at a time."""


def check_features(x: Any) -> Tensor | FeatureSource:
    """Check node features that are a tensor or a feature source.

    Returns:
        A tensor in float32, dense or CSR as given; or the source itself, wrapped where its rows are not float32.

    Raises:
        ValueError: another shape than (n, d), no rows or columns, complex or non-finite numbers, or values too
            large to square.
    """
    return _check_source(x) if is_feature_source(x) else check_tensor(x)


def check_tensor(x: Any) -> Tensor:
    """Check features that are a tensor; float32 features are not copied.

    Returns:
        The features in float32, dense or CSR as given.

    Raises:
        ValueError: as for `check_features`.
    """
    if x is None:
        raise ValueError(NO_FEATURES)
    if not is_dense(x, or_csr=True) or x.dim() != 2:
        remedy = _CONVERSIONS.get(type(x).__module__.partition(".")[0], "give each node a row of features")
        raise ValueError(f"x must be a tensor of shape (n, d); got {kind_of(x)}; {remedy}")
    _check_kind(x)
    real: Tensor = x.detach().float()
    _check_values(lambda: _stored(real))
    return real


def _check_source(source: FeatureSource) -> FeatureSource:
    """Check a feature source, `BLOCK_ROWS` rows at a time."""
    if len(source.shape) != 2 or not isinstance(source.dtype, torch.dtype):
        got = f"shape {tuple(source.shape)} and dtype {source.dtype}"
        raise ValueError(f"x must be a feature source of shape (n, d) and a torch dtype; got {got}")
    _check_kind(source)
    checked = source if source.dtype == torch.float32 else TransformedFeatures(source, Tensor.float)
    _check_values(lambda: _gathered(source))
    return checked


def _gathered(source: FeatureSource) -> Iterator[Tensor]:
    """The stored values of a source in float32, by blocks of rows."""
    n, d = source.shape
    for start in range(0, n, BLOCK_ROWS):
        n_id = torch.arange(start, min(start + BLOCK_ROWS, n))
        rows = source.gather(n_id)
        if not is_dense(rows, or_csr=True) or rows.shape != (len(n_id), d) or rows.dtype != source.dtype:
            wanted = f"({len(n_id)}, {d}) of {source.dtype}"
            raise ValueError(f"x.gather must return a tensor of shape {wanted}; got {kind_of(rows)}")
        yield from _stored(rows.detach().float())


def _stored(x: Tensor) -> Iterator[Tensor]:
    """The stored values of a matrix: views of blocks of its rows, or all entries of a CSR matrix."""
    if x.layout == torch.sparse_csr:
        yield x.values()
    else:
        yield from x.split(BLOCK_ROWS)


def _check_kind(x: Tensor | FeatureSource) -> None:
    if x.dtype.is_complex:
        raise ValueError(f"x must hold real numbers; got {x.dtype}; give the parts columns of their own")
    if 0 in x.shape:
        raise ValueError(f"x must have at least one row and one column; got {tuple(x.shape)}: an empty graph")


def _check_values(blocks: Callable[[], Iterator[Tensor]]) -> None:
    """Check that all values are finite and small enough, in one pass over them."""
    ranges = [torch.stack(values.aminmax()) for values in blocks() if values.numel()]
    if not ranges:
        return
    all_ranges = torch.stack(ranges)
    low, high = torch.stack([all_ranges[:, 0].min(), all_ranges[:, 1].max()]).tolist()  # NaN propagates
    if not (math.isfinite(low) and math.isfinite(high)):
        bad = sum(int((~torch.isfinite(values)).sum()) for values in blocks())
        raise ValueError(f"x must be finite; got {bad} NaN or infinite entries in float32; impute or drop them")
    if (largest := max(-low, high)) > LARGEST:
        raise ValueError(f"x must lie within ±{LARGEST:g}, for its squares; got {largest:g}; rescale it")


def is_dense(value: Any, *, or_csr: bool = False) -> bool:
    """Whether a value is a dense tensor, or, if asked, one in CSR layout."""
    layouts = (torch.strided, torch.sparse_csr) if or_csr else (torch.strided,)
    return isinstance(value, Tensor) and value.layout in layouts


def kind_of(value: Any) -> str:
    """Describe a value for an error message: shape, dtype and layout of a tensor, or the name of its type."""
    if not isinstance(value, Tensor):
        return type(value).__name__
    layout = "" if value.layout == torch.strided else f" in the layout {value.layout}"
    return f"{tuple(value.shape)} of {value.dtype}{layout}"
