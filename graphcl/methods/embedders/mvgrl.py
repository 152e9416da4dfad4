"""MVGRL: mutual information between nodes seen on the graph and a summary of its diffusion, and the reverse.

[Hassani, Khasahmadi, "Contrastive Multi-View Representation Learning on Graphs", ICML 2020, arXiv 2006.05582]; the
authors' code is kavehhassani/mvgrl, read at 628ed2b.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.attachments import attach, attach_edges
from graphcl.augment import pagerank_diffusion, shuffle_rows
from graphcl.encoders.calling import encode
from graphcl.encoders.propagation import WeightedGNN
from graphcl.methods.bases.discriminator import Discriminator
from graphcl.methods.bases.gnn import EncoderModule, GNNEmbedder, Network
from graphcl.objectives import group_discrimination
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.training import Stage, Step, adam
from graphcl.training.method import Layer
from graphcl.typing import Count, CountOrZero, Layers, Nodes, NonNegative, Positive, Probability


class MVGRLModule(EncoderModule):
    """Two encoders, of the graph and of its diffusion; the rows of one are discriminated by the other's summary.

    Args:
        encoder: (x, edge_index) to one row per node, on the graph.
        diffusion_encoder: (x, edge_index, edge_weight, degree) to one row per node, on the diffusion.
        channels: width of the rows of either.
        alpha: the restart probability of the diffusion.
        top_k: entries of each of its rows that are kept.
        loop_weight: weight of the self loop that each node gets; 1 leaves the loop to the encoder.
    """

    def __init__(
        self,
        encoder: nn.Module,
        diffusion_encoder: nn.Module,
        channels: int,
        *,
        alpha: float,
        top_k: int,
        loop_weight: float,
    ) -> None:
        super().__init__(encoder)
        self.diffusion_encoder = diffusion_encoder
        self.discriminator = Discriminator(channels)
        self.alpha, self.top_k, self.loop_weight = alpha, top_k, loop_weight

    def prepare(self, data: Data) -> Data:
        """Attach the diffusion of the graph, which losses and embedding read, and weigh self loops."""
        n = int(data.num_nodes)
        edges, weight = pagerank_diffusion(data.edge_index, n, alpha=self.alpha, top_k=self.top_k)
        weight = weight.to(data.x.dtype if data.x.is_floating_point() else weight.dtype)
        total = weight.new_zeros(n).index_add(0, edges[1], weight)
        out = attach(attach_edges(data, "diffusion", edges, weight=weight), "node", diffusion_sum=total)
        if self.loop_weight != 1:
            apart = data.edge_index[:, data.edge_index[0] != data.edge_index[1]]
            loops = torch.arange(n, device=apart.device).expand(2, -1)
            ones = weight.new_ones(apart.size(1))
            out.edge_index = torch.cat([apart, loops], dim=1)
            out.edge_weight = torch.cat([ones, weight.new_full((n,), self.loop_weight)])
        return out

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The binary cross-entropy of the seeds' rows, real and shuffled ones, given the other view's summary."""
        real, corrupted = self.scores(batch, shuffle_rows(batch.x, generator=step.generator))
        return {"discrimination": group_discrimination(real, corrupted)}

    def scores(self, batch: Data, shuffled: Nodes) -> tuple[Tensor, Tensor]:
        """Logits of the seeds' rows, those of the diffusion first, and the same of rows from shuffled features."""
        corrupted = copy(batch)
        corrupted.x = shuffled
        views = [[at_least_float32(h[: batch.seeds]) for h in self.both(data)] for data in (batch, corrupted)]
        with full_precision(views[0][0]):
            near, far = (torch.sigmoid(h.mean(0)) for h in views[0])
            found = [
                torch.cat(
                    [self.discriminator.scores(on_diffusion, near), self.discriminator.scores(on_graph, far)]
                )
                for on_graph, on_diffusion in views
            ]
        return found[0], found[1]

    def both(self, data: Data) -> tuple[Nodes, Nodes]:
        """The rows of all nodes on the graph, and on its diffusion."""
        return encode(self.encoder, data), encode(self.diffusion_encoder, diffused(data))

    def embed(self, batch: Data) -> Nodes:
        """The sum of the seeds' rows on the graph and on its diffusion."""
        on_graph, on_diffusion = self.both(batch)
        return on_graph[: batch.seeds] + on_diffusion[: batch.seeds]

    @property
    def layers(self) -> Sequence[Layer] | None:
        """Those of both encoders side by side, if the first shows them; the last adds them up."""
        own, other = (getattr(one, "layers", None) for one in (self.encoder, self.diffusion_encoder))
        if not isinstance(own, list) or not isinstance(other, list) or len(own) != len(other):
            return None
        pairs = enumerate(zip(own, other, strict=True))
        return [partial(_side_by_side, pair, depth, len(own)) for depth, pair in pairs]


