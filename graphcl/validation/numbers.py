"""How features are stored: float32 or float64, multiplied by a power of two where they are tiny."""

import warnings
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from graphcl.feature_source import is_feature_source
from graphcl.ops.scale import scale_of

LARGEST = {torch.float32: 1e15, torch.float64: 1e150}
"""Largest absolute value of a feature, so that sums of squares stay finite in the type."""

SMALLEST = 1 / 64
"""Features of which no entry is as large are multiplied by a power of two."""

WIDE = (torch.float64, torch.int64, torch.int32)
"""Types whose numbers float32 may not tell apart."""

BLOCK_ROWS = 65_536
"""Rows that are read at a time."""


class Numbers(NamedTuple):
    """The type that features are converted to, and a factor, a power of two, before.

    Args:
        dtype: float32 or float64.
        scale: at least 1, see `feature_scale`.
    """

    dtype: torch.dtype = torch.float32
    scale: float = 1.0

    def scaled(self, x: Tensor) -> Tensor:
        """Features times the factor, in a type that holds them: their own if it is a real one and the factor is 1.

        Example:
            >>> Numbers().scaled(torch.tensor([[1]])), Numbers(scale=4.0).scaled(torch.tensor([[1.0]])).dtype
            (tensor([[1.]]), torch.float64)
        """
        x = x.detach()
        if self.scale != 1:
            return x.double() * self.scale
        return x if x.is_floating_point() else x.to(self.dtype)

    def of(self, x: Tensor) -> Tensor:
        """Features as they are stored; those that are so already are not copied."""
        return self.scaled(x).to(self.dtype)


def feature_scale(x: object) -> float:
    """The power of two that brings features whose largest entry is below 1/64 to 1/2 or more; 1 for others.

    Initial weights and learning rates are meant for features around 1. Multiplying by the factor is exact. What
    cannot be features has the factor 1.

    Args:
        x: a tensor or a feature source, of which the first 65,536 rows are read.

    Example:
        >>> feature_scale(torch.tensor([[3.0, 0.0]])), feature_scale(torch.tensor([[2.0**-9, 0.0]]))
        (1.0, 256.0)
    """
    if is_feature_source(x):
        x = x.gather(torch.arange(min(x.size(0), BLOCK_ROWS)))  # type: ignore[attr-defined]
    if not isinstance(x, Tensor) or x.layout not in (torch.strided, torch.sparse_csr) or not x.is_floating_point():
        return 1.0
    return max(float(scale_of(x if x.dtype == torch.float64 else x.float(), smallest=SMALLEST)), 1.0)


def warn_of_loss(blocks: Iterator[Tensor], numbers: Numbers) -> None:
    """Warn once if numbers of a wider type are lost in float32: entries become 0, or columns constant.

    Args:
        blocks: of rows, or of the values of a CSR matrix, as they were given.
        numbers: what they are converted to.
    """
    vanished, ranges = 0, []
    for block in blocks:
        if block.dtype not in WIDE or numbers.dtype != torch.float32 or not block.numel():
            return
        wide = block.detach().double() * numbers.scale
        vanished += int(((wide != 0) & (wide.abs() < torch.finfo(torch.float32).tiny)).sum())
        if wide.dim() == 2:
            ranges.append(torch.stack(wide.aminmax(dim=0)))
    flat = 0
    if ranges:
        low, high = torch.stack(ranges)[:, 0].amin(0), torch.stack(ranges)[:, 1].amax(0)
        flat = int(((low < high) & (low.float() == high.float())).sum())
    if vanished or flat:
        what = [f"{vanished} entries are too small for it"] * (vanished > 0)
        what += [f"{flat} columns become constant"] * (flat > 0)
        remedy = "set precision='fp64', subtract the mean of each column, or rescale x"
        warnings.warn(f"x loses information in float32: {' and '.join(what)}; {remedy}", stacklevel=2)
