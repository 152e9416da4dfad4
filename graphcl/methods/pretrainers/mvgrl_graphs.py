"""MVGRL on whole graphs: nodes of a graph against the graph as its diffusion shows it, and the reverse."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment import pagerank_diffusion
from graphcl.augment.diffusion import Diffused
from graphcl.encoders import GNN, CategoryGNN, ShortcutMLP, sum_nodes
from graphcl.encoders.propagation import WeightedGNN
from graphcl.methods.bases.domains import DOMAINS
from graphcl.methods.bases.graph_encoder import GraphEncoderModule, GraphPretrainer
from graphcl.objectives import local_global_jsd
from graphcl.training import Stage, Step, adam
from graphcl.typing import Count, Flag, Layers, Nodes, Probability

GraphRows = Float[Tensor, "graphs d"]
"""One row per graph."""


class MVGRLGraphsModule(GraphEncoderModule):
    """Two GNNs, of the graphs and of their diffusions; the nodes of one view against the graphs of the other.

    Args:
        encoder: of the graphs, with rows of every layer.
        diffusion_encoder: of their diffusions, with the same widths.
        channels: width of each layer.
        num_layers: of either.
        alpha: the restart probability of the diffusion.
        top_k: entries of each of its rows that are kept.
    """

    figures: ClassVar[tuple[str, ...]] = ("accuracy",)
    encoder: CategoryGNN
    diffusion_encoder: CategoryGNN

    def __init__(
        self,
        encoder: CategoryGNN,
        diffusion_encoder: CategoryGNN,
        channels: int,
        num_layers: int,
        *,
        alpha: float,
        top_k: int,
    ) -> None:
        super().__init__(encoder)
        self.diffusion_encoder = diffusion_encoder
        self.local_head = ShortcutMLP(channels, activation="prelu")
        self.global_head = ShortcutMLP(channels * num_layers, channels, activation="prelu")
        self.alpha, self.top_k = alpha, top_k

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:  # noqa: ARG002
        """The losses on own and on other graphs, of both directions together, and the accuracy."""
        views = self.views(batch)
        (own, other), (local, far_local) = self.summaries(views, batch), self.locals(views)
        near = local_global_jsd(local, other, batch.batch)
        far = local_global_jsd(far_local, own, batch.batch)
        return {
            "own": near.own + far.own,
            "other": near.other + far.other,
            "accuracy": (near.accuracy + far.accuracy) / 2,
        }

    def embed(self, batch: Data) -> GraphRows:
        """The sum of both views' graph vectors."""
        own, other = self.summaries(self.views(batch), batch)
        return own + other

    def views(self, batch: Data) -> tuple[list[Nodes], list[Nodes]]:
        """The rows of every layer, on the graphs and on their diffusions."""
        encoders = self.encoder, self.diffusion_encoder
        edges = (batch.edge_index, None), self.diffused(batch)
        on_graph, on_diffusion = (
            encoder.each_layer(batch.x, *given) for encoder, given in zip(encoders, edges, strict=True)
        )
        return on_graph, on_diffusion

    def diffused(self, batch: Data) -> Diffused:
        """The edges of the graphs' diffusions, and their weights."""
        n = len(batch.batch)
        return pagerank_diffusion(batch.edge_index, n, alpha=self.alpha, top_k=self.top_k, ptr=batch.ptr)

    def locals(self, views: tuple[list[Nodes], list[Nodes]]) -> tuple[Nodes, Nodes]:
        """The vectors of the nodes: the local head of the last layer's rows, for each view."""
        near, far = (self.local_head(layers[-1]) for layers in views)
        return near, far

    def summaries(self, views: tuple[list[Nodes], list[Nodes]], batch: Data) -> tuple[GraphRows, GraphRows]:
        """The vectors of the graphs: the global head of the sums of all layers side by side, for each view."""
        graphs = len(batch.ptr) - 1
        own, other = (
            self.global_head(torch.cat([sum_nodes(rows, batch.batch, graphs) for rows in layers], dim=1))
            for layers in views
        )
        return own, other


def heads_of(module: MVGRLGraphsModule) -> Iterator[nn.Parameter]:
    """The parameters of both heads."""
    return chain(module.local_head.parameters(), module.global_head.parameters())


