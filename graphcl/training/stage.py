"""Stage of a training: epochs, optimisers, schedule, batches and model selection."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from torch import Tensor, nn

from graphcl.training.batching.sampler import check_fanouts
from graphcl.training.optimizers import Optimizers, Schedule

Strategy = Literal["neighbours", "clusters", "communities"]
"""Batches of nodes: seeds with sampled neighbours, or parts of connected nodes, found by breadth-first search or
within communities of the Leiden algorithm."""


@dataclass(frozen=True)
class Selection:
    """Model selection of a stage: it ends in its best state instead of its last, by a score.

    Of self-supervised methods it reads no labels; fine-tuning, in `graphcl.evaluation`, scores validation graphs.

    The score is taken every `every` epochs and after the last one; the history shows it under `name`.

    Args:
        name: of the score.
        every: epochs between two evaluations, at least 1.
        score: of the method and the embeddings of all seeds; higher is better.
    """

    name: str
    every: int
    score: Callable[[Any, Tensor], float]


@dataclass(frozen=True)
class Stage:
    """Stage of a training, with its own optimisers.

    Args:
        name: what `Step.stage`, the history and the progress bar show.
        epochs: passes over the seeds, at least 0.
        optimizers: from the method to torch optimisers, each with its parameters, see `adam`. Parameters that are
            in none of them are frozen during the stage.
        schedule: a learning-rate schedule for each optimiser, from it and the stage's number of steps, for
            instance `lambda optimizer, steps: CosineAnnealingLR(optimizer, steps)`; advanced after every step.
        clip: the greatest norm of the gradient of all trained parameters together; None does not clip.
        batch_size: seeds per step, of all processes together; None takes all at once, in one process.
        fanouts: in-neighbours sampled at each hop around the seeds, -1 for all; empty gives rows without edges,
            for encoders that read features alone. Only read where seeds are taken in batches.
        replace: whether the in-neighbours are drawn with replacement, see `NeighborSampler.sample`.
        batches: "neighbours": any seeds, each with its sampled neighbours. "clusters" or "communities": random
            parts of the graph, at most `batch_size` nodes together, with all edges among them, see `NodeBatches`;
            they take no fanouts.
        induced: whether samples carry all edges among their seeds, `seed_edge_index`, with `seed_edge_weight`,
            `seed_edge_type` and `seed_edge_attr` where the graph has them.
        shared: picks the part of the method whose state after the stage may be used by any other training that
            starts it from the same values with the same settings, data and seed (a pre-training): its parameters
            and buffers are kept where the loop was given a cache. None for none.
        selection: which state the stage ends in; None is the last.

    Raises:
        ValueError: a negative number of epochs, a batch without seeds, a fan-out of 0, a clip that is not
            positive, an unknown kind of batches, or parts of the graph with fanouts or without a batch_size.

    Example:
        >>> from graphcl.training import adam
        >>> Stage("contrast", 100, adam(1e-3), batch_size=512, fanouts=(10, 10)).fanouts
        (10, 10)
    """

    name: str
    epochs: int
    optimizers: Optimizers
    schedule: Schedule | None = None
    clip: float | None = None
    batch_size: int | None = None
    fanouts: Sequence[int] = ()
    replace: bool = False
    batches: Strategy = "neighbours"
    induced: bool = False
    shared: Callable[[Any], nn.Module] | None = None
    selection: Selection | None = None

    def __post_init__(self) -> None:
        if self.epochs < 0:
            raise ValueError(f"epochs must be at least 0; got {self.epochs} in stage {self.name!r}")
        if self.batch_size is not None and self.batch_size < 1:
            raise ValueError(
                f"batch_size must be at least 1, or None; got {self.batch_size} in stage {self.name!r}"
            )
        check_fanouts(self.fanouts)
        if self.batches not in get_args(Strategy):
            raise ValueError(f"batches must be one of {', '.join(get_args(Strategy))}; got {self.batches!r}")
        if self.batches != "neighbours" and (self.batch_size is None or self.fanouts):
            raise ValueError(
                f"batches={self.batches!r} need a batch_size and no fanouts; got batch_size={self.batch_size}, "
                f"fanouts={tuple(self.fanouts)} in stage {self.name!r}"
            )
        if self.clip is not None and not self.clip > 0:
            raise ValueError(f"clip must be positive, or None; got {self.clip} in stage {self.name!r}")
