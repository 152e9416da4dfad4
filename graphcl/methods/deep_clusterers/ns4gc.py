"""NS4GC: contrastive clustering guided by a sparse matrix of node similarities between two views.

[Liu, Gao, He, Zheng, Zhao, Yin, "Reliable Node Similarity Matrix Guided Contrastive Graph Clustering", IEEE TKDE
2024, arXiv 2408.03765]; the authors' code is Cloudy1225/NS4GC, read at 3325f95. The library PyAGC has a variant of
it (read at 24d3c78), which the recipes name `pyagc-...`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment import Dropping, EntryDropping
from graphcl.encoders.convolution import Degrees
from graphcl.encoders.gnn import Activation
from graphcl.methods.bases.gnn import GNNEmbedder
from graphcl.methods.bases.views import Augmentation, Rates, ViewsModule, augmentations_of
from graphcl.objectives.similarity import similarity_terms
from graphcl.ops.graph_matrices.sparse import unit_rows
from graphcl.training import Stage, Step, adam
from graphcl.typing import Count, CountOrZero, Nodes, NonNegative, Positive, Probability

Masking = Literal["columns", "entries"]
"""What a view loses of the features: columns for all nodes at once, or single entries."""


class NS4GCModule(ViewsModule):
    """The loss acts on the encoder's rows at unit length: there is no projection.

    Args:
        encoder: (x, edge_index) to one row per node.
        augmentations: one for each of the two views.
        threshold: s, the similarity above which nodes without an edge are pushed apart.
        temperature: of the sigmoid around it.
        neighbour_weight: lambda, weight of the similarity of neighbours.
        sparsity_weight: gamma, weight of the similarity of all others.
    """

    def __init__(
        self,
        encoder: nn.Module,
        augmentations: Sequence[Callable[..., Any]],
        *,
        threshold: float,
        temperature: float,
        neighbour_weight: float,
        sparsity_weight: float,
    ) -> None:
        super().__init__(encoder, nn.Identity(), augmentations)
        self.threshold, self.temperature = threshold, temperature
        self.neighbour_weight, self.sparsity_weight = neighbour_weight, sparsity_weight

    def finish(self, rows: Nodes) -> Nodes:
        """The rows at unit length."""
        return unit_rows(rows)

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """Alignment, neighbours and sparsity of the seeds, see `graphcl.objectives.similarity_sparsity`."""
        z1, z2 = (self.projected(view) for view in self.views(batch, step))
        edges = batch.get("seed_edge_index")
        edges = batch.edge_index if edges is None else edges
        terms = similarity_terms(z1, z2, edges, threshold=self.threshold, temperature=self.temperature)
        return {
            "alignment": terms.alignment,
            "neighbours": self.neighbour_weight * terms.neighbours,
            "sparsity": self.sparsity_weight * terms.sparsity,
        }


@dataclass(kw_only=True, eq=False, repr=False)
class NS4GC(GNNEmbedder):
    """NS4GC: two views whose similarity matrix is 1 on the diagonal, high on edges and low elsewhere.

    The defaults are the authors' setting for Cora: GCN layers of 256 and 64 with a SELU between them, 200 steps on
    all nodes. The last state counts. The sum over all pairs is exact, in blocks: memory is linear in nodes and
    edges, time quadratic in nodes, so that from some 50,000 nodes on samples are the way.

    With `batch_size` three things are approximated. The pairs: those of a batch's seeds, in place of all. The
    neighbours: edges among the seeds of a batch, which random seeds of a large graph have few of; a batch without
    one has no such term, and `batches="clusters"` has more. The rows: see `GNNEmbedder`; and views are normalised
    by in-degrees, whatever `degrees` says.

    Args:
        edge_rates: share of the edges that the first and the second view lose, each direction by itself.
        feature_rates: share of the columns, or entries, of x that they lose.
        masking: whether views lose "columns" of x, as published, or single "entries", as in PyAGC.
        augmentation: how views are drawn instead: one object for both, or two, each from a graph to a changed copy
            with the same nodes, as those of `graphcl.augment` or PyG's transforms; or "my_module:MyAugmenter".
        degrees: of "gcn": which degrees of a view, whose edges have directions, normalise it on both sides: "out"
            as published, "in" as in PyG and PyAGC. On the graph itself they are equal.
        activation: between the layers of the network, not after the last.
        threshold: s, the similarity above which nodes without an edge are pushed apart.
        temperature: of the sigmoid around it.
        neighbour_weight: lambda, weight of the similarity of neighbours.
        sparsity_weight: gamma, weight of the similarity of all others.
        epochs: passes over the nodes.
        lr: learning rate of Adam.
        weight_decay: of Adam.

    Attributes:
        embedding_: (n, out_channels), rows of unit length.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> model = NS4GC(n_clusters=2, hidden_channels=16, out_channels=8, epochs=5).fit(karate.graph)
        >>> model.embedding_.shape, list(model.history_[-1])
        (torch.Size([34, 8]), ['stage', 'epoch', 'loss', 'alignment', 'neighbours', 'sparsity'])
    """

    name: ClassVar[str] = "ns4gc"
    activate_last: ClassVar[bool] = False

    hidden_channels: Count = 256
    out_channels: Count = 64
    activation: Activation = "selu"
    edge_rates: Rates = (0.3, 0.3)
    feature_rates: Rates = (0.2, 0.2)
    masking: Masking = "columns"
    augmentation: Augmentation = None
    degrees: Degrees = "out"
    threshold: Probability = 0.6
    temperature: Positive = 0.1
    neighbour_weight: NonNegative = 1.0
    sparsity_weight: NonNegative = 1.0
    epochs: CountOrZero = 200
    lr: Positive = 1e-3
    weight_decay: NonNegative = 1e-5

    def _network_settings(self) -> dict[str, Any]:
        return {"degrees": self.degrees}

    def _build(self, data: Data) -> NS4GCModule:
        drop = Dropping if self.masking == "columns" else EntryDropping
        own = [drop(*rates) for rates in zip(self.edge_rates, self.feature_rates, strict=True)]
        views = augmentations_of(self.augmentation, own)
        return NS4GCModule(self._encoder(data), views, **self._settings_for(NS4GCModule))

    def _stages(self) -> list[Stage]:
        sampling = self._sampling()
        optimizers = adam(self.lr, self.weight_decay)
        return [Stage("contrast", self.epochs, optimizers, induced=bool(sampling), **sampling)]
