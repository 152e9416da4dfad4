"""EdgePred: pre-training of graph encoders by edge prediction."""

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor
from torch_geometric.data import Data

from graphcl.augment import Region, draw_free_pairs, pair_of_number
from graphcl.methods.bases.graph_encoder import GraphEncoderModule, GraphPretrainer
from graphcl.ops.machine.precision import at_least_float32
from graphcl.training import Step


class EdgePredModule(GraphEncoderModule):
    """Edge prediction by dot products: edges against as many random pairs without one.

    Args:
        encoder: (x, edge_index, edge_attr) -> one row per node.
    """

    figures: ClassVar[tuple[str, ...]] = ("accuracy",)

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """Cross-entropies of edges and of pairs without one, and the classification accuracy over all pairs."""
        edges = batch.edge_index[:, batch.edge_index[0] < batch.edge_index[1]]
        none = pairs_without_edge(batch, edges, step.generator)
        z = at_least_float32(self.rows(batch))
        there, missing = (
            (z.index_select(0, ends[0]) * z.index_select(0, ends[1])).sum(1) for ends in (edges, none)
        )
        right = (there > 0).sum() + (missing <= 0).sum()
        return {
            "edges": F.softplus(-there).sum() / max(len(there), 1),
            "pairs": F.softplus(missing).sum() / max(len(missing), 1),
            "accuracy": right.to(z.dtype) / max(len(there) + len(missing), 1),
        }


def pairs_without_edge(batch: Data, edges: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Of each graph as many random pairs without an edge as it has edges, or all of them where there are fewer.

    Args:
        batch: with `ptr`.
        edges: (2, e), one direction of each, graph by graph.
        generator: on the batch's device.

    Example:
        >>> batch = Data(ptr=torch.tensor([0, 3]))
        >>> pairs_without_edge(batch, torch.tensor([[0, 1], [1, 2]])).tolist()
        [[2], [0]]
    """
    whole = Region.of(batch.ptr, edges)
    graph = torch.repeat_interleave(whole.edge_count, output_size=edges.size(1))
    wanted = torch.minimum(whole.edge_count, whole.pairs - whole.edge_count)
    drawn, number = draw_free_pairs(whole.pairs, graph, whole.number, wanted, generator=generator)
    return torch.stack([whole.node(drawn, end) for end in pair_of_number(number)])


@dataclass(kw_only=True, eq=False, repr=False)
class EdgePred(GraphPretrainer):
    """Edge prediction: linked nodes get embeddings with a positive dot product, other pairs a negative one.

    At every step each graph gets as many random pairs without an edge as it has edges. The edges that are
    predicted are also those that the encoder sees, as in the published code. The history also has the
    accuracy over all pairs.

    Attributes:
        embedding_: (graphs, channels), means over nodes.

    Example:
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> benzene = Data(x=torch.tensor([[5, 0]] * 6), edge_index=both, edge_attr=torch.tensor([[3, 0]] * 12))
        >>> EdgePred(channels=8, epochs=2, device="cpu").fit([benzene, benzene]).embedding_.shape
        torch.Size([2, 8])

    Reference: [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020]; the idea is that of
    [Hamilton, Ying, Leskovec, NeurIPS 2017]. Their pairs are ordered; here they are not.
    """

    name: ClassVar[str] = "edge-pred"

    def _build(self, data: Data) -> EdgePredModule:  # noqa: ARG002
        return EdgePredModule(self._encoder()[0])
