"""Checks of features: real, finite, and small enough for sums of squares in float32."""

import math
from typing import Any

import torch
from torch import Tensor

LARGEST = 1e15
"""Of a feature, so that sums of squares stay finite in float32."""


def check_features(x: Any) -> Tensor:
    """Features in float32, dense or CSR as given, refused where they are not finite or too large to square."""
    if not is_dense(x, or_csr=True) or x.dim() != 2:
        raise ValueError(f"x must be a tensor of shape (n, d); got {kind_of(x)}; give each node a row of features")
    if x.is_complex():
        raise ValueError(f"x must hold real numbers; got {x.dtype}; give the parts columns of their own")
    if 0 in x.shape:
        raise ValueError(f"x must have at least one row and one column; got {tuple(x.shape)}: an empty graph")
    real: Tensor = x.detach().float()
    values = real.values() if real.layout == torch.sparse_csr else real
    low, high = map(float, values.aminmax()) if values.numel() else (0.0, 0.0)  # makes no copy; NaN comes through
    if not (math.isfinite(low) and math.isfinite(high)):
        bad = int((~torch.isfinite(values)).sum())
        raise ValueError(f"x must be finite; got {bad} NaN or infinite entries in float32; impute or drop them")
    if (largest := max(-low, high)) > LARGEST:
        raise ValueError(f"x must lie within ±{LARGEST:g}, for its squares; got {largest:g}; rescale it")
    return real


def is_dense(value: Any, *, or_csr: bool = False) -> bool:
    """Whether this is a dense tensor, or, if asked, one in CSR."""
    layouts = (torch.strided, torch.sparse_csr) if or_csr else (torch.strided,)
    return isinstance(value, Tensor) and value.layout in layouts


def kind_of(value: Any) -> str:
    """What was given in place of a tensor of the right shape."""
    if not isinstance(value, Tensor):
        return type(value).__name__
    layout = "" if value.layout == torch.strided else f" in the layout {value.layout}"
    return f"{tuple(value.shape)} of {value.dtype}{layout}"
