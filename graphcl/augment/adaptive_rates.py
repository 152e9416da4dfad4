"""Drop probabilities by node centrality, attached to a graph with the centrality: both are computed once."""

from abc import ABC, abstractmethod
from dataclasses import astuple, dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.attachments import attach
from graphcl.augment.centrality import STEPS, Centrality, node_centrality
from graphcl.augment.importance import (
    CAP,
    FeatureRule,
    edge_drop_probabilities,
    feature_drop_probabilities,
    positive_centrality,
)


def attach_centrality(data: Data, centrality: Centrality, steps: int) -> Data:
    """The graph with a node centrality as an attachment of the nodes; itself where it has it already.

    Args:
        data: a graph.
        centrality: see `node_centrality`.
        steps: iterations; the name of the attachment says how many.

    Example:
        >>> path = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]]))
        >>> attach_centrality(path, "degree", 200)["centrality_degree_200"]
        tensor([1., 2., 1.], dtype=torch.float64)
    """
    name = centrality_name(centrality, steps)
    if name in data:
        return data
    return attach(
        data, "node", **{name: node_centrality(data.edge_index, int(data.num_nodes), centrality, steps=steps)}
    )


def centrality_name(centrality: Centrality, steps: int) -> str:
    """The name under which `attach_centrality` attaches it.

    Example:
        >>> centrality_name("lazy-walk", 10)
        'centrality_lazy-walk_10'
    """
    return f"centrality_{centrality}_{steps}"


@dataclass(frozen=True)
class AdaptiveRate(ABC):
    """Drop probabilities by node centrality: found on a graph, or computed where they are missing.

    Args:
        rate: the mean probability; the cap makes it less.
        centrality: see `node_centrality`.
        steps: iterations of the centrality.
        cap: the greatest probability.
        dtype: what the probabilities, computed in float64, are rounded to.
    """

    prefix: ClassVar[str]

    rate: float
    centrality: Centrality
    steps: int = STEPS
    cap: float = CAP
    dtype: torch.dtype = torch.float64

    @property
    def name(self) -> str:
        """The name of the attachment, which equal settings share."""
        return "_".join([self.prefix, *map(str, astuple(self))])

    @abstractmethod
    def attach(self, data: Data) -> Data:
        """A copy of the graph with the probabilities and the centrality; the graph itself where it has them."""

    def of(self, data: Data) -> Tensor:
        """The probabilities attached to a graph, or else computed from it."""
        p: Tensor = self.attach(data)[self.name]
        return p

    def _with_centrality(self, data: Data) -> tuple[Data, Tensor]:
        data = attach_centrality(data, self.centrality, self.steps)
        return data, data[centrality_name(self.centrality, self.steps)]


@dataclass(frozen=True)
class EdgeRate(AdaptiveRate):
    """Probabilities of dropping the edges of a graph, (e,), which go with the edges: `edge_drop_probabilities`.

    Example:
        >>> star = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 0, 1, 2], [1, 2, 0, 0]]))
        >>> EdgeRate(0.3, "degree").of(star)
        tensor([0.6000, 0.6000, 0.0000, 0.0000], dtype=torch.float64)
    """

    prefix: ClassVar[str] = "edge_drop"

    def attach(self, data: Data) -> Data:
        """A copy of the graph with the probabilities and the centrality; the graph itself where it has them."""
        if self.name in data:
            return data
        data, c = self._with_centrality(data)
        c = positive_centrality(c, self.centrality)
        p = edge_drop_probabilities(data.edge_index, int(data.num_nodes), self.rate, centrality=c, cap=self.cap)
        return attach(data, "edge", **{self.name: p.to(self.dtype)})


@dataclass(frozen=True)
class ColumnRate(AdaptiveRate):
    """Probabilities of masking the columns of x, (d,), for the whole graph: `feature_drop_probabilities`.

    Args:
        rule: the weight of an entry of x.

    Example:
        >>> star = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 0, 1, 2], [1, 2, 0, 0]]))
        >>> ColumnRate(0.3, "degree").of(star)
        tensor([0.0000, 0.4500, 0.4500], dtype=torch.float64)
    """

    prefix: ClassVar[str] = "column_drop"

    rule: FeatureRule = "binary"

    def attach(self, data: Data) -> Data:
        """A copy of the graph with the probabilities and the centrality; the graph itself where it has them."""
        if self.name in data and len(data[self.name]) == data.x.size(1):
            return data
        data, c = self._with_centrality(data)
        p = feature_drop_probabilities(data.x, c, self.rate, rule=self.rule, cap=self.cap)
        return attach(data, "whole", **{self.name: p.to(self.dtype)})
