"""Random walks as what it takes to multiply by them, where all their ends are too many to store."""

from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor


class Walks(NamedTuple):
    """The positives M = P^order, or P + ... + P^order, of an undirected graph: what it takes to multiply by M.

    Args:
        step: P, (n, n), CSR, the walk of one step.
        volume: (n,), positive, with volume_i P_ij = volume_j P_ji.
        returns: (n,), the diagonal of M.
        order: steps, at least 1.
        cumulative: whether the visits on the way count, or the last step alone.

    Example:
        >>> import torch
        >>> from graphcl.ops.sparse import csr
        >>> step = csr(torch.arange(0, 5, 2), torch.tensor([0, 1, 0, 1]), torch.full((4,), 0.5), (2, 2))
        >>> walks = Walks(step, torch.ones(2), torch.full((2,), 1.5), order=3, cumulative=True)
        >>> walks.reach(torch.tensor([[1.0], [3.0]])).T
        tensor([[6., 6.]])
    """

    step: Float[Tensor, "n n"]
    volume: Float[Tensor, " n"]
    returns: Float[Tensor, " n"]
    order: int
    cumulative: bool

    def reach(self, x: Tensor) -> Tensor:
        """M x for x (n, c)."""
        power = self.step @ x
        total = power
        for _ in range(self.order - 1):
            power = self.step @ power
            total = total + power if self.cumulative else power
        return total

    def reach_back(self, x: Tensor) -> Tensor:
        """M^T x for x (n, c): walks on an undirected graph look the same backwards, up to the volumes."""
        volume = self.volume[:, None]
        return volume * self.reach(x / volume)
