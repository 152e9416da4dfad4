"""What the encoders of graphs share: sums over neighbours, and how layers are joined."""

from collections.abc import Sequence
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphcl.ops.row_lists import RowLists
from graphcl.ops.weighted_norm import weighted_batch_norm
from graphcl.typing import Edges, Nodes

Jump = Literal["last", "concat", "max", "sum"]
"""What the layers of an encoder give together: the last one, or all of them, the input among them."""


class NodeNorm(nn.BatchNorm1d):
    """Batch normalisation that takes a single row too, and rows that stand for several equal ones.

    One row has no variance, so that the running figures are used: a last batch may be a molecule of one atom.

    Example:
        >>> NodeNorm(2)(torch.ones(1, 2)).shape
        torch.Size([1, 2])
    """

    def forward(self, z: Float[Tensor, "n d"], times: Int[Tensor, " n"] | None = None, nodes: int = 0) -> Nodes:
        """Rows with mean 0 and variance 1 over the batch, scaled and shifted.

        Args:
            z: (n, d).
            times: how many nodes each row stands for; None for one each.
            nodes: how many that is in all.
        """
        if self.training and (nodes or len(z)) == 1:
            return F.batch_norm(z, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)
        if self.training and times is not None and len(z) < nodes:
            return weighted_batch_norm(z, times, self)
        normal: Tensor = super().forward(z)
        return normal


def neighbour_lists(edge_index: Edges, n: int) -> RowLists:
    """The sources of each node's incoming edges, for `sum_lists`.

    Example:
        >>> from graphcl.ops.row_lists import sum_lists
        >>> lists = neighbour_lists(torch.tensor([[0, 0], [1, 1]]), 2)
        >>> sum_lists(torch.tensor([[1.0], [2.0]]), lists).tolist()
        [[0.0], [2.0]]
    """
    source, target = edge_index
    return RowLists.of(source, target, n, n)


def join_layers(layers: Sequence[Nodes], jump: Jump) -> Float[Tensor, "n c"]:
    """The layers of an encoder as one: the last, all side by side, their largest entries, or their sum.

    The published code's "sum" gives the first node's row alone; here it is the sum over layers for every node.

    Example:
        >>> join_layers([torch.zeros(1, 2), torch.ones(1, 2)], "concat").tolist()
        [[0.0, 0.0, 1.0, 1.0]]
    """
    if jump == "last":
        return layers[-1]
    if jump == "concat":
        return torch.cat(list(layers), dim=1)
    stacked = torch.stack(list(layers))
    return stacked.amax(0) if jump == "max" else stacked.sum(0)
