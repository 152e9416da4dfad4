"""InfoGraph: mutual information between the rows of nodes and summaries of whole graphs."""

from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.encoders import ShortcutMLP, mean_nodes
from graphcl.methods.bases.graph_encoder import GraphEncoderModule, GraphPretrainer
from graphcl.objectives import local_global_jsd
from graphcl.training import Step
from graphcl.typing import Nodes


class InfoGraphModule(GraphEncoderModule):
    """InfoGraph's loss between a head of the nodes' rows and another head of the graphs' means.

    Args:
        encoder: (x, edge_index, edge_attr) -> one row per node.
        channels: width of these rows.
    """

    figures: ClassVar[tuple[str, ...]] = ("accuracy",)

    def __init__(self, encoder: nn.Module, channels: int) -> None:
        super().__init__(encoder)
        self.local_head, self.global_head = ShortcutMLP(channels), ShortcutMLP(channels)

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:  # noqa: ARG002
        """The loss on own and on other graphs, and the accuracy of telling them apart."""
        local, summary = self.compared(self.rows(batch), batch)
        return local_global_jsd(local, summary, batch.batch)._asdict()

    def compared(self, rows: Nodes, batch: Data) -> tuple[Nodes, Float[Tensor, "graphs d"]]:
        """What is compared: the local head of each row, and the global head of each graph's mean."""
        return self.local_head(rows), self.global_head(mean_nodes(rows, batch.batch, len(batch.ptr) - 1))


@dataclass(kw_only=True, eq=False, repr=False)
class InfoGraph(GraphPretrainer):
    """Mutual information between nodes and graphs: a node scores high with its own graph, low with all others.

    Two heads, left out afterwards, give each node i a vector l_i, of its row, and each graph G a vector g_G, of
    the mean of its rows. With s_iG = l_i . g_G and sp(s) = log(1 + e^s),

        L = mean over nodes i of ( sp(-s_i,G_i) - log 2 )  +  mean over i and G != G_i of ( sp(s_iG) - log 2 ),

    over the graphs of a batch, see `graphcl.objectives.local_global_jsd`. Nothing is augmented: a step is one pass
    of the encoder. The history has both terms (`own`, `other`) and the accuracy at a threshold of 0.

    Three things differ from the authors' code. The encoder is the domain's, and its last layer is what nodes are
    compared by and what is averaged into graphs; theirs is a GIN, whose layers are put side by side and summed
    over the nodes of a graph. A batch of one graph, which has no negatives, gives the loss 0, not NaN. And the
    optional prior on the summaries, off there by default, is left out.

    Attributes:
        embedding_: (graphs, channels), means over nodes.

    Example:
        >>> import torch
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> benzene = Data(x=torch.tensor([[5, 0]] * 6), edge_index=both, edge_attr=torch.tensor([[3, 0]] * 12))
        >>> model = InfoGraph(channels=8, epochs=2, device="cpu").fit([benzene, benzene])
        >>> model.embedding_.shape, sorted(model.history_[0])[:3]
        (torch.Size([2, 8]), ['accuracy', 'epoch', 'loss'])

    Reference: [Sun, Hoffmann, Verma, Tang, "InfoGraph: Unsupervised and Semi-supervised Graph-Level Representation
    Learning via Mutual Information Maximization", ICLR 2020, arXiv 1908.01000], and `unsupervised` of
    github.com/fanyun-sun/InfoGraph at 673a065.
    """

    name: ClassVar[str] = "infograph"

    def _build(self, data: Data) -> InfoGraphModule:  # noqa: ARG002
        return InfoGraphModule(self._encoder()[0], self.channels)
