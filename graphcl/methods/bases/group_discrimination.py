"""Group discrimination, which GGD and Dink-Net share: the module, its smoothed embedding, and hyper-parameters."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import cast

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.augment import mask_column_share, shuffle_rows
from graphcl.encoders.convolution import aggregator
from graphcl.encoders.last_matrix import LastMatrix
from graphcl.methods.bases.gnn import EncoderModule, GNNEmbedder
from graphcl.objectives import group_discrimination
from graphcl.ops.graph_matrices.sparse_product import multiply
from graphcl.ops.machine.precision import at_least_float32, full_precision
from graphcl.training import Step
from graphcl.training.method import Layer
from graphcl.typing import Count, CountOrZero, Layers, Nodes, NonNegative, Positive, Probability

DISCRIMINATE = "discriminate"
"""The stage of this name."""


class GroupDiscriminationModule(EncoderModule):
    """Real nodes against nodes with shuffled features, by the sum of the entries of a linear projection.

    The embedding is H + S^p H, with H the encoder's rows on the graph as it is and S = D^-1/2 (A + I) D^-1/2.

    The sum over the outputs of linear layers is h . w + b, with w the columns' sums of the product of their
    matrices: a node costs one product of length d in place of d^2. The matrices stay the parameters, as published:
    the function is that of one vector, but Adam moves w about d times as fast through its d summands.

    Args:
        encoder: (x, edge_index) to one row per node.
        channels: width of the rows, d.
        power: p, at least 1.
        feature_rate: share of the columns of x that are set to 0, the same ones in both groups.
        projector_layers: linear layers of d to d before the sum, with no activation between them.
    """

    def __init__(
        self, encoder: nn.Module, channels: int, *, power: int, feature_rate: float, projector_layers: int
    ) -> None:
        super().__init__(encoder)
        self.power, self.feature_rate = power, feature_rate
        self.projector = nn.ModuleList(nn.Linear(channels, channels) for _ in range(projector_layers))
        self.matrix = LastMatrix()

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:
        """The binary cross-entropy of the seeds' scores, see `graphcl.objectives.group_discrimination`."""
        real, corrupted = (self.scores(graph) for graph in self.groups(batch, step))
        return {"discrimination": group_discrimination(real, corrupted)}

    def groups(self, batch: Data, step: Step) -> tuple[Data, Data]:
        """The batch without some columns of x, and the same with its rows shuffled among the batch's nodes."""
        real, corrupted = copy(batch), copy(batch)
        real.x = mask_column_share(batch.x, self.feature_rate, generator=step.generator)
        corrupted.x = shuffle_rows(real.x, generator=step.generator)
        return real, corrupted

    def scores(self, data: Data) -> Tensor:
        """One logit for each seed: the sum of the projection's outputs."""
        h = at_least_float32(self.rows(data)[: data.seeds])
        with full_precision(h):
            weight, bias = h.new_ones(h.size(1)), h.new_zeros(())
            for layer in reversed(list(self.projector)):
                matrix, offset = cast("Tensor", layer.weight), cast("Tensor", layer.bias)
                bias = bias + offset @ weight
                weight = matrix.T @ weight
            logits: Tensor = h @ weight + bias
        return logits

    def embed(self, batch: Data) -> Nodes:
        """H + S^p H of the seeds."""
        h = smooth = at_least_float32(self.rows(batch))
        smoother = self._smoother(batch, h)
        for _ in range(self.power):
            smooth = multiply(smoother, smooth)
        return self.joined(h[: batch.seeds], smooth[: batch.seeds])

    def joined(self, h: Nodes, smooth: Nodes) -> Nodes:
        """The embedding made of the encoder's rows and the smoothed ones."""
        return h + smooth

    @property
    def layers(self) -> Sequence[Layer] | None:
        """Those of the encoder, if it shows them, then one for each power of S, which carries H beside S^k H."""
        below = super().layers
        if below is None:
            return None
        return [*below, *(partial(self._power_on, k) for k in range(1, self.power + 1))]

    def _power_on(self, k: int, data: Data) -> Tensor:
        x = at_least_float32(data.x)
        h, smooth = (x, x) if k == 1 else x.chunk(2, dim=1)
        smooth = multiply(self._smoother(data, x), smooth)
        return self.joined(h, smooth) if k == self.power else torch.cat([h, smooth], dim=1)

    def _smoother(self, data: Data, rows: Tensor) -> Tensor:
        """S of a graph, or of a sample with the degrees of the whole graph, in the type of the rows."""
        degrees = {"degree": data.get("degree"), "added_loop": data.get("added_loop")}
        make = partial(aggregator, "gcn", data.edge_index, len(rows), dtype=rows.dtype, **degrees)
        return self.matrix.of(data.edge_index, (len(rows), rows.dtype), make, degrees["degree"])


@dataclass(kw_only=True, eq=False, repr=False)
class GroupDiscriminator(GNNEmbedder):
    """Base class of GGD and DinkNet: hyper-parameters, and how far the embedding reads.

    With `batch_size` the features are shuffled among the nodes of a sample, seeds and neighbours, and the rows are
    estimated, see `GNNEmbedder`; there is no other approximation, since the loss is a mean over nodes. The final
    embedding is exact: a layer of the network or one power of S after the other, in blocks of nodes. An encoder of
    one's own that shows no `layers` has all of its neighbours within `num_layers` + `power` edges read for each
    block, which in most large graphs is nearly all nodes.

    Args:
        power: p of the embedding H + S^p H, at least 1.
        feature_rate: share of the columns of x that each step sets to 0, rounded down to whole columns.
        projector_layers: linear layers before the sum that scores a node.
        epochs: passes over the nodes that tell real nodes from corrupted ones.
        lr: learning rate of Adam in these.
        weight_decay: of Adam.
    """

    out_channels: Count = 512
    num_layers: Layers = 1
    power: Count = 5
    feature_rate: Probability = 0.2
    projector_layers: Layers = 1
    epochs: CountOrZero = 200
    lr: Positive = 1e-3
    weight_decay: NonNegative = 0.0

    def _hops(self) -> int | None:
        return None if self.batch_size is None else self.num_layers + self.power
