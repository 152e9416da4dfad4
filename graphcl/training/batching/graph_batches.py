"""Mini-batches of many graphs; the seeds are graphs."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.graph_collection import GraphCollection, Graphs
from graphcl.training.batching.batches import Companions, no_companions
from graphcl.training.batching.rank_seeds import check_stage, count_steps, rank_parts
from graphcl.training.stage import Stage

GRAPHS, ITEMS = 1024, 2**18
"""Graphs per batch of a sweep over many, and their nodes and edges together, unless one alone has more."""


class GraphBatches:
    """Mini-batches of many graphs, gathered without a loop over graphs; the seeds are graphs.

    A batch is what `GraphCollection.batch` gives, with `n_id` (which graphs), `seeds` and empty `roles`.

    Args:
        graphs: a collection, or a sequence of graphs, each with x (n_i, d) dense and edge_index; on one device.

    Example:
        >>> graphs = [Data(x=torch.ones(n, 1), edge_index=torch.zeros(2, 1).long()) for n in (2, 3)]
        >>> next(GraphBatches(graphs).sweep()).batch
        tensor([0, 0, 1, 1, 1])
    """

    def __init__(self, graphs: Graphs) -> None:
        self.graphs = graphs if isinstance(graphs, GraphCollection) else GraphCollection.of(graphs)

    def steps(self, stage: Stage) -> int:
        """How many batches an epoch has."""
        check_stage(stage, len(self.graphs))
        return count_steps(len(self.graphs), stage.batch_size or len(self.graphs))

    def epoch(
        self,
        stage: Stage,
        generator: torch.Generator,
        companions: Companions = no_companions,  # noqa: ARG002  (graphs have none)
    ) -> Iterator[Data]:
        """Every graph once, in random order; of several processes each takes its part of every step's."""
        order = torch.randperm(len(self.graphs), generator=generator).to(self.graphs.x.device)
        for index, joint in rank_parts(order, stage.batch_size or len(order)):
            batch = self._gather(index)
            batch.joint_seeds = joint
            yield batch

    def sweep(self) -> Iterator[Data]:
        """Every graph once, in order; at most 1,024 at a time, fewer where they are large."""
        items = (self.graphs.node_ptr + self.graphs.edge_ptr).cpu()
        start = 0
        while start < len(self.graphs):
            fit = int(torch.searchsorted(items, items[start] + ITEMS, right=True)) - 1
            stop = min(max(fit, start + 1), start + GRAPHS)
            yield self._gather(torch.arange(start, stop, device=self.graphs.x.device))
            start = stop

    def _gather(self, index: Tensor) -> Data:
        batch = self.graphs.batch(index)
        batch.n_id, batch.seeds, batch.roles = index, len(index), {}
        return batch
