"""Explicit feature map of the quadratic kernel (u . v + c)^2."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.typing import Nodes

OFFSET = math.sqrt(0.5)
"""c of the kernel, as SAGSC has it."""


def quadratic_features(u: Nodes, *, offset: float = OFFSET) -> Float[Tensor, "n f"]:
    """Features whose inner products are the kernel: phi(u) . phi(v) = (u . v + c)^2.

    phi(u) = [c, sqrt(2c) u_a, u_a^2, sqrt(2) u_a u_b for a < b], (k + 1)(k + 2) / 2 of them.

    Args:
        u: (n, k).
        offset: c, at least 0.

    Example:
        >>> quadratic_features(torch.tensor([[1.0, 3.0]]), offset=2.0)
        tensor([[2.0000, 2.0000, 6.0000, 1.0000, 9.0000, 4.2426]])
    """
    first, second = torch.triu_indices(u.size(1), u.size(1), offset=1, device=u.device)
    constant = u.new_full((len(u), 1), offset)
    products = u[:, first] * u[:, second]
    return torch.cat([constant, math.sqrt(2 * offset) * u, u.square(), math.sqrt(2) * products], dim=1)


def quadratic_width(channels: int) -> int:
    """Number of quadratic features of so many columns, (k + 1)(k + 2) / 2.

    Example:
        >>> quadratic_width(2)
        6
    """
    return (channels + 1) * (channels + 2) // 2
