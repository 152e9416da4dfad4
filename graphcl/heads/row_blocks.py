"""Rows of a matrix in blocks, also of one that is mapped from a file or comes from a feature source."""

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.feature_source import FeatureSource, TensorFeatures, map_rows
from graphcl.heads.nearest import nearest_centre
from graphcl.ops.graph_matrices.cluster_sums import ENTRIES
from graphcl.ops.machine.precision import at_least_float32
from graphcl.ops.scale import power_of_two
from graphcl.typing import Labels, Nodes


class RowBlocks:
    """Rows in blocks of at most 2^24 entries, in order, in float32 or wider; iterating again reads them again.

    Args:
        z: (n, d), a dense tensor, in memory or mapped from a file, or a feature source of dense rows.
        device: where the blocks are to be.

    Example:
        >>> [(span, rows.shape) for span, rows in RowBlocks(torch.ones(3, 2))]
        [(slice(0, 3, None), torch.Size([3, 2]))]
    """

    def __init__(self, z: Nodes | FeatureSource, device: torch.device | None = None) -> None:
        self.source: FeatureSource = TensorFeatures(z) if isinstance(z, Tensor) else z
        self.device = device or torch.device("cpu")

    def __len__(self) -> int:
        """The number of rows."""
        return self.source.size(0)

    @property
    def width(self) -> int:
        """The number of columns."""
        return self.source.size(1)

    @property
    def dtype(self) -> torch.dtype:
        """The type of the blocks."""
        return torch.promote_types(self.source.dtype, torch.float32)

    def __iter__(self) -> Iterator[tuple[slice, Tensor]]:
        """Where each block lies, and its rows."""
        size = max(ENTRIES // max(self.width, 1), 1)
        for start in range(0, len(self), size):
            span = slice(start, min(start + size, len(self)))
            yield span, self.gather(torch.arange(span.start, span.stop))

    def gather(self, index: Tensor) -> Tensor:
        """Some rows, (b, d); index on the CPU."""
        rows = at_least_float32(self.source.gather(index.to(self.device)))
        return rows.to(self.dtype)

    def scaled(self) -> tuple["RowBlocks", Tensor]:
        """The rows multiplied by the power of two that brings them to an ordinary scale, and that number."""
        ends = [torch.stack(rows.aminmax()).abs().max() for _, rows in self]
        scale = power_of_two(torch.stack(ends).max())
        if scale == 1:
            return self, scale
        changed = map_rows(self.source, lambda rows: at_least_float32(rows) * scale)
        return RowBlocks(changed, self.device), scale


def nearest_in_blocks(z: Nodes | FeatureSource, centres: Float[Tensor, "k d"]) -> Labels:
    """Assign each row to its nearest centre as `nearest_centre`, one block of rows after the other.

    Args:
        z: (n, d), dense, in memory or mapped from a file, or a feature source of dense rows.
        centres: (k, d), k at least 1; blocks are computed on their device, in the wider of the two types.

    Returns:
        (n,), int64, in [0, k), on the device of the centres.

    Example:
        >>> nearest_in_blocks(torch.tensor([[1.0], [9.0]]), torch.tensor([[0.0], [10.0]]))
        tensor([0, 1])
    """
    blocks = RowBlocks(z, centres.device)
    dtype = torch.promote_types(blocks.dtype, centres.dtype)
    labels = torch.empty(len(blocks), dtype=torch.long, device=centres.device)
    for span, rows in blocks:
        labels[span] = nearest_centre(rows.to(dtype), centres.to(dtype))
    return labels