def diffused(data: Data) -> Data:
    """A graph or sample with the edges of its diffusion in place of its own.

    Example:
        >>> path = Data(x=torch.eye(2), edge_index=torch.tensor([[0, 1], [1, 0]]))
        >>> module = MVGRLModule(nn.Identity(), nn.Identity(), 2, alpha=0.2, top_k=1, loop_weight=1.0)
        >>> diffused(module.prepare(path)).edge_index.tolist()
        [[0, 1], [0, 1]]
    """
    out = copy(data)
    out.edge_index, out.edge_weight = data.diffusion_edge_index, data.diffusion_weight
    out.degree = data.diffusion_sum
    return out


def _side_by_side(pair: tuple[Layer, Layer], depth: int, depths: int, data: Data) -> Tensor:
    """One layer of both encoders, whose rows of the layer below stand side by side; the last ones are added."""
    parts = (data.x, data.x) if depth == 0 else data.x.chunk(2, dim=1)
    views = (copy(data), diffused(data))
    for view, rows in zip(views, parts, strict=True):
        view.x = rows
    on_graph, on_diffusion = (layer(view) for layer, view in zip(pair, views, strict=True))
    if depth == depths - 1:
        return on_graph + on_diffusion
    return torch.cat([on_graph, on_diffusion], dim=1)


@dataclass(kw_only=True, eq=False, repr=False)
class MVGRL(GNNEmbedder):
    """MVGRL: nodes on the graph against the summary of its diffusion, nodes on the diffusion against the graph's.

    Two GNNs of equal widths embed the graph and its personalised PageRank, of which each row keeps its `top_k`
    largest entries, and the same with shuffled features. A bilinear discriminator tells real rows of either view
    from those with shuffled features, given the other view's summary, the sigmoid of its mean row. The embedding
    is the sum of both views' rows. Nothing is drawn but the shuffle.

    The widths, the learning rate and the diffusion are the authors'. They train on 2,000 nodes with consecutive
    numbers at a time, on the dense diffusion, until the loss has not fallen for 20 epochs; here a step takes all
    nodes, or the seeds of a sample, the diffusion is sparse, and the number of epochs is fixed; give
    `graphcl.EarlyStopping` as a callback for theirs.

    With `batch_size` the summaries are those of a batch's seeds, features are shuffled within the sample, and
    `fanouts` hold for edges of the graph and of the diffusion alike. The rows: see `GNNEmbedder`. The diffusion
    is computed of the whole graph once, in blocks of rows: its memory is linear in nodes, its time goes with nodes
    times edges.

    Args:
        encoder: "gcn", "sage", "gat" or "gin": the layer on the graph; on the diffusion a GCN layer has its
            matrix.
        alpha: the restart probability of the diffusion, above 0.
        top_k: entries of each row of the diffusion that are kept.
        loop_weight: weight of each node's self loop in the graph; the authors' code adds two loops, so that theirs
            is 2.
        epochs: passes over the nodes.
        lr: learning rate of Adam.
        weight_decay: of Adam.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> MVGRL(n_clusters=2, out_channels=16, epochs=5).fit(karate.graph).history_[-1].keys()
        dict_keys(['stage', 'epoch', 'loss', 'discrimination'])
    """

    name: ClassVar[str] = "mvgrl"

    encoder: Network = "gcn"
    out_channels: Count = 512
    num_layers: Layers = 1
    alpha: Probability = 0.2
    top_k: Count = 64
    loop_weight: Positive = 1.0
    epochs: CountOrZero = 500
    lr: Positive = 1e-3
    weight_decay: NonNegative = 0.0

    def _build(self, data: Data) -> MVGRLModule:
        shape = data.x.size(1), self.hidden_channels, self.out_channels, self.num_layers
        other = WeightedGNN(*shape, activation=self.activation, activate_last=True)
        return MVGRLModule(self._encoder(data), other, self.out_channels, **self._settings_for(MVGRLModule))

    def _stages(self) -> list[Stage]:
        return [Stage("contrast", self.epochs, adam(self.lr, self.weight_decay), **self._sampling())]
