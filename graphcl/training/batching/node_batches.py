"""Mini-batches of the nodes of one graph: the full graph, sampled neighbourhoods of seeds, or parts of it."""

from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.attachments import attach, axis_of, edge_sets
from graphcl.feature_source import FeatureSource, is_feature_source
from graphcl.ops.graph_matrices.sparse import select_rows
from graphcl.ops.machine.distributed import world
from graphcl.training.batching.batches import Companions, no_companions
from graphcl.training.batching.block_sizes import BLOCK, BLOCK_EDGES, block_sizes
from graphcl.training.batching.communities import leiden_communities
from graphcl.training.batching.node_places import NodePlaces
from graphcl.training.batching.parts import connected_parts, part_size, parts_per_batch
from graphcl.training.batching.rank_seeds import check_stage, count_steps, rank_parts
from graphcl.training.batching.sampler import NeighborSampler, check_nodes
from graphcl.training.batching.whole_degrees import whole_degrees
from graphcl.training.stage import Stage

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
    graph. `e_id` numbers its edges, where the graph has anything that goes along its edges.

    A stage with `batches` "clusters" or "communities" takes the union of some random parts of the graph instead,
    with all edges among them, as Cluster-GCN does [Chiang et al., KDD 2019]: all nodes of the parts are seeds, and
    `degree` and `added_loop` are those within the batch, so that its adjacency matrix is normalised by itself. The
    parts depend on the graph and the size of a batch alone.

    Args:
        graph: x (a tensor or a feature source), edge_index and whatever `Method.prepare` attached.
        hops: how far an embedding reads: a sweep takes blocks of seeds with all neighbours within so many hops (0:
            rows alone). None takes the whole graph at once.
        block: most seeds per block of such a sweep; None takes 65,536. Where neighbours are read a block also ends
            before the edges into its seeds are more than 2^18, unless a single node has more.

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
        if self._at_once(stage):
            return 1
        size = stage.batch_size or self.num_nodes
        if stage.batches == "neighbours":
            return count_steps(self.num_nodes, size)
        if world() > 1:
            raise ValueError(
                f"batches={stage.batches!r} are of one process; got {world()} processes; take batches='neighbours'"
            )
        return -(-self.num_nodes // (part_size(size) * parts_per_batch(size)))

    def worth_preparing(self, stage: Stage) -> bool:
        """Whether making a batch of the stage takes long enough for a thread that makes it ahead of time."""
        reads = bool(stage.fanouts) or stage.batches != "neighbours" or not self._in_memory
        return reads and self.steps(stage) > 1

    def epoch(
        self, stage: Stage, generator: torch.Generator, companions: Companions = no_companions
    ) -> Iterator[Data]:
        """Every node once, in random order; the whole graph where it fits into one batch.

        A `batch_size` above the number of nodes is no error: the whole graph is one batch then. Of several
        processes each takes its part of every step's seeds, see `rank_parts`; `joint_seeds` of a sample counts
        those of all.
        """
        if self._at_once(stage):
            whole = copy(self.whole)
            whole.roles = companions(whole.n_id, 0)
            yield whole
            return
        for index, (seeds, joint) in enumerate(self._seeds(stage, generator)):
            roles = companions(seeds, index)
            if stage.batches != "neighbours":
                batch = self._cluster(seeds, roles)
            else:
                draw = generator
                if stage.fanouts:
                    draw = torch.Generator(self.device).manual_seed(
                        int(torch.randint(2**62, (), generator=generator))
                    )
                batch = self.sample(seeds, stage.fanouts, draw, roles, replace=stage.replace)
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
        """Node numbers in order, in blocks of at most `block`, fewer where the nodes have many neighbours."""
        targets = [self.graph[name][1] for name in self._edge_sets] if self.hops else []
        sizes = block_sizes(targets, self.num_nodes, most_nodes=self.block, most_edges=BLOCK_EDGES)
        parts: Sequence[Tensor] = torch.arange(self.num_nodes, device=self.device).split(sizes)
        return parts

    def sample(
        self,
        seeds: Tensor,
        fanouts: Sequence[int],
        generator: torch.Generator | None = None,
        roles: dict[str, Tensor] | None = None,
        x: Tensor | FeatureSource | None = None,
        *,
        replace: bool = False,
    ) -> Data:
        """The seeds, their companions, and sampled neighbours of both.

        Args:
            seeds: (b,), distinct node numbers.
            fanouts: in-neighbours per node at each hop; -1 takes all.
            generator: on the graph's device; not needed where all are taken.
            roles: companions by role, node numbers.
            x: rows to take instead of the features, (n, d), a tensor or a source.
            replace: whether neighbours are drawn with replacement.

        Raises:
            ValueError: seeds or companions that are no nodes of the graph, or a fan-out of 0.
        """
        asked = _with_companions(seeds, roles or {})
        check_nodes(asked, self.num_nodes)
        parts = {}
        if fanouts:
            parts = {
                name: sampler.sample(asked, fanouts, generator, replace=replace)
                for name, sampler in self.samplers.items()
            }
        return self._batch(seeds, asked, parts, roles or {}, x)

    def _cluster(self, seeds: Tensor, roles: dict[str, Tensor]) -> Data:
        """The seeds and their companions, with all edges among them, and the degrees within the batch."""
        asked = _with_companions(seeds, roles)
        parts = {name: (asked, *sampler.induced(asked)) for name, sampler in self.samplers.items()}
        batch = self._batch(seeds, asked, parts, roles)
        relations = self._with_degrees.degree.size(1) if "edge_type" in batch else 1
        batch.degree, batch.added_loop = whole_degrees(batch, len(asked), relations)
        return batch

    def _batch(
        self,
        seeds: Tensor,
        asked: Tensor,
        parts: dict[str, tuple[Tensor, Tensor, Tensor | None]],
        roles: dict[str, Tensor],
        x: Tensor | FeatureSource | None = None,
    ) -> Data:
        """The batch of what was sampled for each set of edges: nodes, edges between their places, and e_id."""
        if len(parts) > 1 or roles:
            with self._places.borrowed() as place:
                n_id = _numbered(asked, [own for own, _, _ in parts.values()], place)
                roles = {role: place[nodes] for role, nodes in roles.items()}
                if len(parts) > 1:
                    parts = {name: (own, place[own[local]], e_id) for name, (own, local, e_id) in parts.items()}
                place.index_fill_(0, n_id, -1)
        else:
            n_id = next((own for own, _, _ in parts.values()), asked)
        batch = Data(n_id=n_id, seeds=len(seeds), asked=len(asked), num_nodes=len(n_id), axes=self._sampled_axes)
        batch.roles = roles
        e_id: dict[str, Tensor] = {}
        for name in self._edge_sets:
            _, batch[name], numbers = parts.get(name, (asked, seeds.new_empty(2, 0), seeds.new_empty(0)))
            if numbers is not None:
                e_id[name] = numbers
        if "edge_index" in e_id:
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
        """One for each set of edges, which numbers them where something describes them."""
        axes = {axis_of(self.graph, name) for name in self.graph.to_dict()}
        return {
            name: NeighborSampler(self.graph[name], self.num_nodes, numbered=name in axes)
            for name in self._edge_sets
        }

    @cached_property
    def _places(self) -> NodePlaces:
        return NodePlaces(self.num_nodes, self.device)

    @cached_property
    def _parts(self) -> dict[tuple[str, int], Sequence[Tensor]]:
        """The parts of the graph by kind and size, made when they are first asked for."""
        return {}

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
        if e_id is not None:
            kept |= {name: self.graph[name][e_id] for name in OF_EDGES if self.graph.get(name) is not None}
        batch.axes = {**batch.axes, **{f"seed_{name}": "whole" for name in kept}}
        for name, value in kept.items():
            batch[f"seed_{name}"] = value

    def _seeds(self, stage: Stage, generator: torch.Generator) -> Iterator[tuple[Tensor, int]]:
        """The seeds of each batch, any nodes or those of some parts, and how many all processes have in it."""
        size = stage.batch_size or self.num_nodes
        if stage.batches == "neighbours":
            yield from rank_parts(torch.randperm(self.num_nodes, generator=generator).to(self.device), size)
            return
        key = (stage.batches, part_size(size))
        if key not in self._parts:
            edges = self.graph.edge_index
            groups = leiden_communities(edges, self.num_nodes) if stage.batches == "communities" else None
            self._parts[key] = connected_parts(self.samplers["edge_index"], key[1], groups)
        parts = self._parts[key]
        for chosen in torch.randperm(len(parts), generator=generator).split(parts_per_batch(size)):
            seeds = torch.cat([parts[i] for i in chosen.tolist()])
            yield seeds, len(seeds)

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


def _with_companions(seeds: Tensor, roles: dict[str, Tensor]) -> Tensor:
    """The seeds, then the companions that are no seeds, each once."""
    if not roles:
        return seeds
    others = torch.cat([nodes.flatten() for nodes in roles.values()]).unique()
    return torch.cat([seeds, others[~torch.isin(others, seeds)]])


def _numbered(asked: Tensor, parts: list[Tensor], place: Tensor) -> Tensor:
    """The nodes of several samples around the same ones, each once, in the order in which they come; placed so."""
    n_id = asked.new_empty(0)
    for part in parts or [asked]:
        new = part[place[part] < 0]
        place[new] = torch.arange(len(n_id), len(n_id) + len(new), device=place.device)
        n_id = torch.cat([n_id, new])
    return n_id


def _gather(x: Any, n_id: Tensor, device: torch.device) -> Tensor:
    """Rows of features, from a tensor or from a source."""
    if is_feature_source(x):
        rows: Tensor = x.gather(n_id)
    else:
        dense = x.layout == torch.strided and not x.requires_grad
        rows = x.index_select(0, n_id) if dense else select_rows(x, n_id)  # the first is the quicker of the two
    return rows.to(device)
