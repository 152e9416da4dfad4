"""The nearest of several centres."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.cluster_sums import ENTRIES
from graphcl.typing import Labels, Nodes


def nearest_centre(z: Nodes, centres: Float[Tensor, "k d"]) -> Labels:
    """The closest centre of each row by Euclidean distance; the first among equals.

    Args:
        z: (n, d), dense; distances to all centres are written out for 2^24 / k rows at a time.
        centres: (k, d), k at least 1, on the device and in the dtype of z.

    Example:
        >>> nearest_centre(torch.tensor([[1.0], [9.0]]), torch.tensor([[0.0], [10.0]]))
        tensor([0, 1])
    """
    length = centres.square().sum(1)
    parts = z.split(max(ENTRIES // len(centres), 1))
    return torch.cat([torch.addmm(length, part, centres.T, alpha=-2).argmin(1) for part in parts])  # less |z|^2