@dataclass(kw_only=True, eq=False, repr=False)
class MVGRLGraphs(GraphPretrainer):
    """MVGRL of whole graphs: nodes of a graph against its diffusion as a whole, and the reverse.

    One GCN embeds the graph, another its personalised PageRank, S = alpha (I - (1 - alpha) T)^-1 with
    T = D^-1/2 (A + I) D^-1/2; nodes are one-hot categories, and features of edges are not read. With H_1 ... H_L
    the rows of a view's layers, a PReLU after each, a node i has l_i = f(row i of H_L), a graph
    g_G = h(sum of the rows of H_1 beside ... beside that of H_L). Both heads, shared by the views, have three
    layers of PReLU and a linear shortcut. With J the loss of `InfoGraph`, `graphcl.objectives.local_global_jsd`,

        L = J(l of the graph, g of the diffusion) + J(l of the diffusion, g of the graph),

    over the graphs of a batch. The embedding is the sum of both g. Nothing is drawn.

    **What was published does not train its GCNs.** In the authors' code for graphs their layers stand in a plain
    Python list, so that no optimiser sees them: its scores are those of two heads on sums over random GCNs.
    `train_encoders=False` is that; the default trains all.

    What else differs from that code: graphs are not padded, so that means are over nodes and pairs that there are
    (theirs divides by batch size times the largest graph, and its masks belong to other graphs than their rows);
    of the diffusion each row keeps its `top_k` largest entries, which is all of it in graphs of that size; their
    features have the degree one-hot beside the label; the number of epochs is fixed, where theirs stop after 20
    without a lower loss and go back to the best state (`graphcl.EarlyStopping`). The initial weights of the heads
    are those of InfoGraph's: Xavier, with zero biases.

    The diffusion is computed anew for each batch, graph by graph: its time goes with the squares of their sizes.
    Fine-tuning goes on with the GCN of the graph, `module_.encoder`, and the mean of its last layer.

    Args:
        encoder: None alone; both encoders are GCNs, whose layers are read one by one.
        channels: width of every layer and of the embedding.
        num_layers: of both GCNs.
        train_encoders: whether the GCNs are trained. False trains the heads alone, as the authors' code does.
        alpha: the restart probability of the diffusion, above 0.
        top_k: entries of each row of the diffusion that are kept.

    Attributes:
        embedding_: (graphs, channels).

    Example:
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> benzene = Data(x=torch.tensor([[5, 0]] * 6), edge_index=both, edge_attr=torch.tensor([[3, 0]] * 12))
        >>> model = MVGRLGraphs(channels=8, epochs=2, device="cpu").fit([benzene, benzene])
        >>> model.embedding_.shape, sorted(model.history_[0])[:3]
        (torch.Size([2, 8]), ['accuracy', 'epoch', 'loss'])

    Reference: [Hassani, Khasahmadi, "Contrastive Multi-View Representation Learning on Graphs", ICML 2020,
    arXiv 2006.05582], and graph/ of github.com/kavehhassani/mvgrl at 628ed2b.
    """

    name: ClassVar[str] = "mvgrl-graphs"

    encoder: None = None
    channels: Count = 512
    num_layers: Layers = 2
    train_encoders: Flag = True
    alpha: Probability = 0.2
    top_k: Count = 64

    def _build(self, data: Data) -> MVGRLGraphsModule:  # noqa: ARG002
        sizes = DOMAINS[self.domain].atoms or (self.categories_ or 0,)
        encoder, diffusion_encoder = (
            CategoryGNN(
                sizes,
                kind(
                    *(sum(sizes), self.channels, self.channels, self.num_layers),
                    activation="prelu",
                    activate_last=True,
                    separate_activations=True,
                    dropout=self.dropout,
                ),
            )
            for kind in (GNN, WeightedGNN)
        )
        settings = self.channels, self.num_layers
        return MVGRLGraphsModule(encoder, diffusion_encoder, *settings, alpha=self.alpha, top_k=self.top_k)

    def _stages(self) -> list[Stage]:
        size = self.batch_size or DOMAINS[self.domain].batch_size
        trained = None if self.train_encoders else heads_of
        return [
            Stage("pretrain", self.epochs, adam(self.lr, self.weight_decay, parameters=trained), batch_size=size)
        ]
