"""Schedules of a stage: learning rates, by torch's schedulers, and the momentum of a target network."""

import math
from dataclasses import dataclass

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR


@dataclass
class WarmupCosineFactor:
    """Factor of the learning rate in each step: a linear rise from 0, then half a cosine from 1 to 0.

        f(s) = s / r for s < w, then (1 + cos(pi (s - w) / (T - w))) / 2

    The first step has the factor 0 where there is a warm-up.

    Args:
        total: T, steps of the stage.
        warmup: w, steps of the rise, at most T.
        rise: r, the step whose factor would be 1 if the rise went on: w, or w - 1.

    Example:
        >>> [WarmupCosineFactor(6, 2, 2)(step) for step in (0, 1, 2, 4)]
        [0.0, 0.5, 1.0, 0.5]
    """

    total: int
    warmup: int
    rise: int

    def __call__(self, step: int) -> float:
        """The factor of the step of this number, from 0."""
        if step < self.warmup:
            return step / max(self.rise, 1)
        return (1 + math.cos(math.pi * (step - self.warmup) / max(self.total - self.warmup, 1))) / 2


@dataclass(frozen=True)
class warmup_cosine:  # noqa: N801  (used as a function: Stage(..., schedule=warmup_cosine(0.1)))
    """Learning rates that rise linearly from 0 and fall to 0 along a cosine: a `schedule` of `Stage`.

    Args:
        share: of the steps of the stage that the rise takes, in [0, 1], rounded to whole steps.
        whole_at_end: whether the last step of the rise has the whole rate, as the first after it does. BGRL's
            rises for w steps by s / w; G-BT's by s / (w - 1).

    Raises:
        ValueError: a share outside [0, 1].

    Example:
        >>> import torch
        >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
        >>> schedule = warmup_cosine(0.5)(optimizer, 4)
        >>> schedule.get_last_lr()
        [0.0]
    """

    share: float
    whole_at_end: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError(f"share must lie in [0, 1]; got {self.share}")

    def __call__(self, optimizer: Optimizer, steps: int) -> LambdaLR:
        """The schedule of an optimiser, of a stage of so many steps."""
        warmup = round(self.share * steps)
        return LambdaLR(optimizer, WarmupCosineFactor(steps, warmup, warmup - self.whole_at_end))


def target_momentum(step: int, total: int, start: float) -> float:
    """Momentum of a target network's average, which rises from `start` to 1 along half a cosine.

        m(s) = 1 - (1 - m_0) (1 + cos(pi s / T)) / 2

    Args:
        step: s, the number of the step, from 0.
        total: T, steps of the stage.
        start: m_0, in [0, 1].

    Example:
        >>> [target_momentum(step, 4, 0.9) for step in (0, 2, 4)]
        [0.9, 0.95, 1.0]

    Reference: BYOL [Grill et al., NeurIPS 2020, arXiv 2006.07733] and BGRL [Thakoor et al., ICLR 2022].
    """
    return 1 - (1 - start) * (1 + math.cos(math.pi * step / max(total, 1))) / 2
