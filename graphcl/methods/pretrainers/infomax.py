"""Infomax: a bilinear score tells a node's own graph from the next graph of the batch."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders import mean_nodes
from graphcl.methods.bases.graph_encoder import GraphEncoderModule, GraphPretrainer
from graphcl.objectives import next_summary_bce
from graphcl.ops.machine.precision import full_precision
from graphcl.training import Step
from graphcl.typing import Nodes


class InfomaxModule(GraphEncoderModule):
    """Bilinear score h' W' s of a node's row h with a graph's summary s = sigmoid(mean of its rows).

    Args:
        encoder: (x, edge_index, edge_attr) -> one row per node.
        channels: width of these rows.
    """

    figures: ClassVar[tuple[str, ...]] = ("accuracy",)

    def __init__(self, encoder: nn.Module, channels: int) -> None:
        super().__init__(encoder)
        self.weight = nn.Parameter(torch.empty(channels, channels).uniform_(-1, 1) / channels**0.5)

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:  # noqa: ARG002
        """The cross-entropies of own and of next graphs, and the accuracy of telling them apart."""
        rows = self.rows(batch)
        summary = self.summaries(rows, batch)
        with full_precision(summary):
            return next_summary_bce(rows, summary @ self.weight, batch.batch)._asdict()

    def summaries(self, rows: Nodes, batch: Data) -> Float[Tensor, "graphs d"]:
        """The sigmoid of the mean of each graph's rows."""
        return torch.sigmoid(mean_nodes(rows, batch.batch, len(batch.ptr) - 1))


@dataclass(kw_only=True, eq=False, repr=False)
class Infomax(GraphPretrainer):
    """Deep Graph Infomax for many graphs: a node scores high with its own graph, low with the next of the batch.

    With h_i the row of node i, s_G = sigmoid(mean of the rows of graph G), sp(s) = log(1 + e^s), and G_i the graph
    of node i of the N graphs of a batch, in random order,

        L = mean over i of sp(-h_i' W' s_G_i)  +  mean over i of sp(h_i' W' s_(G_i + 1) mod N),

    see `graphcl.objectives.next_summary_bce`. Nothing is augmented: a step is one pass of the encoder, and W is
    left out afterwards. The history has both terms (`own`, `other`) and the accuracy at a threshold of 0.

    `DGI`, for one graph, has nodes of shuffled features as negatives; `InfoGraph` all other graphs of the batch,
    and two heads in place of W. One thing differs from the published code: a batch of one graph, which has no
    negatives, gives the loss 0, where it is compared with itself there.

    Attributes:
        embedding_: (graphs, channels), means over nodes.

    Example:
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> benzene = Data(x=torch.tensor([[5, 0]] * 6), edge_index=both, edge_attr=torch.tensor([[3, 0]] * 12))
        >>> model = Infomax(channels=8, epochs=2, device="cpu").fit([benzene, benzene])
        >>> model.embedding_.shape, sorted(model.history_[0])[:3]
        (torch.Size([2, 8]), ['accuracy', 'epoch', 'loss'])

    Reference: [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020, arXiv 1905.12265], after
    [Velickovic et al., "Deep Graph Infomax", ICLR 2019]; chem/pretrain_deepgraphinfomax.py of
    github.com/snap-stanford/pretrain-gnns at 8b20528.
    """

    name: ClassVar[str] = "infomax"

    def _build(self, data: Data) -> InfomaxModule:  # noqa: ARG002
        return InfomaxModule(self._encoder()[0], self.channels)
