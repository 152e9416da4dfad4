"""Augmentation of an encoder in place of a graph: Gaussian noise on its parameters."""

from collections.abc import Mapping

import torch
from torch import Tensor

from graphcl.ops.machine.precision import at_least_float32


@torch.no_grad()
def perturb_parameters(
    parameters: Mapping[str, Tensor], eta: float, *, generator: torch.Generator | None = None
) -> dict[str, Tensor]:
    """Parameters with Gaussian noise, each tensor by its own spread: W + eta std(W) e, e standard normal.

    std(W) is over the entries of the tensor, with the divisor n - 1. A tensor whose entries are all equal has the
    spread 0 and stays as it is; so does one of a single entry, which has none, and one of integers.

    Args:
        parameters: by name, as `dict(module.named_parameters())` has them; `torch.func.functional_call` takes the
            result in their place.
        eta: strength of the noise, at least 0.
        generator: on the device of the parameters.

    Returns:
        New tensors by the same names, without gradients.

    Raises:
        ValueError: a negative strength.

    Example:
        >>> weights = {"slope": torch.ones(1), "bias": torch.zeros(3), "weight": torch.arange(3.0)}
        >>> noisy = perturb_parameters(weights, 0.1, generator=torch.Generator().manual_seed(0))
        >>> [torch.equal(noisy[name], weights[name]) for name in weights]
        [True, True, False]

    Reference: [Xia, Wu, Chen, Hu, Li, "SimGRACE", WWW 2022, arXiv 2202.03104].
    """
    if not eta >= 0:
        raise ValueError(f"eta must not be negative; got {eta}")
    return {name: _perturbed(weight, eta, generator) for name, weight in parameters.items()}


def _perturbed(weight: Tensor, eta: float, generator: torch.Generator | None) -> Tensor:
    if weight.numel() < 2 or not weight.is_floating_point():
        return weight.clone()
    full = at_least_float32(weight)
    return (full + eta * full.std() * _normal(full, generator)).to(weight.dtype)


def _normal(weight: Tensor, generator: torch.Generator | None) -> Tensor:
    """Standard normal draws in the shape of a tensor."""
    return torch.randn(weight.shape, generator=generator, dtype=weight.dtype, device=weight.device)
