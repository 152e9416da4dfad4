"""Optimisers of a stage: from a method to torch optimisers, each with its parameters."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

Parameters = Callable[[Any], Iterable[nn.Parameter]]
"""Picks parameters of a method."""

Optimizers = Callable[[Any], Sequence[Optimizer]]
"""Makes the optimisers of a stage from the method; together they hold what the stage trains."""

Schedule = Callable[[Optimizer, int], LRScheduler]
"""Makes the learning-rate schedule of an optimiser, given the number of steps; it is advanced after every step."""


@dataclass(frozen=True)
class adam:  # noqa: N801  (used as a function: Stage("contrast", 100, adam(1e-3)))
    """One fused Adam over a method's parameters.

    Args:
        lr: learning rate.
        weight_decay: L2 penalty.
        parameters: picks what is trained; None takes all parameters of the method.
        no_weight_decay: picks those of them that weight decay leaves alone; None for none.

    Example:
        >>> [optimizer] = adam(1e-2, weight_decay=1e-4)(nn.Linear(2, 1))
        >>> optimizer.param_groups[0]["lr"], len(optimizer.param_groups[0]["params"])
        (0.01, 2)
    """

    lr: float
    weight_decay: float = 0.0
    parameters: Parameters | None = None
    no_weight_decay: Parameters | None = None

    kind: ClassVar[type[torch.optim.Adam]] = torch.optim.Adam

    def __call__(self, method: nn.Module) -> list[Optimizer]:
        """The optimiser, in a list."""
        chosen = list(method.parameters() if self.parameters is None else self.parameters(method))
        spared = [] if self.no_weight_decay is None else list(self.no_weight_decay(method))
        groups: list[dict[str, Any]] = [{"params": chosen}]
        if spared:
            names = set(map(id, spared))
            decayed = [parameter for parameter in chosen if id(parameter) not in names]
            groups = [{"params": decayed}, {"params": spared, "weight_decay": 0.0}]
        return [self.kind(groups, lr=self.lr, weight_decay=self.weight_decay, fused=True)]


@dataclass(frozen=True)
class adamw(adam):  # noqa: N801  (as `adam`)
    """One fused AdamW: Adam whose weight decay is decoupled, lr times the decay of every weight in each step.

    Args:
        lr: learning rate.
        weight_decay: the share that each step takes off, times the learning rate.
        parameters: picks what is trained; None takes all parameters of the method.
        no_weight_decay: picks those of them that weight decay leaves alone; None for none.

    Example:
        >>> [optimizer] = adamw(1e-2, weight_decay=1e-4)(nn.Linear(2, 1))
        >>> type(optimizer).__name__, optimizer.param_groups[0]["weight_decay"]
        ('AdamW', 0.0001)

    Reference: [Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019, arXiv 1711.05101].
    """

    kind: ClassVar[type[torch.optim.Adam]] = torch.optim.AdamW
