"""Random-walk powers as a linear operator, for graphs on which the matrix would be too dense to store."""

from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor


class Walks(NamedTuple):
    """Implicit random-walk matrix M = P^R, or P + ... + P^R, of an undirected graph: products with M and M^T.

    Args:
        step: P, (n, n), CSR, the transition matrix of one step.
        volume: D, (n,), positive, with D_i P_ij = D_j P_ji.
        returns: (n,), the diagonal of M.
        order: R, at least 1.
        cumulative: M = P + ... + P^R instead of P^R.

    Example:
        >>> import torch
        >>> from graphcl.ops.graph_matrices.sparse import csr
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
        """The product M x.

        Args:
            x: (n, c).
        """
        power = self.step @ x
        total = power
        for _ in range(self.order - 1):
            power = self.step @ power
            total = total + power if self.cumulative else power
        return total

    def reach_back(self, x: Tensor) -> Tensor:
        """The product M^T x = D M D^-1 x, since the walk is reversible.

        Args:
            x: (n, c).
        """
        volume = self.volume[:, None]
        return volume * self.reach(x / volume)
