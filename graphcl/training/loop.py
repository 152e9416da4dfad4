"""Training loop over stages, epochs and batches; the only one in the library, and it never sees labels."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from torch import nn

from graphcl.ops.machine.distributed import broadcast_module, rank
from graphcl.ops.machine.rank_zero import from_rank_zero
from graphcl.ops.machine.runtime import Runtime
from graphcl.training.batching.batches import Batches
from graphcl.training.checkpoint import Checkpoint
from graphcl.training.stage import Stage
from graphcl.training.stage_cache import StageCache, shared_module
from graphcl.training.stage_run import StageRun
from graphcl.training.states import check_rows
from graphcl.training.stopping import Stop, call_all, decision_of_rank_0
from graphcl.training.wrapping import bare


@dataclass(frozen=True)
class Report:
    """Progress of a training, given to callbacks after each epoch.

    Args:
        stage: name of the stage.
        epoch: just finished, counted from 1 within the stage.
        epochs: of the stage.
        loss: the total, averaged over the epoch's seeds.
        losses: its named parts.
        done: epochs finished over all stages.
        total: epochs of all stages.
    """

    stage: str
    epoch: int
    epochs: int
    loss: float
    losses: dict[str, float]
    done: int
    total: int


Callback = Callable[[Report], None]


@dataclass
class Training:
    """Result of a training besides the module: history, one row per epoch, and the cost of each stage.

    A stage that came from the cache keeps the costs of the run that trained it, with `cached` true; one that a
    callback ended has `stopped_epoch`, the last epoch that it ran.
    """

    history: list[dict[str, Any]] = field(default_factory=list)
    stages: list[dict[str, Any]] = field(default_factory=list)


def train(
    module: nn.Module,
    batches: Batches,
    stages: Sequence[Stage],
    runtime: Runtime,
    *,
    callbacks: Sequence[Callback] = (),
    cache: StageCache | None = None,
    checkpoint: Checkpoint | None = None,
) -> Training:
    """Train a method: run its stages over the batches, in place.

    The one training loop of the library; it never sees a label. In a process group (`torchrun`, or one that the
    caller initialised) the loop wraps the method in DistributedDataParallel itself.

    Args:
        module: a `Method`, on the run's device, bare or in DistributedDataParallel.
        batches: the data, on the run's device; any class with the functions of `Batches`.
        stages: run in order, each with its own optimisers.
        runtime: device, precision and seed.
        callbacks: called with a `Report` after each epoch; what one raises ends the training, with an error
            unless it is `StopStage` or `StopTraining`. With several processes those of rank 0 decide. A training
            that is resumed reports its finished epochs again, so that callbacks know what they knew. Losses in
            the history and in reports are those of all processes' seeds.
        cache: where results of stages that share a module are found and kept.
        checkpoint: where the state is found, to go on from, and kept.

    Raises:
        TypeError: a module that is no `Method`.
        FloatingPointError: the loss is no longer finite.
        Interrupted: `stop` of the checkpoint was set; its file has the state.
    """
    method = bare(module)
    state = from_rank_zero(checkpoint.load) if checkpoint else None
    result = _finished(state, stages, checkpoint) if state and checkpoint else Training()
    asked = Stop.NOT
    if checkpoint:
        checkpoint.active = True
    for number, stage in enumerate(stages):
        if number < len(result.stages):
            continue  # finished before an interruption
        run = StageRun(method, batches, stage, runtime)
        kept = cache.path(run) if cache and stage.shared else None
        if state and checkpoint:
            _restore(run, state, checkpoint)
            _repeat(callbacks, stages, result, run)
            state = None
        elif cache and kept and asked < Stop.TRAINING and (notes := _cached(cache, kept, run)):
            result.history += notes["history"]
            result.stages.append({**notes["cost"], "cached": True})
            continue
        else:
            run.begin()
        if asked == Stop.TRAINING:
            run.stop()
        for row in run.epochs(partial(_keep, checkpoint, result, run)):
            asked = call_all(callbacks, _report(stages, number, row))
            if asked := decision_of_rank_0(asked, runtime.device):
                run.stop()
        result.history += run.rows
        result.stages.append(run.cost())
        if cache and kept and not run.stopped and rank() == 0:
            cache.store(kept, shared_module(run), {"history": run.rows, "cost": result.stages[-1]})
    if checkpoint:
        checkpoint.active = False
    return result


WRONG = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What taking over a state may raise that no training wrote."""


def _finished(state: Any, stages: Sequence[Stage], checkpoint: Checkpoint) -> Training:
    """The finished stages of an interrupted training, if a state has those of this one."""
    try:
        result = Training(**state["training"])
        check_rows(result.history)
        names = [cost["name"] for cost in result.stages]
        if len(names) >= len(stages) or names != [stage.name for stage in stages[: len(names)]]:
            raise ValueError(f"its finished stages are {', '.join(map(str, names))}")
        if sum(int(cost["epochs"]) for cost in result.stages) != len(result.history):
            raise ValueError("its history has another number of epochs than its stages")
    except WRONG as error:
        raise checkpoint.broken(error) from error
    return result


def _restore(run: StageRun, state: Any, checkpoint: Checkpoint) -> None:
    try:
        run.restore(state["stage"])
    except WRONG as error:
        raise checkpoint.broken(error) from error


def _report(stages: Sequence[Stage], number: int, row: dict[str, Any]) -> Report:
    """The report of an epoch, from its row in the history."""
    stage = stages[number]
    known = ("stage", "epoch", "loss", stage.selection.name if stage.selection else None)
    losses = {name: value for name, value in row.items() if name not in known}
    before, total = (sum(part.epochs for part in some) for some in (stages[:number], stages))
    return Report(stage.name, row["epoch"], stage.epochs, row["loss"], losses, before + row["epoch"], total)


def _repeat(callbacks: Sequence[Callback], stages: Sequence[Stage], result: Training, run: StageRun) -> None:
    """Report the epochs before an interruption again, for callbacks that remember; their stops are history."""
    rows = iter([*result.history, *run.rows])
    counts = [cost["epochs"] for cost in result.stages] + [len(run.rows)]
    for number, count in enumerate(counts):
        for row in islice(rows, count):
            call_all(callbacks, _report(stages, number, row))


def _cached(cache: StageCache, path: Path, run: StageRun) -> dict[str, Any] | None:
    """What was noted with a cached stage, whose state is taken over; rank 0 reads it for all."""
    module = shared_module(run)
    notes = from_rank_zero(lambda: cache.load(path, module))
    if notes:
        broadcast_module(module)
    return notes


def _keep(checkpoint: Checkpoint | None, result: Training, run: StageRun) -> None:
    """Write the state of the training if it is time to."""
    if checkpoint and checkpoint.due():
        checkpoint.save({"training": asdict(result), "stage": run.state()})
