"""Nearest-centre assignment."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.graph_matrices.cluster_sums import ENTRIES
from graphcl.ops.scale import power_of_two
from graphcl.typing import Labels, Nodes


def nearest_centre(z: Nodes, centres: Float[Tensor, "k d"]) -> Labels:
    """Assign each row to the centre at the smallest Euclidean distance; ties go to the lowest index.

    Args:
        z: (n, d), dense, of any scale; distances are computed in chunks of 2^24 / k rows.
        centres: (k, d), k at least 1, on the device and in the dtype of z.

    Returns:
        (n,), int64, in [0, k).

    Example:
        >>> nearest_centre(torch.tensor([[1.0], [9.0]]), torch.tensor([[0.0], [10.0]]))
        tensor([0, 1])
    """
    scaled = centres * power_of_two(centres.abs().amax()) if centres.numel() else centres
    length = (scaled * centres).sum(1)
    parts = z.split(max(ENTRIES // len(centres), 1))
    return torch.cat(
        [torch.addmm(length, part, scaled.T, alpha=-2).argmin(1) for part in parts]
    )  # squared distances minus |z|^2, times the factor
