"""Euclidean projection onto the probability simplex."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.ops.machine.precision import at_least_float32


def project_onto_simplex(values: Float[Tensor, " k"]) -> Float[Tensor, " k"]:
    """The nearest point with entries of at least 0 that sum to 1: max(v - mu, 0), mu found exactly by sorting.

    With v sorted from the largest, mu is (v_1 + ... + v_r - 1) / r for the last r at which v_r is above it. A
    constant added to all values changes nothing.

    Args:
        values: (k,), finite, k at least 1.

    Raises:
        ValueError: no values, or some that are not finite.

    Example:
        >>> project_onto_simplex(torch.tensor([0.6, 0.8, -1.0]))
        tensor([0.4000, 0.6000, 0.0000])

    Reference: [Duchi et al., "Efficient projections onto the l1-ball for learning in high dimensions", ICML 2008].
    """
    values = at_least_float32(values)
    if not len(values) or not bool(values.isfinite().all()):
        raise ValueError(f"values must be finite and at least one; got {values.tolist()}")
    values = values - values.max()
    ordered = values.sort(descending=True).values
    count = torch.arange(1, len(values) + 1, device=values.device, dtype=values.dtype)
    mu = (ordered.cumsum(0) - 1) / count
    return (values - mu[(ordered > mu).sum() - 1]).clamp(min=0)
