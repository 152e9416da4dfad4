"""Running averages of the sums of a soft partition over sampled batches, with the gradient of the batch."""

import torch
from torch import Tensor, nn

from graphcl.objectives.partition_quality import PartitionSums


class RunningSums(nn.Module):
    """Averages estimates of `PartitionSums` over steps; gradients are those of the latest estimate.

    The qualities of a partition are not linear in its sums: of an unbiased estimate the square is too high by its
    variance, and logarithms and norms are biased alike. So the value is the running average
    a <- a + max(1 / t, momentum) (s - a), and the gradient with respect to it flows to s as if it were s. The
    price is that the average lags behind the training by about 1 / momentum steps, which a high learning rate
    can turn into swings.

    Args:
        n_clusters: k.
        gram: whether C'C is among the sums.
        momentum: share of the latest estimate once 1 / momentum have been seen, in (0, 1].

    Example:
        >>> ones = PartitionSums(*[torch.ones(2)] * 3, torch.ones(()), torch.ones(2), None)
        >>> running = RunningSums(2)
        >>> running(ones).within, running(PartitionSums(*[value * 3 for value in ones[:5]], None)).within
        (tensor([1., 1.]), tensor([2., 2.]))
    """

    steps: Tensor

    def __init__(self, n_clusters: int, *, gram: bool = False, momentum: float = 0.3) -> None:
        super().__init__()
        self.momentum = momentum
        for name in ("within", "out", "into", "sizes"):
            self.register_buffer(name, torch.zeros(n_clusters))
        self.register_buffer("squares", torch.zeros(()))
        self.register_buffer("gram", torch.zeros(n_clusters, n_clusters) if gram else None)
        self.register_buffer("steps", torch.zeros((), dtype=torch.long))

    def forward(self, sums: PartitionSums) -> PartitionSums:
        """The averages, this estimate among them, with its gradient."""
        with torch.no_grad():
            self.steps.add_(1)
            rate = (1 / self.steps).clamp(min=self.momentum)
        return sums.changed(lambda name, value: self._averaged(name, value, rate))

    def _averaged(self, name: str, value: Tensor, rate: Tensor) -> Tensor:
        average: Tensor = getattr(self, name)
        average.lerp_(value.detach().to(average.dtype), rate.to(average.dtype))
        return average.to(value.dtype, copy=True) + (value - value.detach())
