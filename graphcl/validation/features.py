"""Validation of node features: real, finite, and small enough for sums of squares."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from graphcl.feature_source import FeatureSource, TransformedFeatures, is_feature_source
from graphcl.validation.numbers import BLOCK_ROWS, LARGEST, WIDE, Numbers, warn_of_loss

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

FLOAT32 = Numbers()
"""Features in float32, not multiplied."""


def check_features(x: Any, numbers: Numbers = FLOAT32) -> Tensor | FeatureSource:
    """Check node features that are a tensor or a feature source.

    Args:
        x: as it was given.
        numbers: the type and scale that it gets. Float64 is rounded to float32; a UserWarning says if entries
            become 0 or columns constant by that.

    Returns:
        A tensor, dense or CSR as given; or the source itself, wrapped where its rows are converted.

    Raises:
        ValueError: another shape than (n, d), no rows or columns, complex or non-finite numbers, or values too
            large to square.
    """
    return _check_source(x, numbers) if is_feature_source(x) else check_tensor(x, numbers)


def check_tensor(x: Any, numbers: Numbers = FLOAT32) -> Tensor:
    """Check features that are a tensor; those of the right type already are not copied.

    Args:
        x: as it was given.
        numbers: as for `check_features`.

    Returns:
        The features, dense or CSR as given.

    Raises:
        ValueError: as for `check_features`.
    """
    if x is None:
        raise ValueError(NO_FEATURES)
    if not is_dense(x, or_csr=True) or x.dim() != 2:
        remedy = _CONVERSIONS.get(type(x).__module__.partition(".")[0], "give each node a row of features")
        raise ValueError(f"x must be a tensor of shape (n, d); got {kind_of(x)}; {remedy}")
    _check_kind(x)
    scaled = numbers.scaled(x)
    _check_values(lambda: _stored(scaled), numbers)
    warn_of_loss(_stored(x), numbers)
    return scaled.to(numbers.dtype)


def _check_source(source: FeatureSource, numbers: Numbers) -> FeatureSource:
    """Check a feature source, `BLOCK_ROWS` rows at a time."""
    if len(source.shape) != 2 or not isinstance(source.dtype, torch.dtype):
        got = f"shape {tuple(source.shape)} and dtype {source.dtype}"
        raise ValueError(f"x must be a feature source of shape (n, d) and a torch dtype; got {got}")
    _check_kind(source)
    _check_values(lambda: map(numbers.scaled, _gathered(source)), numbers)
    if source.dtype in WIDE:
        warn_of_loss(_gathered(source), numbers)
    as_it_is = source.dtype == numbers.dtype and numbers.scale == 1
    return source if as_it_is else TransformedFeatures(source, numbers.of, dtype=numbers.dtype)


def _gathered(source: FeatureSource) -> Iterator[Tensor]:
    """The stored values of a source, by blocks of rows."""
    n, d = source.shape
    for start in range(0, n, BLOCK_ROWS):
        n_id = torch.arange(start, min(start + BLOCK_ROWS, n))
        rows = source.gather(n_id)
        if not is_dense(rows, or_csr=True) or rows.shape != (len(n_id), d) or rows.dtype != source.dtype:
            wanted = f"({len(n_id)}, {d}) of {source.dtype}"
            raise ValueError(f"x.gather must return a tensor of shape {wanted}; got {kind_of(rows)}")
        yield from _stored(rows.detach())


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


def _check_values(blocks: Callable[[], Iterator[Tensor]], numbers: Numbers) -> None:
    """Check that all values are finite and small enough, in one pass over them."""
    ranges = [torch.stack(values.aminmax()) for values in blocks() if values.numel()]
    if not ranges:
        return
    all_ranges = torch.stack(ranges)
    low, high = torch.stack([all_ranges[:, 0].min(), all_ranges[:, 1].max()]).tolist()  # NaN propagates
    if not (math.isfinite(low) and math.isfinite(high)):
        bad = sum(int((~torch.isfinite(values)).sum()) for values in blocks())
        raise ValueError(f"x must be finite; got {bad} NaN or infinite entries; impute or drop them")
    most, largest = LARGEST[numbers.dtype], max(-low, high)
    if largest > most:
        remedy = "rescale it"
        if numbers.dtype == torch.float32 and largest <= LARGEST[torch.float64]:
            remedy = "rescale it or set precision='fp64'"
        limits = f"±{most / numbers.scale:g}, for its squares"
        raise ValueError(f"x must lie within {limits}; got {largest / numbers.scale:g}; {remedy}")


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
