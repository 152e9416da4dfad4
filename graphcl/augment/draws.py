"""Draws from an explicit generator: which edges, nodes, columns or entries stay, and random node numbers."""

import torch
from jaxtyping import Bool
from torch import Tensor

Probabilities = float | Tensor
"""One probability for all, or one for each."""


def device_of(generator: torch.Generator) -> torch.device:
    """Where a generator draws.

    Raises:
        TypeError: anything but a generator.

    Example:
        >>> device_of(torch.Generator())
        device(type='cpu')
    """
    if not isinstance(generator, torch.Generator):
        raise TypeError(f"generator must be a torch.Generator; got {generator!r}; seed one by manual_seed")
    return generator.device


def uniform(count: int, generator: torch.Generator, device: torch.device) -> Tensor:
    """Numbers in [0, 1), drawn where the generator lives and moved to the device.

    Example:
        >>> uniform(2, torch.Generator().manual_seed(0), torch.device("cpu"))
        tensor([0.4963, 0.7682])
    """
    return torch.rand(count, device=device_of(generator), generator=generator).to(device)


def below(size: Tensor, generator: torch.Generator) -> Tensor:
    """For each size an integer in [0, size), all equally probable; sizes are at least 1.

    Example:
        >>> below(torch.tensor([1, 1]), torch.Generator())
        tensor([0, 0])
    """
    draw = torch.rand(size.shape, dtype=torch.float64, device=device_of(generator), generator=generator)
    return torch.minimum((draw.to(size.device) * size).long(), size - 1)


def keep(count: int, p: Probabilities, generator: torch.Generator, device: torch.device) -> Bool[Tensor, " m"]:
    """True for each that stays: independent draws, each lost with its probability.

    A generator on the CPU gives the same draws for every device.

    Args:
        count: m, how many.
        p: the probability of being lost, in [0, 1]: a number, or a tensor of shape (m,).
        generator: what the draws come from.
        device: where the result is wanted.

    Raises:
        ValueError: a probability outside [0, 1] or NaN, or a tensor of another shape.

    Example:
        >>> keep(3, torch.tensor([0.0, 1.0, 0.0]), torch.Generator(), torch.device("cpu"))
        tensor([ True, False,  True])
    """
    check_probability(p, count)
    return uniform(count, generator, device) >= (p.to(device) if isinstance(p, Tensor) else p)


def check_probability(p: Probabilities, count: int) -> None:
    """Refuse what is no probability, or not one for each of `count`.

    Raises:
        TypeError: neither a number nor a tensor.
        ValueError: a probability outside [0, 1] or NaN, or a tensor of another shape than (count,).

    Example:
        >>> check_probability(1.5, 3)
        Traceback (most recent call last):
            ...
        ValueError: p must lie in [0, 1]; got 1.5
    """
    if not isinstance(p, Tensor):
        if not hasattr(p, "__float__"):
            raise TypeError(f"p must be a number or a tensor; got {type(p).__name__}; convert it by torch.tensor")
        if not 0 <= p <= 1:
            raise ValueError(f"p must lie in [0, 1]; got {p}")
        return
    if p.shape != (count,):
        raise ValueError(f"p must be a number or have shape ({count},); got {tuple(p.shape)}")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"p must lie in [0, 1]; got values from {float(p.min()):g} to {float(p.max()):g}")
