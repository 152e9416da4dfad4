"""Min-max scaling of rows."""

import torch

from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Nodes


def min_max_rows(z: Nodes) -> Nodes:
    """Scale each row to [0, 1]: (z - min) / (max - min); a constant row becomes 0 and has a gradient of 0.

    Products of such rows are not negative, so that they can be affinities of spectral clustering.

    Args:
        z: (n, d), dense, finite.

    Example:
        >>> min_max_rows(torch.tensor([[1.0, 3.0, 2.0], [7.0, 7.0, 7.0]]))
        tensor([[0.0000, 1.0000, 0.5000],
                [0.0000, 0.0000, 0.0000]])
    """
    z = at_least_float32(z)
    low, high = z.amin(1, keepdim=True), z.amax(1, keepdim=True)
    span = high - low
    varies = span > torch.finfo(z.dtype).tiny
    return torch.where(varies, (z - low) / torch.where(varies, span, 1), 0)
