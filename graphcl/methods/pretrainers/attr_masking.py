"""AttrMasking: pre-training of graph encoders by predicting masked node attributes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.methods.bases.domains import DOMAINS
from graphcl.methods.bases.graph_encoder import GraphEncoderModule, GraphPretrainer, draw_masked
from graphcl.ops.machine.precision import at_least_float32
from graphcl.training import Step
from graphcl.typing import Probability


class AttrMaskingModule(GraphEncoderModule):
    """Attribute masking: predicts the first category of masked nodes from the encoder's rows.

    Args:
        encoder: (x, edge_index, edge_attr) -> one row per node.
        channels: width of these rows.
        categories: of the first column of x.
        token: the row of x that masks a node.
        mask: floor(mask n) + 1 of each graph's n nodes are masked, at most all of them.
    """

    figures: ClassVar[tuple[str, ...]] = ("accuracy",)

    def __init__(
        self, encoder: nn.Module, channels: int, categories: int, token: Sequence[int], *, mask: float
    ) -> None:
        super().__init__(encoder)
        self.predict = nn.Linear(channels, categories)
        self.token, self.mask = tuple(token), mask

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The cross-entropy of the masked categories, and the share of them that is predicted right."""
        chosen = draw_masked(batch, self.mask, step.generator)
        x = batch.x.index_copy(0, chosen, batch.x.new_tensor(self.token).expand(len(chosen), -1))
        rows = self.rows(batch, x).index_select(0, chosen)
        logits, target = at_least_float32(self.predict(rows)), batch.x[chosen, 0]
        accuracy = (logits.argmax(1) == target).to(logits.dtype).mean()
        return {"prediction": F.cross_entropy(logits, target), "accuracy": accuracy}


@dataclass(kw_only=True, eq=False, repr=False)
class AttrMasking(GraphPretrainer):
    """Attribute masking: predict the elements of masked atoms, or the categories of masked nodes.

    At every step floor(mask n) + 1 of each graph's n nodes are masked, and a linear layer predicts the category of
    each from its row. Attributes of edges are not masked. The nodes of proteins are all alike, so that there is
    nothing to predict. The history also has the share of masked nodes that are predicted right.

    Args:
        mask: share of the nodes of each graph.

    Attributes:
        embedding_: (graphs, channels), means over nodes.

    Example:
        >>> import torch
        >>> ring = torch.stack([torch.arange(6), (torch.arange(6) + 1) % 6])
        >>> both = torch.cat([ring, ring.flip(0)], dim=1)
        >>> benzene = Data(x=torch.tensor([[5, 0]] * 6), edge_index=both, edge_attr=torch.tensor([[3, 0]] * 12))
        >>> AttrMasking(channels=8, epochs=2, device="cpu").fit([benzene, benzene]).embedding_.shape
        torch.Size([2, 8])

    Reference: [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020], without the variant
    that masks bonds too.
    """

    name: ClassVar[str] = "attr-masking"

    mask: Probability = 0.15

    def _build(self, data: Data) -> AttrMaskingModule:  # noqa: ARG002
        encoder, token = self._encoder_with_mask()
        atoms = DOMAINS[self.domain].atoms
        categories = atoms[0] if atoms else token[0]
        return AttrMaskingModule(encoder, self.channels, categories, token, mask=self.mask)
