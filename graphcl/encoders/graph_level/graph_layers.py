"""Layers shared by the graph-level encoders: neighbour lists, batch normalisation, jumping knowledge."""

from collections.abc import Sequence
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch_geometric.nn import BatchNorm

from graphcl.ops.graph_matrices.row_lists import RowLists
from graphcl.ops.machine.distributed import world
from graphcl.ops.rank_norm import batch_norm_across_ranks
from graphcl.ops.weighted_norm import weighted_batch_norm
from graphcl.typing import Edges, Nodes

Jump = Literal["last", "concat", "max", "sum"]
"""Jumping knowledge: the last layer, or all layers including the input, concatenated, maximised or summed."""


class NodeNorm(nn.BatchNorm1d):
    """`nn.BatchNorm1d` that accepts a single row, and distinct rows with multiplicities.

    A single row has no variance, so the running statistics are used, as they are then: the last batch may be one
    molecule of one atom, and another view of it, with more rows, may change them before the backward pass. With
    several processes mean and variance are those of the rows of all, see `batch_norm_across_ranks`.

    Example:
        >>> NodeNorm(2)(torch.ones(1, 2)).shape
        torch.Size([1, 2])
    """

    def forward(self, z: Float[Tensor, "n d"], times: Int[Tensor, " n"] | None = None, nodes: int = 0) -> Nodes:
        """Normalise each column over the batch, then scale and shift.

        Args:
            z: (n, d), one row per node, or the distinct rows.
            times: (n,), the multiplicity of each row, see `weighted_batch_norm`; None for 1 each.
            nodes: the sum of `times`.
        """
        if self.training and world() > 1:
            return batch_norm_across_ranks(z, self, times)
        if self.training and (nodes or len(z)) == 1:
            return normalise_by_running(z, self)
        if self.training and times is not None and len(z) < nodes:
            return weighted_batch_norm(z, times, self)
        normal: Tensor = super().forward(z)
        return normal


def normalise_by_running(z: Nodes, norm: nn.BatchNorm1d) -> Nodes:
    """Batch normalisation by the running statistics as they are now, also in training.

    Their copies are kept for the gradient: a later batch changes the statistics themselves in place.

    Args:
        z: (n, d).
        norm: with running statistics.

    Example:
        >>> normalise_by_running(torch.ones(1, 2), nn.BatchNorm1d(2, affine=False, eps=0.0))
        tensor([[1., 1.]])
    """
    mean, variance = (None if kept is None else kept.clone() for kept in (norm.running_mean, norm.running_var))
    return F.batch_norm(z, mean, variance, norm.weight, norm.bias, eps=norm.eps)


class SingleRowNorm(BatchNorm):
    """PyG's `BatchNorm`, of which a single row gets the running statistics as they are at that moment.

    With several processes mean and variance are those of the rows of all.

    Example:
        >>> SingleRowNorm(2)(torch.ones(1, 2)).shape
        torch.Size([1, 2])
    """

    def forward(self, x: Nodes) -> Nodes:
        """Normalise each column over the rows, then scale and shift."""
        if self.training and world() > 1:
            return batch_norm_across_ranks(x, self.module)
        if self.training and len(x) == 1:
            return normalise_by_running(x, self.module)
        rows: Tensor = self.module(x)
        return rows


def neighbour_lists(edge_index: Edges, n: int) -> RowLists:
    """In-neighbours of each node as the lists that `sum_lists` aggregates.

    Args:
        edge_index: (2, e); messages flow from row 0 to row 1.
        n: number of nodes.

    Example:
        >>> from graphcl.ops.graph_matrices.row_lists import sum_lists
        >>> lists = neighbour_lists(torch.tensor([[0, 0], [1, 1]]), 2)
        >>> sum_lists(torch.tensor([[1.0], [2.0]]), lists).tolist()
        [[0.0], [2.0]]
    """
    source, target = edge_index
    return RowLists.of(source, target, n, n)


def join_layers(layers: Sequence[Nodes], jump: Jump) -> Float[Tensor, "n c"]:
    """Jumping knowledge: combine the layers of an encoder by "last", "concat", "max" or "sum".

    "sum" is the sum over layers for every node; that of pretrain-gnns returns the row of the first node only.

    Args:
        layers: the input embedding and the output of each layer, each (n, d).
        jump: see `Jump`.

    Example:
        >>> join_layers([torch.zeros(1, 2), torch.ones(1, 2)], "concat").tolist()
        [[0.0, 0.0, 1.0, 1.0]]

    Reference: [Xu et al., "Representation Learning on Graphs with Jumping Knowledge Networks", ICML 2018].
    """
    if jump == "last":
        return layers[-1]
    if jump == "concat":
        return torch.cat(list(layers), dim=1)
    stacked = torch.stack(list(layers))
    return stacked.amax(0) if jump == "max" else stacked.sum(0)
