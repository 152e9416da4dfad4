"""One protocol for the full graph, sampled parts of it, and batches of many graphs.

A batch is a PyG `Data` whose first `seeds` rows (or whose `seeds` graphs) are what the step is about;
`n_id` says which nodes (or graphs) they are. The full batch is the iterator with one element.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.graph_collection import GraphCollection, Graphs
from graphcl.ops.sparse import select_rows
from graphcl.training.sampler import NeighborSampler

SWEEP = 65_536
"""Seeds per batch of a sweep where every row stands alone."""

GRAPHS, ITEMS = 1024, 2**18
"""Graphs per batch of a sweep over many, and their nodes and edges together, unless one alone has more."""


@runtime_checkable
class Batches(Protocol):
    """What the loop asks of the data."""

    def epoch(self, batch_size: int | None, generator: torch.Generator) -> Iterator[Data]:
        """Every seed once, in random order; None takes all at once. The generator is on the CPU."""

    def sweep(self) -> Iterator[Data]:
        """Every seed once, in order, for inference."""


class NodeBatches:
    """The nodes of one graph, all at once or in samples of it.

    Args:
        graph: x, edge_index and whatever `Method.prepare` attached: `node_*`, `edge_*`, `row_*`.
        fanouts: in-neighbours kept at each hop around the seeds of a sample; an empty tuple gives rows alone,
            for encoders that read features only.

    Example:
        >>> graph = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1], [1, 2]]))
        >>> [batch.n_id.tolist() for batch in NodeBatches(graph).sweep()]
        [[0, 1, 2]]
    """

    def __init__(self, graph: Data, fanouts: Sequence[int] = ()) -> None:
        self.num_nodes = graph.x.size(0)
        device = graph.x.device
        self.whole = copy(graph)
        self.whole.n_id = torch.arange(self.num_nodes, device=device)
        self.whole.seeds = self.num_nodes
        self.fanouts = tuple(fanouts)
        self.sampler = NeighborSampler(graph.edge_index, self.num_nodes) if self.fanouts else None

    def epoch(self, batch_size: int | None, generator: torch.Generator) -> Iterator[Data]:
        """Every node once, in random order; the whole graph where it fits into one batch."""
        if batch_size is None or batch_size >= self.num_nodes:
            yield self.whole
            return
        order = torch.randperm(self.num_nodes, generator=generator).to(self.whole.n_id.device)
        for seeds in order.split(batch_size):
            yield self._sample(seeds, self.fanouts, generator)

    def sweep(self) -> Iterator[Data]:
        """The whole graph; in rows of at most 65,536 where rows stand alone."""
        if self.sampler is not None or self.num_nodes <= SWEEP:
            yield self.whole
            return
        for seeds in self.whole.n_id.split(SWEEP):
            yield self._sample(seeds, (), torch.Generator())

    def _sample(self, seeds: Tensor, fanouts: Sequence[int], generator: torch.Generator) -> Data:
        if self.sampler is None:
            n_id, e_id = seeds, seeds.new_empty(0)
            edge_index = seeds.new_empty(2, 0)
        else:
            draw = torch.Generator(seeds.device).manual_seed(_draw_seed(generator))
            n_id, edge_index, e_id = self.sampler.sample(seeds, fanouts, draw)
        batch = Data(edge_index=edge_index, n_id=n_id, e_id=e_id, seeds=len(seeds), num_nodes=len(n_id))
        for name, value in self.whole.to_dict().items():
            if name == "x" or name.startswith("node_"):
                batch[name] = select_rows(value, n_id)
            elif name.startswith("edge_") and name != "edge_index":
                batch[name] = value[e_id]
            elif name.startswith("row_"):
                batch[name] = select_rows(value, seeds)
        return batch


class GraphBatches:
    """Many graphs; the seeds are graphs, gathered without a loop over them.

    A batch is what `GraphCollection.batch` gives, with `n_id` (which graphs) and seeds.

    Args:
        graphs: a collection, or a sequence of graphs, each with x (n_i, d) dense and edge_index; on one device.

    Example:
        >>> graphs = [Data(x=torch.ones(n, 1), edge_index=torch.zeros(2, 1).long()) for n in (2, 3)]
        >>> next(GraphBatches(graphs).sweep()).batch
        tensor([0, 0, 1, 1, 1])
    """

    def __init__(self, graphs: Graphs) -> None:
        self.graphs = graphs if isinstance(graphs, GraphCollection) else GraphCollection.of(graphs)

    def epoch(self, batch_size: int | None, generator: torch.Generator) -> Iterator[Data]:
        """Every graph once, in random order."""
        order = torch.randperm(len(self.graphs), generator=generator).to(self.graphs.x.device)
        for index in order.split(batch_size or len(order)):
            yield self._gather(index)

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
        batch.n_id, batch.seeds = index, len(index)
        return batch


def _draw_seed(generator: torch.Generator) -> int:
    return int(torch.randint(2**62, (), generator=generator))
