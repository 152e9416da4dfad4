"""Mini-batches of the nodes of one graph: the full graph, or sampled neighbourhoods of seeds."""

from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.attachments import attach, axis_of, edge_sets
from graphcl.feature_source import is_feature_source
from graphcl.ops.distributed import world
from graphcl.ops.sparse import select_rows
from graphcl.training.batches import Companions, no_companions
from graphcl.training.rank_seeds import check_stage, count_steps, rank_parts
from graphcl.training.sampler import NeighborSampler
from graphcl.training.stage import Stage

BLOCK = 65_536
"""Seeds per batch of a sweep in blocks."""

OF_EDGES = ("edge_weight", "edge_type", "edge_attr")
"""What describes a graph's own edges."""

ALL_NEIGHBOURS = -1
"""The fan-out that samples every in-neighbour."""


class NodeBatches:
    """Mini-batches of the nodes of one graph: the full graph, or neighbour sampling around seeds.

    A sample holds its seeds, their companions (places by role in `roles`) and the sampled neighbours of both, in
    this order; `asked` counts the first two. What was attached to the graph is sliced by its declared axis, see
    `graphcl.attachments`. Besides, a sample carries `degree`, each node's in-degree in the whole graph (in the sum
    of weights where there are weights, by relation where there are relations), and `added_loop`, 1 where GCN would
    add a self loop: with them our encoders give the seeds, on a sample with all neighbours, the rows of the full
    graph.

    Args:
        graph: x (a tensor or a feature source), edge_index and whatever `Method.prepare` attached.
        hops: how far an embedding reads: a sweep takes blocks of seeds with all neighbours within so many hops (0:
            rows alone). None takes the whole graph at once.
        block: seeds per block of such a sweep; None takes 65,536.

    Raises:
        ValueError: an attachment without an axis, or a feature source where the whole graph is asked for at once.

    Example:
        >>> graph = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1], [1, 2]]))
        >>> [batch.n_id.tolist() for batch in NodeBatches(graph).sweep()]
        [[0, 1, 2]]
        >>> [batch.n_id.tolist() for batch in NodeBatches(graph, hops=1, block=2).sweep()]
        [[0, 1], [2, 1]]
    """

    def __init__(self, graph: Data, *, hops: int | None = None, block: int | None = None) -> None:
        self.graph, self.hops, self.block = graph, hops, block or BLOCK
        self.num_nodes: int = graph.x.size(0)
        self.device = graph.edge_index.device
        for name in graph.to_dict():
            axis_of(graph, name)  # an error where there is none

    def steps(self, stage: Stage) -> int:
        """How many batches an epoch of the stage has."""
        check_stage(stage, self.num_nodes)
        return 1 if self._at_once(stage) else count_steps(self.num_nodes, stage.batch_size or self.num_nodes)

    def epoch(
        self, stage: Stage, generator: torch.Generator, companions: Companions = no_companions
    ) -> Iterator[Data]:
        """Every node once, in random order; the whole graph where it fits into one batch.

        Of several processes each takes its part of every step's seeds, see `rank_parts`; `joint_seeds` of a sample
        counts those of all.
        """
        if self._at_once(stage):
            whole = copy(self.whole)
            whole.roles = companions(whole.n_id, 0)
            yield whole
            return
        order = torch.randperm(self.num_nodes, generator=generator).to(self.device)
        for index, (seeds, joint) in enumerate(rank_parts(order, stage.batch_size or self.num_nodes)):
            roles = companions(seeds, index)
            draw = generator
            if stage.fanouts:
                draw = torch.Generator(self.device).manual_seed(int(torch.randint(2**62, (), generator=generator)))
            batch = self.sample(seeds, stage.fanouts, draw, roles)
            if stage.induced:
                self._induce(batch, seeds)
            batch.joint_seeds = joint
            yield batch

    def sweep(self) -> Iterator[Data]:
        """Every node once, in order: the whole graph, or blocks of seeds with all neighbours that they need."""
        if self.hops is None or (self.hops == 0 and self.num_nodes <= self.block and self._in_memory):
            yield self.whole
            return
        for seeds in self.blocks():
            yield self.sample(seeds, [ALL_NEIGHBOURS] * self.hops)

    def blocks(self) -> Sequence[Tensor]:
        """Node numbers in order, `block` at a time."""
        parts: Sequence[Tensor] = torch.arange(self.num_nodes, device=self.device).split(self.block)
        return parts

    def sample(
        self,
        seeds: Tensor,
        fanouts: Sequence[int],
        generator: torch.Generator | None = None,
        roles: dict[str, Tensor] | None = None,
        x: Tensor | None = None,
    ) -> Data:
        """The seeds, their companions, and sampled neighbours of both.

        Args:
            seeds: (b,), distinct node numbers.
            fanouts: in-neighbours per node at each hop; -1 takes all.
            generator: on the graph's device; not needed where all are taken.
            roles: companions by role, node numbers.
            x: rows to take instead of the features, (n, d).
        """
        roles = roles or {}
        asked = _with_companions(seeds, roles)
        parts = {}
        if fanouts:
            parts = {name: sampler.sample(asked, fanouts, generator) for name, sampler in self.samplers.items()}
        n_id = asked if not parts else _union(asked, [part[0] for part in parts.values()], self.num_nodes)
        batch = Data(n_id=n_id, seeds=len(seeds), asked=len(asked), num_nodes=len(n_id), axes=self._sampled_axes)
        several = len(parts) > 1  # sets of edges, each sampled with a numbering of its own
        place = self._place(n_id) if roles or several else n_id
        batch.roles = {role: place[nodes] for role, nodes in roles.items()}
        e_id = {}
        for name in self._edge_sets:
            own, local, e_id[name] = parts.get(name, (asked, seeds.new_empty(2, 0), seeds.new_empty(0)))
            batch[name] = place[own[local]] if several else local
        batch.e_id = e_id["edge_index"]
        self._fill(batch, seeds, n_id, e_id)
        batch.x = _gather(self.graph.x if x is None else x, n_id, self.device)
        return batch

    @cached_property
    def whole(self) -> Data:
        """The whole graph as one batch."""
        if not self._in_memory:
            raise ValueError(
                "features from a source are not read as a whole; set batch_size, for batches of seeds"
            )
        whole = copy(self.graph)
        whole.n_id = torch.arange(self.num_nodes, device=self.device)
        whole.seeds = whole.asked = self.num_nodes
        whole.roles = {}
        return whole

    @cached_property
    def samplers(self) -> dict[str, NeighborSampler]:
        """One for each set of edges."""
        return {name: NeighborSampler(self.graph[name], self.num_nodes) for name in self._edge_sets}

    @property
    def _in_memory(self) -> bool:
        return not is_feature_source(self.graph.x)

    @cached_property
    def _edge_sets(self) -> list[str]:
        return edge_sets(self.graph)

    @cached_property
    def _with_degrees(self) -> Data:
        degree, added_loop = whole_degrees(self.graph, self.num_nodes)
        return attach(self.graph, "node", degree=degree, added_loop=added_loop)

    @property
    def _sampled_axes(self) -> dict[str, str]:
        axes: dict[str, str] = self._with_degrees.axes
        return axes

    def _at_once(self, stage: Stage) -> bool:
        fits = self._in_memory and world() == 1
        return stage.batch_size is None or (fits and stage.batch_size >= self.num_nodes)

    def _induce(self, batch: Data, seeds: Tensor) -> None:
        """Put the edges among the seeds and what describes them on a batch, with `seed_` before their names."""
        edge_index, e_id = self.samplers["edge_index"].induced(seeds)
        kept = {"edge_index": edge_index}
        kept |= {name: self.graph[name][e_id] for name in OF_EDGES if self.graph.get(name) is not None}
        batch.axes = {**batch.axes, **{f"seed_{name}": "whole" for name in kept}}
        for name, value in kept.items():
            batch[f"seed_{name}"] = value

    def _place(self, n_id: Tensor) -> Tensor:
        """Where in the batch a node is."""
        place = torch.full((self.num_nodes,), -1, device=self.device)
        place[n_id] = torch.arange(len(n_id), device=self.device)
        return place

    def _fill(self, batch: Data, seeds: Tensor, n_id: Tensor, e_id: dict[str, Tensor]) -> None:
        """Slice what is on the graph by its axes."""
        source = self._with_degrees
        for name, value in source.to_dict().items():
            axis = axis_of(source, name)
            if name == "x" or axis in ("edge_set", "size", "declaration"):
                continue
            if axis == "node":
                batch[name] = select_rows(value, n_id)
            elif axis == "row":
                batch[name] = select_rows(value, seeds)
            else:
                batch[name] = value if axis == "whole" else value[e_id[axis]]


