"""The training loop: the only one in the library, and blind to labels."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from graphcl.training.batches import Batches
from graphcl.training.inference import embed_all
from graphcl.training.meter import measured
from graphcl.training.method import Method, Stage, Step
from graphcl.training.runtime import Runtime
from graphcl.training.stage_cache import StageCache


@dataclass(frozen=True)
class Report:
    """What a callback is told after each epoch.

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
    """What a training leaves besides the module: one row per epoch, and the cost of each stage.

    A stage that came from the cache keeps the figures of the run that trained it, and says `cached`.
    """

    history: list[dict[str, Any]] = field(default_factory=list)
    stages: list[dict[str, Any]] = field(default_factory=list)


def train(
    module: Method,
    batches: Batches,
    stages: Sequence[Stage],
    runtime: Runtime,
    *,
    callbacks: Sequence[Callback] = (),
    cache: StageCache | None = None,
) -> Training:
    """Run a method's stages over the batches; the module is trained in place.

    Args:
        module: a method, on the run's device.
        batches: the data, on the run's device.
        stages: run in order, each with its own Adam.
        runtime: device, precision and seed.
        callbacks: called with a `Report` after each epoch; what one raises ends the training.
        cache: where results of stages marked `shared` are found and kept.

    Raises:
        FloatingPointError: the loss is no longer finite.
    """
    result = Training()
    total = sum(stage.epochs for stage in stages)
    for stage in stages:
        torch.manual_seed(runtime.derive("stage", stage.name))  # dropout; draws of the method have their own
        chosen = module.parameters() if stage.parameters is None else stage.parameters(module)
        parameters = list(chosen)
        kept = cache.path(stage, parameters, runtime) if cache and stage.shared else None
        notes = cache.load(kept, parameters) if cache and kept else None
        if notes is not None:
            result.history += notes["history"]
            result.stages.append({**notes["cost"], "cached": True})
            continue
        rows: list[dict[str, Any]] = []
        before = sum(earlier.epochs for earlier in stages[: len(result.stages)])
        with measured(result.stages, stage.name, stage.epochs):
            for losses in _run_stage(module, batches, stage, parameters, runtime):
                loss, epoch = sum(losses.values()), len(rows) + 1
                rows.append({"stage": stage.name, "epoch": epoch, "loss": loss, **losses})
                report = Report(stage.name, epoch, stage.epochs, loss, losses, before + epoch, total)
                for callback in callbacks:
                    callback(report)
        result.history += rows
        if cache and kept:
            cache.store(kept, parameters, {"history": rows, "cost": result.stages[-1]})
    return result


def _run_stage(
    module: Method, batches: Batches, stage: Stage, parameters: list[nn.Parameter], runtime: Runtime
) -> Iterator[dict[str, float]]:
    """Run the epochs of one stage; yields the losses of each."""
    embed = partial(embed_all, module, batches, runtime)
    module.start(Step(stage.name, 0, 0, runtime.generator("start", stage.name)), embed)
    optimiser = torch.optim.Adam(parameters, lr=stage.lr, weight_decay=stage.weight_decay, fused=True)
    for epoch in range(stage.epochs):
        losses = _run_epoch(module, batches, stage, epoch, optimiser, runtime)
        if not all(map(math.isfinite, losses.values())):
            raise FloatingPointError(
                f"the loss is no longer finite in epoch {epoch + 1} of stage {stage.name!r}: {losses}; "
                f"lower the learning rate (now {stage.lr}) or check the scale of the features"
            )
        yield losses


def _run_epoch(
    module: Method,
    batches: Batches,
    stage: Stage,
    epoch: int,
    optimiser: torch.optim.Optimizer,
    runtime: Runtime,
) -> dict[str, float]:
    """One pass over the seeds; the named losses, averaged over them, are read from the device once."""
    sums: dict[str, Tensor] = {}
    seeds = 0
    embed = partial(embed_all, module, batches, runtime)
    order = runtime.generator("order", stage.name, epoch, device=torch.device("cpu"))
    module.train()
    for index, batch in enumerate(batches.epoch(stage.batch_size, order)):
        step = Step(stage.name, epoch, index, runtime.generator("step", stage.name, epoch, index))
        module.refresh(step, embed)
        with runtime.autocast():
            losses = module(batch, step)
        optimiser.zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        optimiser.step()
        for name, loss in losses.items():
            sums[name] = sums.get(name, torch.zeros_like(loss)) + loss.detach() * batch.seeds
        seeds += batch.seeds
    return {name: value.item() / seeds for name, value in sums.items()}
