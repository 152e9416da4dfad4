"""Estimators that learn an embedding and have no clusters to read out, of one graph and of many."""

from dataclasses import dataclass
from typing import ClassVar

from graphcl.training import GraphEstimator, Stage, adam
from graphcl.typing import Count, CountOrZero
from tests.tiny import CandidatesModule, NeighboursModule


@dataclass(kw_only=True, eq=False, repr=False)
class NodesOnly(GraphEstimator):
    """Neighbour means on the full graph."""

    name: ClassVar[str] = "nodes-only"

    out_channels: Count = 4
    epochs: CountOrZero = 10

    def _build(self, data):
        return NeighboursModule(data.x.size(1), self.out_channels)

    def _stages(self):
        return [Stage("rank", self.epochs, adam(1e-2))]


@dataclass(kw_only=True, eq=False, repr=False)
class GraphsOnly(GraphEstimator):
    """The same for graphs."""

    name: ClassVar[str] = "graphs-only"
    takes: ClassVar[str] = "graphs"

    def _build(self, data):
        return CandidatesModule(data.x.size(1), 4)

    def _stages(self):
        return [Stage("discriminate", 1, adam(1e-2))]
