"""GGD: graph group discrimination, DGI in linear time without a summary.

[Zheng, Pan, Lee, Zheng, Yu, "Rethinking and Scaling Up Graph Contrastive Learning: An Extremely Efficient Approach
with Group Discrimination", NeurIPS 2022, arXiv 2206.01535]; the authors' code is
zyzisastudyreallyhardguy/Graph-Group-Discrimination, read at 7cf72db.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch_geometric.data import Data

from graphcl.methods.bases.group_discrimination import (
    DISCRIMINATE,
    GroupDiscriminationModule,
    GroupDiscriminator,
)
from graphcl.training import Stage, adam
from graphcl.typing import CountOrZero


@dataclass(kw_only=True, eq=False, repr=False)
class GGD(GroupDiscriminator):
    """Graph group discrimination: nodes against nodes with shuffled features, told apart by one logit each.

    The defaults are the authors' for citation graphs: one layer of 512 with PReLU, Adam at 1e-3 for 500 epochs,
    and the embedding H + S^5 H. They go back to the state of the lowest loss, which is that of random draws; here
    the last state counts. Their code for other graphs has a slope of PReLU for each column; here it has one.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> GGD(n_clusters=2, out_channels=16, epochs=5).fit(karate.graph).history_[-1].keys()
        dict_keys(['stage', 'epoch', 'loss', 'discrimination'])
    """

    name: ClassVar[str] = "ggd"

    epochs: CountOrZero = 500

    def _build(self, data: Data) -> GroupDiscriminationModule:
        settings = self._settings_for(GroupDiscriminationModule)
        return GroupDiscriminationModule(self._encoder(data), self.out_channels, **settings)

    def _stages(self) -> list[Stage]:
        return [Stage(DISCRIMINATE, self.epochs, adam(self.lr, self.weight_decay), **self._sampling())]
