"""Execution of one stage: its optimisers and epochs, and the state that checkpoints keep."""

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_
from torch_geometric.data import Data

from graphcl.ops.machine.distributed import broadcast_module, rank, stack_over_ranks, sum_over_ranks, world
from graphcl.ops.machine.meter import Meter
from graphcl.ops.machine.rank_zero import wait_for_all
from graphcl.ops.machine.runtime import Runtime
from graphcl.training.batching.batches import Batches
from graphcl.training.batching.node_batches import NodeBatches
from graphcl.training.batching.prefetching import ahead
from graphcl.training.batching.rank_seeds import joint_seeds, weighed
from graphcl.training.inference import embed_all
from graphcl.training.method import Method
from graphcl.training.selection import BestState
from graphcl.training.stage import Stage
from graphcl.training.states import check_optimizer, check_rows, state_problem, tensor_is_sound
from graphcl.training.step import Step
from graphcl.training.wrapping import frozen_except, wrapped

CPU = torch.device("cpu")


class StageRun:
    """Runs the epochs of a stage; `state` and `restore` serve checkpoints, also within an epoch.

    Args:
        method: bare, on the run's device.
        batches: the data, on the run's device.
        stage: what to run.
        runtime: device, precision and seed.
    """

    def __init__(self, method: Method, batches: Batches, stage: Stage, runtime: Runtime) -> None:
        self.method, self.batches, self.stage, self.runtime = method, batches, stage, runtime
        self.optimizers = list(stage.optimizers(method))
        self.parameters = [
            p for optimizer in self.optimizers for group in optimizer.param_groups for p in group["params"]
        ]
        self.steps = batches.steps(stage)
        total = stage.epochs * self.steps
        self.schedules = (
            [stage.schedule(optimizer, total) for optimizer in self.optimizers] if stage.schedule else []
        )
        self.embed_all = partial(embed_all, method, batches, runtime)
        self.meter = Meter()
        self.rows: list[dict[str, Any]] = []  # one per finished epoch
        self.index = self.seeds = 0  # steps and seeds of the epoch under way
        self.sums: dict[str, Tensor] = {}  # its losses, summed over seeds on the device
        self.best = BestState(stage.selection) if stage.selection else None
        self.stopped = False

    def begin(self) -> None:
        """Start from the method as it stands."""
        torch.manual_seed(self.runtime.derive("stage", self.stage.name, *_rank()))  # for dropout
        generators = (self.runtime.generator(name, self.stage.name) for name in ("start", "shared-start"))
        self.method.start(self._step_of(0, 0, *generators), self.embed_all)
        self._take_from_rank_0()

    def epochs(self, after_step: Callable[[], None]) -> Iterator[dict[str, Any]]:
        """Run what is left; yields stage, epoch (from 1), loss and the named losses of each epoch.

        Args:
            after_step: called after each step, when `state` is sound.

        Raises:
            FloatingPointError: the loss is no longer finite.
        """
        with frozen_except(self.method, self.parameters):
            forward = wrapped(self.method, self.runtime.device)
            while len(self.rows) < self.stage.epochs and not self.stopped:
                epoch = len(self.rows)
                self.method.train()
                with self._steps(epoch) as steps:
                    for batch, step in steps:
                        self._train_on(batch, step, forward)
                        after_step()
                self.rows.append(self._finish_epoch(epoch))
                yield self.rows[-1]
        if self.best:
            self.best.put_back(self.method)

    def stop(self) -> None:
        """End the stage after the epochs that it has run, in its best state where it has a selection."""
        self.stopped = len(self.rows) < self.stage.epochs
        if self.stopped and self.best and self.rows and self.best.selection.name not in self.rows[-1]:
            self._score(self.rows[-1])

    def cost(self) -> dict[str, Any]:
        """Seconds, memory and steps so far, what the method chose, and the epochs of a selection and of a stop."""
        cost = {**self.meter.cost(self.stage.name, len(self.rows)), **self.method.choices(self.stage.name)}
        cost["steps"] = len(self.rows) * self.steps
        if self.stopped:
            cost["stopped_epoch"] = len(self.rows)
        return {**cost, "selected_epoch": self.best.epoch} if self.best else cost

    def state(self) -> dict[str, Any]:
        """All that the rest of the stage depends on, as tensors and plain values; called on all ranks at once."""
        device = self.runtime.device
        return {
            "module": self.method.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "schedules": [schedule.state_dict() for schedule in self.schedules],
            "rng": torch.get_rng_state(),
            "rng_cuda": torch.cuda.get_rng_state(device) if device.type == "cuda" else None,
            "rows": self.rows,
            "index": self.index,
            "seeds": self.seeds,
            "sums": {name: _all_parts(value) for name, value in self.sums.items()},
            "seconds": self.meter.seconds(),
            "best": self.best.state() if self.best else None,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken.

        Raises:
            ValueError: another kind of state; any error of a lookup, too.
        """
        if problem := state_problem(state["module"], self.method.state_dict()):
            raise ValueError(f"the weights do not fit: {problem}")
        check_rows(state["rows"], self.stage.name)
        if not (len(state["rows"]) < self.stage.epochs and 0 <= state["index"] <= self.steps):
            raise ValueError(f"it is at step {state['index']} of epoch {len(state['rows']) + 1}")
        if not all(map(tensor_is_sound, state["sums"].values())):
            raise ValueError("a loss is NaN or infinite")
        self.method.load_state_dict(state["module"])
        for optimizer, kept in zip(self.optimizers, state["optimizers"], strict=True):
            check_optimizer(kept, optimizer)
            optimizer.load_state_dict(kept)
        for schedule, kept in zip(self.schedules, state["schedules"], strict=True):
            if set(kept) != set(schedule.state_dict()):
                raise ValueError("its schedule has other settings")
            schedule.load_state_dict(kept)
        torch.set_rng_state(state["rng"])  # other ranks than the first begin every step anew
        if state["rng_cuda"] is not None:
            torch.cuda.set_rng_state(state["rng_cuda"], self.runtime.device)
        self.rows, self.index, self.seeds = state["rows"], state["index"], state["seeds"]
        if self.best:
            self.best.restore(state["best"])
        self.sums = {name: _own_part(value).to(self.runtime.device) for name, value in state["sums"].items()}
        self.meter = Meter(state["seconds"]["cpu_seconds"], state["seconds"]["wall_seconds"])

    def _steps(self, epoch: int) -> AbstractContextManager[Iterator[tuple[Data, Step]]]:
        """The batches and steps of an epoch that are left; where batches take long to make, one is made ahead."""
        left: Iterator[tuple[Data, Step]] = islice(self._all_steps(epoch), self.index, None)
        if isinstance(self.batches, NodeBatches) and self.batches.worth_preparing(self.stage):
            return closing(ahead(left))
        return nullcontext(left)

    def _all_steps(self, epoch: int) -> Iterator[tuple[Data, Step]]:
        """Each batch of an epoch with its step, whose generator goes on from companions to losses.

        Nothing is shared between steps, so that one may be prepared while another is trained on.
        """
        asked: dict[int, Step] = {}

        def companions(seeds: Tensor, index: int) -> dict[str, Tensor]:
            asked.setdefault(index, self._step_at(epoch, index))
            return self.method.companions(seeds, asked[index])

        order = self.runtime.generator("order", self.stage.name, epoch, device=CPU)
        for index, batch in enumerate(self.batches.epoch(self.stage, order, companions)):
            yield batch, asked.pop(index) if index in asked else self._step_at(epoch, index)

    def _step_at(self, epoch: int, index: int) -> Step:
        own = self.runtime.generator("step", self.stage.name, epoch, index, *_rank())
        shared = self.runtime.generator("shared", self.stage.name, epoch, index)
        return self._step_of(epoch, index, own, shared)

    def _step_of(self, epoch: int, index: int, own: torch.Generator, shared: torch.Generator) -> Step:
        stage = self.stage
        return Step(stage.name, epoch, index, own, shared, stage.epochs, self.steps, rank(), world())

    def _train_on(self, batch: Data, step: Step, forward: nn.Module) -> None:
        if rank():  # rank 0 goes on as a single process does
            torch.manual_seed(self.runtime.derive("dropout", step.stage, step.epoch, step.index, rank()))
        if self.method.refresh(step, self.embed_all):
            self._take_from_rank_0()
        with self.runtime.autocast():
            losses = weighed(forward(batch, step), batch, self.method.joint)
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        figures = self.method.figures
        torch.stack([loss for name, loss in losses.items() if name not in figures]).sum().backward()
        if self.stage.clip is not None:
            clip_grad_norm_(self.parameters, self.stage.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        for schedule in self.schedules:
            schedule.step()
        with torch.no_grad():
            self.method.after_step(step)
        joint = joint_seeds(batch)
        for name, loss in losses.items():
            share = loss.detach() * (joint / world())  # the mean over ranks is the loss of all seeds of the step
            self.sums[name] = self.sums.get(name, torch.zeros_like(loss)) + share
        self.seeds += joint
        self.index += 1

    def _finish_epoch(self, epoch: int) -> dict[str, Any]:
        """The losses, averaged over the epoch's seeds; they are read from the device here and nowhere else."""
        losses = {name: sum_over_ranks(value).item() / self.seeds for name, value in self.sums.items()}
        if not all(map(math.isfinite, losses.values())):
            rates = ", ".join(
                f"{group['lr']:g}" for optimizer in self.optimizers for group in optimizer.param_groups
            )
            raise FloatingPointError(
                f"the loss is no longer finite in epoch {epoch + 1} of stage {self.stage.name!r}: {losses}; "
                f"lower the learning rate (now {rates}) or check the scale of the features"
            )
        self.index, self.seeds, self.sums = 0, 0, {}
        total = sum(loss for name, loss in losses.items() if name not in self.method.figures)
        row = {"stage": self.stage.name, "epoch": epoch + 1, "loss": total, **losses}
        if self.best and ((epoch + 1) % self.best.selection.every == 0 or epoch + 1 == self.stage.epochs):
            self._score(row)
        return row

    def _score(self, row: dict[str, Any]) -> None:
        """Evaluate the selection's score, into the row of the epoch that just ended."""
        if self.best:
            row[self.best.selection.name] = self.best.evaluate(self.method, row["epoch"], self.embed_all)

    def _take_from_rank_0(self) -> None:
        """After work that may take ranks unequally long."""
        wait_for_all()
        broadcast_module(self.method)


def _all_parts(own: Tensor) -> Tensor:
    """The sums of all ranks, (world,); of a single process its sum, a scalar."""
    return own if world() == 1 else stack_over_ranks(own)


def _own_part(sums: Tensor) -> Tensor:
    """The part of this rank in the sums of all ranks; where another number wrote them, rank 0 takes all."""
    if sums.dim() and len(sums) == world():
        return sums[rank()]
    return sums.sum() if rank() == 0 else sums.new_zeros(())


def _rank() -> tuple[int, ...]:
    """What the draws of other ranks than the first depend on besides; the first draws as a single process does."""
    return (rank(),) if rank() else ()
