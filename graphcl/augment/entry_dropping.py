"""One view of NS4GC as PyAGC has it: drop single entries of features, then drop edges."""

from typing import ClassVar

import torch
from torch_geometric.data import Data

from graphcl.augment.attributes import require
from graphcl.augment.augmenter import Augmenter
from graphcl.augment.changed_graph import without_edges
from graphcl.augment.checks import check_share
from graphcl.augment.edges import keep_edges
from graphcl.augment.features import drop_entries


class EntryDropping(Augmenter):
    """Set single entries of x to 0, then drop edges, each direction of an edge by itself.

    Unlike `Dropping`, which masks a column of x for all nodes at once.

    Args:
        edge_rate: probability of dropping an edge, in [0, 1].
        feature_rate: probability of dropping an entry of x, in [0, 1].
        generator: what the draws come from when a call names none.

    Raises:
        ValueError: a rate outside [0, 1].

    Example:
        >>> path = Data(x=torch.ones(2, 2), edge_index=torch.tensor([[0, 1], [1, 0]]))
        >>> EntryDropping(1.0, 0.5)(path, torch.Generator().manual_seed(0)).x
        tensor([[0., 1.],
                [0., 0.]])
    """

    sparse_x: ClassVar[bool] = True

    def __init__(self, edge_rate: float, feature_rate: float, *, generator: torch.Generator | None = None) -> None:
        super().__init__(generator=generator)
        check_share("edge_rate", edge_rate)
        check_share("feature_rate", feature_rate)
        self.edge_rate, self.feature_rate = edge_rate, feature_rate

    def forward(self, data: Data, generator: torch.Generator | None) -> Data:
        """The graph without some entries of x and without some of its edges."""
        require(data, "x", "edge_index")
        data.x = drop_entries(data.x, self.feature_rate, generator=generator)
        return without_edges(data, keep_edges(data.edge_index, self.edge_rate, generator=generator))
