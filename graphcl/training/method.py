"""What the loop asks of a method: named losses, one embedding per seed, and stages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch_geometric.data import Data

EmbedAll = Callable[..., Tensor]
"""Embeds every seed, in order, with the module as it stands, in evaluation mode and without gradients.

Another function of a batch may be given, whose rows are wanted in place of the embeddings.
"""


@dataclass(frozen=True)
class Selection:
    """A stage that ends in its best state instead of its last, by a score that reads no labels.

    The score is taken every `every` epochs and after the last one; the history shows it under `name`.

    Args:
        name: of the score.
        every: epochs between two looks, at least 1.
        score: of the module and the embeddings of all seeds; higher is better.
    """

    name: str
    every: int
    score: Callable[[Any, Tensor], float]


@dataclass(frozen=True)
class Stage:
    """A part of the training with an optimiser of its own (Adam).

    Args:
        name: what `Step.stage`, the history and the progress bar show.
        epochs: passes over the seeds, at least 0.
        lr: learning rate.
        weight_decay: of Adam.
        batch_size: seeds per step; None takes all at once.
        parameters: picks the parameters that this stage trains; None takes all of the module.
        no_weight_decay: picks those of them that weight decay leaves alone; None for none.
        shared: the result depends on these parameters' start, the stage, the features and the seed alone, so
            that another method which starts in the same way may use it (pre-training); the loop then keeps it
            where it was given a cache.
        selection: which state the stage ends in; None is the last.
    """

    name: str
    epochs: int
    lr: float
    weight_decay: float = 0.0
    batch_size: int | None = None
    parameters: Callable[[Any], Iterable[nn.Parameter]] | None = None
    no_weight_decay: Callable[[Any], Iterable[nn.Parameter]] | None = None
    shared: bool = False
    selection: Selection | None = None


@dataclass(frozen=True)
class Step:
    """Where in the training a call happens, and the generator for everything it draws.

    Args:
        stage: name of the stage.
        epoch: counted from 0 within the stage.
        index: counted from 0 within the epoch.
        generator: fresh, on the device, derived from (seed, stage, epoch, index): there is no state to store.
    """

    stage: str
    epoch: int
    index: int
    generator: torch.Generator


class Method(nn.Module):
    """A self-supervised method: its networks and, in `forward`, its losses.

    Subclasses write `forward` and `embed`; the others have defaults that do nothing.
    """

    figures: ClassVar[tuple[str, ...]] = ()
    """Names among what `forward` returns that are no losses, but stand in the history beside them."""

    def prepare(self, data: Data) -> Data:
        """Attach to a copy of the whole graph what depends on it, once, before the training.

        Attachments are named by how batches slice them: `node_*` by node, `edge_*` by edge, `row_*` by seed. It is
        not called for methods that take graphs: what depends on many graphs is made batch by batch.
        """
        return data

    def forward(self, batch: Data, step: Step) -> dict[str, Tensor]:  # noqa: ARG002
        """The named and weighted losses of a batch, whose sum is minimised, and the figures to watch."""
        raise TypeError(f"{type(self).__name__} must define forward(batch, step) -> dict of losses")

    def embed(self, batch: Data) -> Tensor:  # noqa: ARG002
        """One row per seed of the batch, in the order of the seeds."""
        raise TypeError(f"{type(self).__name__} must define embed(batch) -> tensor")

    def start(self, step: Step, embed_all: EmbedAll) -> None:
        """Called before a stage, with epoch 0 and index 0: for instance to place cluster centres."""

    def refresh(self, step: Step, embed_all: EmbedAll) -> None:
        """Called before every step: for instance to renew global targets when `step.index == 0`.

        What it renews belongs in a buffer or in torch's `get_extra_state`, so that a checkpoint has it.
        """

    def choices(self, stage: str) -> dict[str, str]:  # noqa: ARG002
        """What the method chose by itself in the stage just run; it joins what the stage cost, in the record."""
        return {}
