"""ContextPred: pre-training of graph encoders by telling which context surrounds a substructure."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment import draw_centres, induced_subgraph
from graphcl.encoders import mean_nodes
from graphcl.graph_collection import GraphCollection, Graphs
from graphcl.methods.bases.domains import DOMAINS, encoder_of
from graphcl.methods.bases.graph_encoder import GraphEncoderModule, GraphPretrainer
from graphcl.objectives import context_prediction
from graphcl.ops.hops import any_at_distance, hop_distances
from graphcl.ops.machine.precision import at_least_float32
from graphcl.training import Step
from graphcl.typing import Count

GRAPHS = 1024
"""Graphs that are searched for a context at a time, before the training."""


class ContextCut(NamedTuple):
    """What is cut out of the graphs of a batch around a root of each."""

    substructure: Bool[Tensor, " n"]
    """Nodes within `radius` hops of a root."""
    context: Bool[Tensor, " n"]
    """Nodes from `radius` hops on, for as many distances as the context has layers."""
    anchors: Bool[Tensor, " n"]
    """Nodes in both: those at `radius` hops."""
    present: Bool[Tensor, " graphs"]
    """Graphs that have a context."""


def cut_contexts(batch: Data, roots: Int[Tensor, " graphs"], radius: int, context_size: int) -> ContextCut:
    """Substructure and context around a root of each graph, by one breadth-first search in the whole batch.

    Args:
        batch: edge_index with both directions of every edge, `batch` and `ptr`.
        roots: a node of each graph, numbered over the batch.
        radius: hops from the root to the nodes that substructure and context share.
        context_size: distances that the context extends over.

    Example:
        >>> path = torch.stack([torch.arange(4), torch.arange(4) + 1])
        >>> both = torch.cat([path, path.flip(0)], dim=1)
        >>> batch = Data(edge_index=both, batch=torch.zeros(5).long(), ptr=torch.tensor([0, 5]))
        >>> cut = cut_contexts(batch, torch.tensor([0]), radius=2, context_size=2)
        >>> [part.nonzero().flatten().tolist() for part in cut[:3]]
        [[0, 1, 2], [2, 3], [2]]
    """
    last = radius + context_size - 1
    distance = hop_distances(roots, batch.edge_index, len(batch.batch), last)
    anchors = distance == radius
    present = torch.bincount(batch.batch[anchors], minlength=len(roots)) > 0
    return ContextCut(distance <= radius, (distance >= radius) & (distance <= last), anchors, present)


class ContextPredModule(GraphEncoderModule):
    """Context prediction: a substructure's root row against means of rows of contexts, of another encoder.

    Args:
        encoder: (x, edge_index, edge_attr) -> one row per node; of substructures.
        context_encoder: the same, of contexts.
        radius: hops from the root to the nodes that substructure and context share.
        context_size: distances that the context extends over.
        negatives: contexts of other graphs for each substructure.
    """

    figures: ClassVar[tuple[str, ...]] = ("accuracy", "contexts")

    def __init__(
        self, encoder: nn.Module, context_encoder: nn.Module, *, radius: int, context_size: int, negatives: int
    ) -> None:
        super().__init__(encoder)
        self.context_encoder = context_encoder
        self.radius, self.context_size, self.negatives = radius, context_size, negatives

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The losses for a random root of each graph, the accuracy, and the share of graphs with a context."""
        return self.compare(batch, draw_centres(batch.ptr, generator=step.generator))

    def compare(self, batch: Data, roots: Int[Tensor, " graphs"]) -> dict[str, Tensor]:
        """The losses and figures for given roots."""
        cut = cut_contexts(batch, roots, self.radius, self.context_size)
        contexts = cut.present.float().mean()
        if int(cut.present.sum()) < 2:  # nothing to tell apart, but all processes need a gradient
            both = [self.rows_of(encoder, batch, cut.substructure) for encoder in self.parts()]
            none = 0 * at_least_float32(torch.cat(both)).sum()
            return {"own_context": none, "other_context": none, "accuracy": contexts * 0, "contexts": contexts}
        chosen = cut.present[batch.batch]
        first, second = cut.substructure & chosen, cut.context & chosen
        u = self.rows_of(self.encoder, batch, first).index_select(0, places(first)[roots[cut.present]])
        rows = self.rows_of(self.context_encoder, batch, second).index_select(0, places(second)[cut.anchors])
        graph = places(cut.present)[batch.batch[cut.anchors]]
        terms = context_prediction(u, mean_nodes(rows, graph, len(u)), negatives=self.negatives)
        return {
            "own_context": terms.own,
            "other_context": terms.other,
            "accuracy": terms.accuracy,
            "contexts": contexts,
        }

    def parts(self) -> tuple[nn.Module, nn.Module]:
        """Both encoders."""
        return self.encoder, self.context_encoder

    def rows_of(self, encoder: nn.Module, batch: Data, nodes: Bool[Tensor, " n"]) -> Float[Tensor, "m d"]:
        """An encoder's rows of some nodes, which see each other alone."""
        part = induced_subgraph(batch.edge_index, nodes)
        attr = batch.get("edge_attr")
        rows: Tensor = encoder(batch.x[nodes], part.edge_index, None if attr is None else attr[part.edges])
        return rows


