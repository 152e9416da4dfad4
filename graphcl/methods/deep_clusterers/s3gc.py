"""S3GC: contrast of nodes with random walks, by a linear encoder of smoothed features and a free row per node.

[Devvrit, Sinha, Dhillon, Jain, "S3GC: Scalable Self-Supervised Graph Clustering", NeurIPS 2022]. The authors'
repository links to a drive that was not read; this follows two public copies of its code. The read-out is taken
once, after the last step; a run script that goes with the copies keeps the epoch with the best NMI on all labels.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.attachments import attach
from graphcl.encoders import heat_weights, normalized_adjacency, pagerank_weights, power_series
from graphcl.feature_source import whole_tensor
from graphcl.graph_collection import Graphs
from graphcl.objectives import walk_contrast
from graphcl.ops.graph_matrices.edges import undirected_edges
from graphcl.ops.graph_matrices.sparse import from_scipy, unit_rows
from graphcl.ops.random_walks.neighbor_walk import NeighborWalk
from graphcl.ops.random_walks.walk_paths import draw_walk_paths
from graphcl.training import GraphEmbedder, Method, Stage, Step, adam
from graphcl.training.stage_cache import fingerprint
from graphcl.typing import Count, CountFromTwo, CountOrZero, Flag, Nodes, NonNegative, Positive, Probability

Size = Literal["small", "big"]
"""One linear layer on each of the two smoothed features, or two with a PReLU between them."""

Diffusion = Literal["pagerank", "heat"]
"""The weights of the hops."""


class S3GCModule(Method):
    """z = unit(f(S X) + g(sum_t w_t S^t X) + I), I a free row for each node, contrasted along random walks.

    Args:
        near: f, on the features of neighbours, (n, in_channels) to (n, out_channels).
        far: g, on the diffused features.
        free: I, (n, out_channels), or None to leave it out.
        weights: w_t, of the diffusion.
        walks: random walks from each node in an epoch.
        walk_length: nodes of a walk, the start included.
    """

    def __init__(
        self,
        near: nn.Module,
        far: nn.Module,
        free: Tensor | None,
        weights: list[float],
        *,
        walks: int,
        walk_length: int,
    ) -> None:
        super().__init__()
        self.near, self.far, self.weights = near, far, weights
        self.free = None if free is None else nn.Parameter(free)
        self.walks, self.steps, self.num_nodes = walks, walk_length - 1, 0
        self.walk: NeighborWalk | None = None

    def prepare(self, data: Data) -> Data:
        """Attach both smoothed features; for training keep the walk."""
        n = data.x.size(0)
        smoother = from_scipy(normalized_adjacency(data.edge_index, n), data.x.dtype, narrow=True)
        smooth = partial(power_series, data.x, smoother.to(data.x.device))
        if self.training:
            self.walk, self.num_nodes = NeighborWalk(data.edge_index, n), n
        return attach(data, "node", near=smooth([0.0, 1.0]), far=smooth(self.weights))

    def companions(self, seeds: Tensor, step: Step) -> dict[str, Tensor]:
        """The nodes of walks from each seed, and as many drawn uniformly from the graph; (b, walks, steps)."""
        if self.walk is None:
            return {}
        draws = step.generator
        paths = draw_walk_paths(self.walk, seeds, count=self.walks, steps=self.steps, generator=draws)
        others = torch.randint(self.num_nodes, paths.shape, generator=draws, device=draws.device)
        return {"positives": paths, "negatives": others.to(paths.device)}

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The contrast of the seeds' walks."""
        roles = batch.roles or self.companions(batch.n_id, step)
        start = torch.arange(batch.seeds, device=batch.n_id.device)
        return {"contrast": walk_contrast(self.rows(batch), start, roles["positives"], roles["negatives"])}

    def rows(self, batch: Data) -> Nodes:
        """The rows of all nodes of a batch, at unit length."""
        z = self.near(batch.near) + self.far(batch.far)
        return unit_rows(z if self.free is None else z + self.free.index_select(0, batch.n_id))

    def embed(self, batch: Data) -> Nodes:
        """The rows of the seeds."""
        return self.rows(batch)[: batch.seeds]


