"""Early end of a stage or a training, asked for by a callback: nothing of what was learned is lost.

A callback raises `StopStage` or `StopTraining`. The stage then ends as after its last epoch, and embedding,
clusters, history, `save` and `load` are those of a training of so many epochs. `stages_` says where it stopped.
"""

from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import Any

import torch

from graphcl.ops.machine.distributed import max_over_ranks, rank


class StopStage(Exception):  # noqa: N818  (named for what it asks for, as StopIteration)
    """Raised in a callback, it ends the stage after the epoch reported; the stages after it are trained.

    What a callback decides is without labels as long as the callback itself reads none: it is given losses alone.

    Example:
        >>> import graphcl
        >>> def until_enough(report):
        ...     if report.epoch == 3:
        ...         raise StopStage
        >>> karate = graphcl.datasets.load("karate").graph
        >>> model = graphcl.DGI(epochs=50).fit(karate, callbacks=[until_enough])
        >>> len(model.history_), [stage.get("stopped_epoch") for stage in model.stages_]
        (3, [None, 3, None, None])
    """


class StopTraining(StopStage):
    """Raised in a callback, it ends the training after the epoch reported.

    The stages after it are started (clusters get their first centres, for instance), but not trained.
    """


class Stop(IntEnum):
    """What the callbacks asked for after an epoch."""

    NOT = 0
    STAGE = 1
    TRAINING = 2


def call_all(callbacks: Iterable[Callable[[Any], None]], report: Any) -> Stop:
    """Call every callback with the report of an epoch, and return the furthest stop that one asked for.

    Example:
        >>> def stop(report):
        ...     raise StopStage
        >>> call_all([stop, print], "epoch 1")
        epoch 1
        <Stop.STAGE: 1>
    """
    asked = Stop.NOT
    for callback in callbacks:
        try:
            callback(report)
        except StopStage as stop:
            asked = max(asked, Stop.TRAINING if isinstance(stop, StopTraining) else Stop.STAGE)
    return asked


def decision_of_rank_0(asked: Stop, device: torch.device) -> Stop:
    """What the callbacks of rank 0 asked for, on all ranks: losses differ between ranks, their decision must not.

    Example:
        >>> decision_of_rank_0(Stop.STAGE, torch.device("cpu")).name
        'STAGE'
    """
    own = int(asked) if rank() == 0 else 0
    return Stop(int(max_over_ranks(torch.tensor(own, device=device))))