def places(chosen: Bool[Tensor, " n"]) -> Int[Tensor, " n"]:
    """The number of each item among those that are chosen.

    Example:
        >>> places(torch.tensor([True, False, True]))[[0, 2]]
        tensor([0, 1])
    """
    return torch.cumsum(chosen, 0) - 1


@dataclass(kw_only=True, eq=False, repr=False)
class ContextPred(GraphPretrainer):
    """Context prediction: tell the surroundings of a substructure from those of other graphs.

    At every step a random root of each graph is drawn. The nodes within `radius` hops of it are its substructure;
    those at `radius` hops and beyond, for `context_size` distances, its context. The encoder gives the root's row
    u of the substructure; a second one, of `context_size` layers and left out afterwards, gives the mean c of the
    context's rows of the nodes that both share. Their products tell own contexts from those of the next graphs in
    the batch, with sp(s) = log(1 + e^s):

        L = mean_i sp(-u_i . c_i) + sum_{s=1..negatives} mean_i sp(u_i . c_{i+s})

    A graph without a node at `radius` hops of its root is left out of the step. A step with fewer than two
    contexts has no loss. The history also has the accuracy over all pairs, and the share of graphs with a context.
    Small social graphs, whose nodes are all near each other, need a smaller radius.

    As in the authors' chem/, mode "cbow": of 5 layers the radius is 5, and the context has distances 5 to 7; a
    molecule without a context is left out of a batch before its next molecule is looked up. What differs: one
    optimiser has the parameters of both encoders, where theirs has two with equal settings; scores are in float32,
    theirs in float64. Of mode "skipgram", and of their radii for proteins, there is nothing here.

    Args:
        radius: hops from the root to the nodes that substructure and context share; None takes the number of the
            encoder's layers.
        context_size: distances that the context extends over, and layers of the context's encoder.
        negatives: contexts of other graphs for each substructure.

    Attributes:
        embedding_: (graphs, channels), means over nodes.

    Raises:
        ValueError: in `fit`, no graph has two nodes that are `radius` hops apart.

    Example:
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> benzene = Data(x=torch.tensor([[5, 0]] * 6), edge_index=both, edge_attr=torch.tensor([[3, 0]] * 12))
        >>> model = ContextPred(channels=8, epochs=2, radius=2, device="cpu").fit([benzene, benzene])
        >>> model.embedding_.shape, model.history_[0]["contexts"]
        (torch.Size([2, 8]), 1.0)

    Reference: [Hu et al., "Strategies for Pre-training Graph Neural Networks", ICLR 2020, arXiv 1905.12265], and
    chem/pretrain_contextpred.py of github.com/snap-stanford/pretrain-gnns at 8b20528.
    """

    name: ClassVar[str] = "context-pred"

    radius: Count | None = None
    context_size: Count = 3
    negatives: Count = 1

    def _infer(self, graphs: Graphs) -> None:
        super()._infer(graphs)
        whole = graphs if isinstance(graphs, GraphCollection) else GraphCollection.of(graphs)
        hops = self._hops()
        parts = (range(first, min(first + GRAPHS, len(whole))) for first in range(0, len(whole), GRAPHS))
        batches = map(whole.batch, parts)
        if self.epochs and not any(any_at_distance(part.ptr, part.edge_index, hops) for part in batches):
            raise ValueError(
                f"some graph must have two nodes that are radius={hops} hops apart, or none has a context; "
                "got none; choose a smaller radius"
            )

    def _hops(self) -> int:
        return self.radius or self.num_layers or DOMAINS[self.domain].num_layers

    def _build(self, data: Data) -> ContextPredModule:  # noqa: ARG002
        settings = self.domain, self.categories_ or 0, self.channels, self.context_size, self.dropout
        return ContextPredModule(
            self._encoder()[0],
            encoder_of(*settings)[0],
            radius=self._hops(),
            context_size=self.context_size,
            negatives=self.negatives,
        )
