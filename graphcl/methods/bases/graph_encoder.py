"""Base classes of methods that pre-train an encoder of whole graphs: module, hyper-parameters, stage."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment import draw_subsets, share_of
from graphcl.encoders import mean_nodes
from graphcl.graph_collection import GraphCollection, Graphs
from graphcl.methods.bases.contrast_groups import Grouping, as_settings, contrast_groups
from graphcl.methods.bases.domains import DOMAINS, DomainName, check_categories, check_domain, encoder_of
from graphcl.methods.bases.view_losses import GraphNegatives, graph_grouping
from graphcl.training import GraphEmbedder, Method, Stage, adam
from graphcl.training.estimators.objects import ObjectName, made
from graphcl.typing import Count, CountOrZero, Layers, NonNegative, Positive, Probability


class GraphEncoderModule(Method):
    """Base class of modules with an encoder of graphs: the embedding is the mean of the node rows.

    Args:
        encoder: (x, edge_index, edge_attr) -> one row per node.
        negatives: from a batch to groups of its graphs that are no full negatives of one another; None for none.
    """

    def __init__(self, encoder: nn.Module, *, negatives: Grouping | None = None) -> None:
        super().__init__()
        self.encoder, self.grouping = encoder, negatives

    def rows(self, batch: Data, x: Tensor | None = None) -> Float[Tensor, "n d"]:
        """The encoder's rows of a batch's nodes, with other categories of nodes if they are given."""
        z: Tensor = self.encoder(batch.x if x is None else x, batch.edge_index, batch.get("edge_attr"))
        return z

    def embed(self, batch: Data) -> Float[Tensor, "graphs d"]:
        """The mean of each graph's rows."""
        return mean_nodes(self.rows(batch), batch.batch, batch.seeds)

    def grouped(self, batch: Data) -> Mapping[str, Any]:
        """The groups of a batch's graphs and the weight of negatives in them, as a loss takes them."""
        if self.grouping is None:
            return {}
        return as_settings(contrast_groups(self.grouping, batch, len(batch.ptr) - 1))


def draw_masked(batch: Data, mask: float, generator: torch.Generator | None) -> Int[Tensor, " masked"]:
    """The nodes of a batch that are masked: floor(mask n) + 1 of each graph's n nodes, at most all of them.

    Args:
        batch: with `ptr`.
        mask: share of the nodes.
        generator: on the batch's device.

    Example:
        >>> len(draw_masked(Data(ptr=torch.tensor([0, 4, 5])), 0.5, None))  # three of four, and the fifth
        4
    """
    size = batch.ptr.diff()
    wanted = torch.minimum(share_of(size, mask) + 1, size)
    graph, place = draw_subsets(size, wanted, generator=generator)
    nodes: Tensor = batch.ptr[graph] + place
    return nodes


@dataclass(kw_only=True, eq=False, repr=False)
class GraphPretrainer(GraphEmbedder):
    """Pre-training of encoders of molecules, protein networks or social graphs. A method writes `_build`.

    Nodes and edges come as categories: molecules as `graphcl.datasets.featurise` makes them, proteins with x
    all 1 and nine marks of 0 or 1 in edge_attr, social graphs with one category of each node, for instance its
    degree. Every edge stands in both directions.

    Args:
        domain: "molecule", "protein" or "social".
        encoder: of one's own, in place of the domain's: a module of (x, edge_index, edge_attr) to one row of
            `channels` numbers per node, of which a copy is trained, or "my_module:MyEncoder", a class or function
            of the number of channels.
        channels: width of the encoder.
        num_layers: of the encoder; None takes the domain's: 5, 5 or 3.
        dropout: after every layer.
        epochs: passes over the graphs.
        lr: learning rate of Adam.
        weight_decay: of Adam.
        batch_size: graphs per step, of all processes together; None takes the domain's: 256, 128 or 32.

    Attributes:
        embedding_: (graphs, channels), means over nodes.
        labels_: (graphs,), int64, by k-means on the embeddings, if `n_clusters` is given.
        history_: one dict per epoch; stages_: what each stage cost.
    """

    takes: ClassVar[Literal["graph", "graphs"]] = "graphs"
    accepts_edge_attr: ClassVar[bool] = True
    features: ClassVar[Literal["numbers", "categories"]] = "categories"

    domain: DomainName = "molecule"
    encoder: ObjectName | nn.Module | None = None
    channels: Count = 300
    num_layers: Layers | None = None
    dropout: Probability = 0.0
    epochs: CountOrZero = 100
    lr: Positive = 1e-3
    weight_decay: NonNegative = 0.0
    batch_size: Count | None = None

    def _infer(self, graphs: Graphs) -> None:
        self.categories_ = int(_collection(graphs).x.max()) + 1 if self.domain == "social" else None

    def _encoder(self) -> tuple[nn.Module, tuple[int, ...] | None]:
        """The untrained encoder, and the row of x that masks a node."""
        layers = self.num_layers or DOMAINS[self.domain].num_layers
        encoder, token = encoder_of(self.domain, self.categories_ or 0, self.channels, layers, self.dropout)
        return encoder if self.encoder is None else deepcopy(made(self.encoder, self.channels)), token

    def _encoder_with_mask(self) -> tuple[nn.Module, tuple[int, ...]]:
        """As `_encoder`, of a domain whose nodes can be masked.

        Raises:
            ValueError: a domain whose nodes are all alike.
        """
        encoder, token = self._encoder()
        if token is None:
            remedy = "choose molecule or social"
            raise ValueError(f"domain must have several categories of nodes; got {self.domain!r}; {remedy}")
        return encoder, token

    def _grouping(self, negatives: GraphNegatives | None) -> Grouping | None:
        """What groups the graphs of a batch, with as many rounds as the encoder has layers."""
        return graph_grouping(negatives, self.num_layers or DOMAINS[self.domain].num_layers)

    def _stages(self) -> list[Stage]:
        size = self.batch_size or DOMAINS[self.domain].batch_size
        return [Stage("pretrain", self.epochs, adam(self.lr, self.weight_decay), batch_size=size)]

    def _checked(self, data: Data | Graphs) -> Graphs:
        return check_domain(_collection(super()._checked(data)), self.domain)

    def _checked_as_fitted(self, data: Data | Graphs) -> Graphs:
        graphs = _collection(super()._checked_as_fitted(data))
        if self.categories_ is not None:
            check_categories(graphs, (self.categories_,), self.domain)
        return graphs


def _collection(graphs: Graphs) -> GraphCollection:
    """What `check_graphs` gives is a collection."""
    return graphs if isinstance(graphs, GraphCollection) else GraphCollection.of(graphs)
