"""Groups of nodes or graphs that are no full negatives of one another, found without labels, and their weight."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.ops.graph_codes import graph_codes
from graphcl.typing import Labels


class ContrastGroups(NamedTuple):
    """Groups of what a loss contrasts.

    Args:
        groups: (n,), one integer for each node of a graph, or for each graph of a batch.
        weight: of a negative of the own group, at least 0; 0 leaves it out, 1 is that of any other.
    """

    groups: Labels
    weight: float = 0.0


Grouping = Callable[[Data], Any]
"""From a graph, or a batch of graphs, to `ContrastGroups`, or to the groups alone, whose weight is 0 then.

An integer below 0 says that a node or graph belongs to no group.
"""


def contrast_groups(grouping: Grouping, data: Data, count: int) -> ContrastGroups:
    """What a grouping finds, checked, with a group of its own for whatever has none.

    Args:
        grouping: a registered one, or one's own.
        data: a graph, or a batch of graphs.
        count: of its nodes, or graphs.

    Raises:
        ValueError: groups that are not one integer each, or a weight that is negative or not finite.

    Example:
        >>> contrast_groups(lambda data: torch.tensor([1, -1, 1, -1]), Data(), 4).groups.tolist()
        [1, 3, 1, 5]
    """
    found = grouping(data)
    groups, weight = found if isinstance(found, ContrastGroups) else ContrastGroups(found)
    if not isinstance(groups, Tensor) or groups.shape != (count,) or groups.is_floating_point():
        got = tuple(groups.shape) if isinstance(groups, Tensor) else type(groups).__name__
        raise ValueError(
            f"negatives must give one integer for each of {count}; got {got}; return a tensor of int64"
        )
    if not 0 <= weight < float("inf"):
        raise ValueError(f"negatives must have a finite weight of at least 0; got {weight}")
    groups = groups.long()
    if bool((groups < 0).any()):
        own = int(groups.max().clamp(min=0)) + 1 + torch.arange(count, device=groups.device)
        groups = torch.where(groups < 0, own, groups)
    return ContrastGroups(groups, float(weight))


def as_settings(found: ContrastGroups | None) -> Mapping[str, Any]:
    """The keyword arguments of a loss that knows of groups; none without groups.

    Example:
        >>> as_settings(None), sorted(as_settings(ContrastGroups(torch.zeros(2).long())))
        ({}, ['group_weight', 'groups'])
    """
    return {} if found is None else {"groups": found.groups, "group_weight": found.weight}


class EqualGraphs:
    """Groups of graphs that colour refinement cannot tell apart: they are no negatives of one another.

    An encoder of as many message-passing layers that sums its neighbours cannot tell them apart either. Computed
    on the graphs as they are, not on views.

    Args:
        num_layers: rounds of refinement; those of the encoder.

    Example:
        >>> x, ptr = torch.ones(3, 1).long(), torch.tensor([0, 1, 2, 3])
        >>> batch = Data(x=x, edge_index=torch.zeros(2, 0).long(), batch=torch.arange(3), ptr=ptr)
        >>> EqualGraphs(3)(batch).groups.tolist()
        [0, 0, 0]

    Reference: ours, after [Wolf et al., "Less is More: Selective Reduction of CT Data for Self-Supervised
    Pre-Training of Deep Learning Models with Contrastive Learning", 2024].
    """

    def __init__(self, num_layers: int) -> None:
        self.num_layers = num_layers

    def __call__(self, data: Data) -> ContrastGroups:
        """The code of each graph, with the weight 0."""
        attributes = data.get("edge_attr")
        codes = graph_codes(data.x, data.edge_index, data.batch, edge_attr=attributes, num_layers=self.num_layers)
        return ContrastGroups(codes)