def whole_degrees(graph: Data, num_nodes: int) -> tuple[Tensor, Tensor]:
    """Each node's in-degree, and 1 where it has no self loop, (n,); by relation, (n, relations), if there are any.

    Example:
        >>> whole_degrees(Data(edge_index=torch.tensor([[0, 1], [1, 1]])), 2)
        (tensor([0., 2.]), tensor([1., 0.]))
    """
    source, target = graph.edge_index
    weight = graph.get("edge_weight")
    weight = torch.ones(len(target), device=target.device) if weight is None else weight
    kind, relations = graph.get("edge_type"), 1
    if kind is not None and len(kind):
        relations = int(kind.max()) + 1
        source, target = source * relations + kind, target * relations + kind
    degree = torch.zeros(num_nodes * relations, dtype=weight.dtype, device=target.device)
    degree = degree.index_add(0, target, weight)
    added_loop = torch.ones_like(degree).index_fill(0, target[source == target], 0.0)
    if kind is None:
        return degree, added_loop
    return degree.view(num_nodes, relations), added_loop.view(num_nodes, relations)


def _with_companions(seeds: Tensor, roles: dict[str, Tensor]) -> Tensor:
    """The seeds, then the companions that are no seeds, each once."""
    if not roles:
        return seeds
    others = torch.cat([nodes.flatten() for nodes in roles.values()]).unique()
    return torch.cat([seeds, others[~torch.isin(others, seeds)]])


def _union(asked: Tensor, parts: list[Tensor], num_nodes: int) -> Tensor:
    """The nodes of several samples around the same ones, each once, in the order in which they come."""
    n_id = parts[0]
    if len(parts) == 1:
        return n_id
    seen = torch.zeros(num_nodes, dtype=torch.bool, device=asked.device)
    seen[n_id] = True
    for part in parts[1:]:
        new = part[~seen[part]]
        seen[new] = True
        n_id = torch.cat([n_id, new])
    return n_id


def _gather(x: Any, n_id: Tensor, device: torch.device) -> Tensor:
    """Rows of features, from a tensor or from a source."""
    rows: Tensor = x.gather(n_id) if is_feature_source(x) else select_rows(x, n_id)
    return rows.to(device)