@dataclass(kw_only=True, eq=False, repr=False)
class S3GC(GraphEmbedder):
    """S3GC: embeddings in which a node is closer to the nodes of random walks from it than to random nodes.

    z = unit(f(S X) + g(sum_{t<terms} w_t S^t X) + I) with S = D^-1/2 (A + I) D^-1/2 and a free row of I for each
    node. From each node `walks` walks of `walk_length` nodes start; against each stand as many nodes drawn
    uniformly; the loss is -sigmoid(p - q), see `walk_contrast`. Directed graphs are made undirected.

    With the free rows it embeds only the graph that it was fitted on, and the model holds a row for each of its
    nodes, in a saved file too. `free_rows=False` is an ablation of ours that embeds other graphs.

    Memory: the free rows, their gradient and the two moments of Adam take 16 out_channels bytes a node (4 KiB at
    256: 0.4 GB at 100,000 nodes), the smoothed features 8 in_channels bytes.

    Args:
        out_channels: width of the embedding.
        size: f and g are one linear layer ("small"), or two with a PReLU between ("big").
        free_rows: whether there is I.
        diffusion: w_t: "pagerank", a (1 - a)^t, or "heat", e^-s s^t / t!.
        restart: a, read by "pagerank".
        heat_time: s, read by "heat".
        terms: number of w_t.
        walk_length: nodes of a walk, the start included.
        walks: from each node in an epoch.
        epochs: passes over the nodes.
        lr: learning rate of Adam.
        weight_decay: of Adam.
        batch_size: seeds per step; their walks and negatives are embedded with them. None takes all nodes at once.
        n_init: restarts of k-means.

    Attributes:
        embedding_: (n, out_channels), rows of unit length.
        labels_: (n,), int64, if `n_clusters` is given.
        cluster_centers_: (n_clusters, out_channels), if `n_clusters` is given.
        history_: one dict per epoch; stages_: what each stage cost.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> S3GC(n_clusters=2, out_channels=16, epochs=2).fit(karate.graph).history_[-1].keys()
        dict_keys(['stage', 'epoch', 'loss', 'contrast'])
    """

    name: ClassVar[str] = "s3gc"

    out_channels: Count = 256
    size: Size = "small"
    free_rows: Flag = True
    diffusion: Diffusion = "pagerank"
    restart: Probability = 0.2
    heat_time: Positive = 5.0
    terms: Count = 3
    walk_length: CountFromTwo = 5
    walks: Count = 20
    epochs: CountOrZero = 40
    lr: Positive = 1e-2
    weight_decay: NonNegative = 0.0
    batch_size: Count | None = 512
    n_init: Count = 20

    def _infer(self, graphs: Graphs) -> None:
        self.free_nodes_: int = graphs[0].x.size(0) if self.free_rows else 0
        self.fitted_on_: str = fingerprint(graphs[0]) if self.free_rows else ""

    def _build(self, data: Data) -> S3GCModule:
        near, far = (_network(self.size, data.x.size(1), self.out_channels) for _ in range(2))
        free = torch.randn(self.free_nodes_, self.out_channels) if self.free_rows else None
        pagerank = self.diffusion == "pagerank"
        weights = (
            pagerank_weights(self.restart, self.terms) if pagerank else heat_weights(self.heat_time, self.terms)
        )
        return S3GCModule(near, far, free, weights, **self._settings_for(S3GCModule))

    def _stages(self) -> list[Stage]:
        return [Stage("walks", self.epochs, adam(self.lr, self.weight_decay), batch_size=self.batch_size)]

    def _hops(self) -> int | None:
        return None if self.batch_size is None else 0

    def _checked(self, data: Data | Graphs) -> Graphs:
        [graph] = super()._checked(data)
        whole_tensor(graph.x, self.name)
        graph.edge_index = undirected_edges(graph.edge_index, graph.x.size(0))
        return [graph]

    def _embed(self, graphs: Graphs, out: Path | None = None) -> Nodes:
        if self.free_rows and fingerprint(graphs[0]) != self.fitted_on_:
            raise ValueError(
                "S3GC embeds only the graph that it was fitted on, by a free row for each node; got another one; "
                "fit this one as well, or set free_rows=False"
            )
        return super()._embed(graphs, out)

    def _fitted_names(self) -> tuple[str, ...]:
        return (*super()._fitted_names(), "free_nodes_", "fitted_on_")


def _network(size: Size, in_channels: int, out_channels: int) -> nn.Module:
    """A linear layer whose biases start at 0, or two with a PReLU of a slope for each channel between them."""
    first = _linear(in_channels, out_channels)
    if size == "small":
        return first
    return nn.Sequential(first, nn.PReLU(out_channels), _linear(out_channels, out_channels))


def _linear(in_channels: int, out_channels: int) -> nn.Linear:
    layer = nn.Linear(in_channels, out_channels)
    nn.init.zeros_(layer.bias)
    return layer
