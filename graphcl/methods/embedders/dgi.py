"""DGI: mutual information between nodes and a summary of the graph, with shuffled features as negatives.

[Velickovic et al., "Deep Graph Infomax", ICLR 2019, arXiv 1809.10341]; the authors' code is PetarV-/DGI.
"""

from copy import copy
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment import shuffle_rows
from graphcl.methods.bases.discriminator import Discriminator
from graphcl.methods.bases.gnn import EncoderModule, GNNEmbedder
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.training import Stage, Step, adam
from graphcl.typing import Count, CountOrZero, Layers, NonNegative, Positive


class DGIModule(EncoderModule):
    """Bilinear discriminator z' W s + b of nodes, and of nodes with shuffled features, given the graph's summary.

    The summary is s = sigmoid(mean z) over the real nodes.

    Args:
        encoder: (x, edge_index) to one row per node.
        channels: width of the rows.
    """

    def __init__(self, encoder: nn.Module, channels: int) -> None:
        super().__init__(encoder)
        self.discriminator = Discriminator(channels)

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The binary cross-entropy of the seeds' scores against their summary, equation 1 of the paper."""
        shuffled = copy(batch)
        shuffled.x = shuffle_rows(batch.x, generator=step.generator)
        real, corrupted = (self.rows(graph)[: batch.seeds] for graph in (batch, shuffled))
        z = at_least_float32(torch.cat([real, corrupted]))
        with full_precision(z):
            summary = torch.sigmoid(z[: len(real)].mean(0))
            scores = self.discriminator.scores(z, summary)
        is_real = torch.arange(len(scores), device=scores.device) < len(real)
        return {"discrimination": F.binary_cross_entropy_with_logits(scores, is_real.to(scores.dtype))}


@dataclass(kw_only=True, eq=False, repr=False)
class DGI(GNNEmbedder):
    """Deep Graph Infomax: nodes against nodes with shuffled features, discriminated given a summary of the graph.

    The defaults are the authors' for citation graphs: one layer of 512, PReLU, Adam at 1e-3. They stop when the
    loss has not fallen for 20 epochs, of 10,000 at most; here the number of epochs is fixed, at PyG's example.

    With `batch_size` two things are approximated. The discrimination: the summary is that of a batch's seeds, in
    place of all nodes, and features are shuffled among the nodes of the sample, seeds and neighbours. The rows:
    see `GNNEmbedder`. What that costs in quality on Cora: benchmarks/tables/sampled.md.

    Args:
        epochs: passes over the nodes.
        lr: learning rate of Adam.
        weight_decay: of Adam.

    Example:
        >>> import graphcl
        >>> karate = graphcl.datasets.load("karate")
        >>> DGI(n_clusters=2, out_channels=16, epochs=5).fit(karate.graph).history_[-1].keys()
        dict_keys(['stage', 'epoch', 'loss', 'discrimination'])
    """

    name: ClassVar[str] = "dgi"
    revision: ClassVar[int] = 2

    out_channels: Count = 512
    num_layers: Layers = 1
    epochs: CountOrZero = 300
    lr: Positive = 1e-3
    weight_decay: NonNegative = 0.0

    def _build(self, data: Data) -> DGIModule:
        return DGIModule(self._encoder(data), self.out_channels)

    def _stages(self) -> list[Stage]:
        return [Stage("infomax", self.epochs, adam(self.lr, self.weight_decay), **self._sampling())]
