"""DGCluster's output map: squared entries at unit length, whose products lie in [0, 1]."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphcl.heads.assignment import AssignmentHead
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.ops.machine.precision import at_least_float32
from graphcl.typing import Nodes


class SquaredUnitHead(AssignmentHead):
    """Rows o_i = s_i / |s_i| with s = tanh(y / sum of all entries of y)^2; not probabilities, and without weights.

    The sum is over all nodes and columns, so that o depends on which rows come together. In training it is that of
    the rows given, which have to be all nodes; its last value is kept for rows that come afterwards, of these
    nodes or of others. Where it is 0 nothing is divided. For many nodes y / sum is small, and o tends to y^2 at
    unit length: that limit, `scaled=False`, needs no sum and is the form for batches.

    Args:
        n_clusters: width of the rows, d; an upper bound of how many clusters they can keep apart.
        scaled: whether the sum is divided by, as in the authors' code.

    Attributes:
        total: the sum of the last training rows; 1 before any.

    Example:
        >>> SquaredUnitHead(2, scaled=False).assign(torch.tensor([[3.0, -3.0], [0.0, 2.0]]))
        tensor([[0.7071, 0.7071],
                [0.0000, 1.0000]])

    Reference:
        [Bhowmick, Kosan, Huang, Singh, Medya, "DGCLUSTER: A Neural Framework for Attributed Graph Clustering via
        Modularity Maximization", AAAI 2024]; the map is that of the authors' code, pyrobits/DGCluster at e5ede94.
    """

    total: Tensor

    def __init__(self, n_clusters: int, *, scaled: bool = True) -> None:
        super().__init__()
        self.width, self.scaled = n_clusters, scaled
        self.register_buffer("total", torch.ones(()))

    @property
    def n_clusters(self) -> int:
        """The width of the rows."""
        return self.width

    def assign(self, z: Nodes) -> Float[Tensor, "n d"]:
        """The rows o, at unit length, zero where z is.

        Args:
            z: y, (n, d), the encoder's rows; in training of all nodes unless `scaled` is False.
        """
        y = at_least_float32(z)
        if self.scaled:
            total = y.sum() if self.training else self.total.to(y.dtype)
            if self.training:
                self.total.copy_(total.detach())
            y = torch.tanh(y / torch.where(total == 0, 1, total))
        return unit_rows(y.square())

    def forward(self, z: Nodes) -> Float[Tensor, "n d"]:
        """The logarithm of `assign`, minus infinity where an entry is 0."""
        return self.assign(z).log()
