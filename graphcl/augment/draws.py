"""Random draws: which edges, nodes, columns or entries stay, and random node numbers.

A generator draws on its own device, so that one on the CPU gives the same draws for every device. Without one the
draws come from torch's global generator of the device where the result is wanted.
"""

import torch
from jaxtyping import Bool
from torch import Tensor

from graphcl.augment.checks import check_share

Probabilities = float | Tensor
"""One probability for all, or one for each."""


def device_of(generator: torch.Generator | None, wanted: torch.device) -> torch.device:
    """The device that the draws are made on.

    Args:
        generator: what the draws come from; None for torch's global generator.
        wanted: where the result is wanted.

    Raises:
        TypeError: neither a generator nor None.

    Example:
        >>> device_of(torch.Generator(), torch.device("meta")), device_of(None, torch.device("meta"))
        (device(type='cpu'), device(type='meta'))
    """
    if generator is None:
        return wanted
    if not isinstance(generator, torch.Generator):
        raise TypeError(f"generator must be a torch.Generator or None; got {generator!r}; seed one by manual_seed")
    return generator.device


def uniform(count: int, generator: torch.Generator | None, device: torch.device) -> Tensor:
    """Numbers in [0, 1) on the device.

    Example:
        >>> uniform(2, torch.Generator().manual_seed(0), torch.device("cpu"))
        tensor([0.4963, 0.7682])
    """
    return torch.rand(count, device=device_of(generator, device), generator=generator).to(device)


def below(size: Tensor, generator: torch.Generator | None) -> Tensor:
    """For each size an integer in [0, size), all equally probable; sizes are at least 1.

    Example:
        >>> below(torch.tensor([1, 1]), torch.Generator())
        tensor([0, 0])
    """
    where = device_of(generator, size.device)
    draw = torch.rand(size.shape, dtype=torch.float64, device=where, generator=generator)
    return torch.minimum((draw.to(size.device) * size).long(), size - 1)


def keep(
    count: int, p: Probabilities, generator: torch.Generator | None, device: torch.device
) -> Bool[Tensor, " m"]:
    """True for each item that stays: independent draws, each item dropped with its probability.

    Args:
        count: m, how many items.
        p: the probability of being dropped, in [0, 1]: a number, or a tensor of shape (m,).
        generator: what the draws come from; None for torch's global generator.
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
    """Raise for what is not a probability, or not one for each of `count` items.

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
        check_share("p", p)
        return
    if p.shape != (count,):
        raise ValueError(f"p must be a number or have shape ({count},); got {tuple(p.shape)}")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"p must lie in [0, 1]; got values from {float(p.min()):g} to {float(p.max()):g}")
