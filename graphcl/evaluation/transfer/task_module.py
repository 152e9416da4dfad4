"""Fine-tuning module: an encoder of graphs with a linear head for each task, and its batches.

Imported by `finetune` when it runs, so that scores can be imported without the training loop.
"""

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from graphcl.evaluation.splits import Split
from graphcl.evaluation.transfer.metrics import Metric, masked_bce, masked_mse
from graphcl.graph_collection import GraphCollection
from graphcl.ops.machine.precision import at_least_float32
from graphcl.training.batching.batches import Companions, no_companions
from graphcl.training.batching.graph_batches import GraphBatches
from graphcl.training.method import Method
from graphcl.training.stage import Stage
from graphcl.training.step import Step


class FineTuneModule(Method):
    """Encoder, a read-out of each graph, and a linear layer: one logit (or target) per task; `embed` gives these.

    Unlike every other method it reads `batch.y`: it is supervised.

    Args:
        encoder: (x, edge_index, edge_attr) -> one row per node; it is trained too.
        channels: width of these rows.
        tasks: number of tasks.
        metric: "roc-auc" and "ap" train by binary cross-entropy, "rmse" by squared error;
            missing labels count in neither.
        readout: "mean" of the rows of a graph; or "mean+ego", with the row of node 0 beside it.
    """

    def __init__(
        self, encoder: nn.Module, channels: int, tasks: int, metric: Metric, readout: str = "mean"
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(channels if readout == "mean" else 2 * channels, tasks)
        self.metric = metric
        self.readout = readout

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:  # noqa: ARG002
        """The loss over the labels of a batch that are present."""
        loss = masked_mse if self.metric == "rmse" else masked_bce
        return {"mse" if self.metric == "rmse" else "bce": loss(self.embed(batch), batch.y)}

    def embed(self, batch: Data) -> Tensor:
        """(graphs, tasks), logits or standardised targets."""
        predicted: Tensor = self.head(self.read(batch))
        return predicted

    def read(self, batch: Data) -> Tensor:
        """What the head reads of each graph."""
        rows = self.encoder(batch.x, batch.edge_index, batch.get("edge_attr"))
        means = graph_means(rows, batch)
        return torch.cat([means, ego_rows(rows, batch)], dim=1) if self.readout == "mean+ego" else means


def graph_means(rows: Tensor, batch: Data) -> Tensor:
    """(graphs, d), the mean of each graph's rows; zeros for a graph without nodes."""
    rows = at_least_float32(rows)
    total = rows.new_zeros(batch.seeds, rows.size(1)).index_add(0, batch.batch, rows)
    return total / torch.bincount(batch.batch, minlength=batch.seeds).clamp(min=1)[:, None]


def ego_rows(rows: Tensor, batch: Data) -> Tensor:
    """(graphs, d), the row of node 0 of each graph; zeros for a graph without nodes."""
    empty = batch.ptr.diff() == 0
    first = at_least_float32(rows)[batch.ptr[:-1].clamp(max=len(rows) - 1)]
    return first.masked_fill(empty[:, None], 0.0)


class FineTuneBatches:
    """Batches of the training graphs with their labels; a sweep gives validation and test graphs, without labels.

    Args:
        graphs: all of them.
        y: (n, tasks), what is learned: labels, or standardised targets.
        split: which graphs are trained on, and which are predicted.
        device: of the batches.
    """

    def __init__(self, graphs: GraphCollection, y: Tensor, split: Split, device: torch.device) -> None:
        bare = replace(graphs, y=None)
        self.train = GraphBatches(replace(bare.select(split.train), y=y[split.train]).to(device))
        self.held_out = GraphBatches(bare.select(torch.cat([split.val, split.test])).to(device))

    def steps(self, stage: Stage) -> int:
        """How many batches an epoch has."""
        return self.train.steps(stage)

    def epoch(
        self, stage: Stage, generator: torch.Generator, companions: Companions = no_companions
    ) -> Iterator[Data]:
        """Every training graph once, in random order, with its labels."""
        return self.train.epoch(stage, generator, companions)

    def sweep(self) -> Iterator[Data]:
        """Validation graphs, then test graphs, in the order of the split; without labels."""
        return self.held_out.sweep()
