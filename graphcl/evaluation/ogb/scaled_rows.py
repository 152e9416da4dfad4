"""Rows of an embedding in blocks, their columns standardised by the training rows."""

from collections.abc import Iterator

import torch
from torch import Tensor

ROWS_AT_ONCE = 2**16
"""Rows that a probe reads at a time: what its memory grows with, besides the training rows."""


class ScaledRows:
    """Rows of an embedding, standardised by the mean and standard deviation of the training rows.

    Args:
        z: (n, d), in memory or mapped from a file; in any float type.
        train: (m,), indices of the training rows.
        device: where the rows are worked on.

    Raises:
        ValueError: an entry that is not finite, when it is read.

    Example:
        >>> rows = ScaledRows(torch.tensor([[1.0], [3.0], [5.0]]), torch.tensor([0, 1]), torch.device("cpu"))
        >>> rows[torch.tensor([2])].item()
        3.0
    """

    def __init__(self, z: Tensor, train: Tensor, device: torch.device) -> None:
        self.z, self.device = z, device
        total, square = (torch.zeros(z.size(1), dtype=torch.double) for _ in range(2))
        for block in train.split(ROWS_AT_ONCE):
            rows = z[block].double()
            total, square = total + rows.sum(0), square + rows.square().sum(0)
        mean = total / len(train)
        _check_finite(square)
        deviation = (square / len(train) - mean**2).clamp(min=0).sqrt()
        constant = deviation <= 1e-6 * mean.abs()
        self._mean = mean.float().to(device)
        self._scale = torch.where(constant, 1.0, deviation).float().to(device)

    def __getitem__(self, part: Tensor) -> Tensor:
        """(m, d), the rows of some indices, on the device and in float32."""
        rows = self.z[part].to(self.device, torch.float32)
        _check_finite(rows)
        return (rows - self._mean) / self._scale

    def blocks(self, part: Tensor) -> Iterator[Tensor]:
        """The rows of some indices, block by block."""
        for block in part.split(ROWS_AT_ONCE):
            yield self[block]


def _check_finite(rows: Tensor) -> None:
    if not bool(rows.isfinite().all()):
        raise ValueError("z must be finite; got NaN or infinity; train with a lower learning rate")
