"""One stage under way: its optimiser, where it stands, and how that goes to disk and comes back."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.ops.meter import Meter
from graphcl.ops.runtime import Runtime
from graphcl.training.batches import Batches
from graphcl.training.inference import embed_all
from graphcl.training.method import Method, Stage, Step
from graphcl.training.selection import BestState

CPU = torch.device("cpu")


class StageRun:
    """Runs the epochs of a stage; `state` and `restore` carry it over an interruption, also within an epoch.

    Args:
        module: the method, on the run's device.
        batches: the data, on the run's device.
        stage: what to run.
        runtime: device, precision and seed.
    """

    def __init__(self, module: Method, batches: Batches, stage: Stage, runtime: Runtime) -> None:
        self.module, self.batches, self.stage, self.runtime = module, batches, stage, runtime
        chosen = module.parameters() if stage.parameters is None else stage.parameters(module)
        self.parameters = list(chosen)
        self.optimiser = torch.optim.Adam(self._groups(), lr=stage.lr, weight_decay=stage.weight_decay, fused=True)
        self.embed_all = partial(embed_all, module, batches, runtime)
        self.meter = Meter()
        self.rows: list[dict[str, Any]] = []  # one per finished epoch
        self.index = self.seeds = 0  # steps and seeds of the epoch under way
        self.sums: dict[str, Tensor] = {}  # its losses, summed over seeds on the device
        self.best = BestState(stage.selection) if stage.selection else None

    def begin(self) -> None:
        """Start from the module as it stands."""
        torch.manual_seed(self.runtime.derive("stage", self.stage.name))  # for dropout
        generator = self.runtime.generator("start", self.stage.name)
        self.module.start(Step(self.stage.name, 0, 0, generator), self.embed_all)

    def epochs(self, after_step: Callable[[], None]) -> Iterator[dict[str, Any]]:
        """Run what is left; yields stage, epoch (from 1), loss and the named losses of each epoch.

        Args:
            after_step: called after each step, when `state` is sound.

        Raises:
            FloatingPointError: the loss is no longer finite.
        """
        while len(self.rows) < self.stage.epochs:
            epoch = len(self.rows)
            order = self.runtime.generator("order", self.stage.name, epoch, device=CPU)
            batches = self.batches.epoch(self.stage.batch_size, order)
            self.module.train()
            for batch in islice(batches, self.index, None):
                self._step(batch, epoch)
                after_step()
            self.rows.append(self._finish_epoch(epoch))
            yield self.rows[-1]
        if self.best:
            self.best.put_back(self.module)

    def cost(self) -> dict[str, Any]:
        """Seconds and memory so far, what the method chose, and the epoch whose state was selected if one was."""
        cost = {**self.meter.cost(self.stage.name, self.stage.epochs), **self.module.choices(self.stage.name)}
        return {**cost, "selected_epoch": self.best.epoch} if self.best else cost

    def state(self) -> dict[str, Any]:
        """All that the rest of the stage depends on, as tensors and plain values."""
        device = self.runtime.device
        return {
            "module": self.module.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "rng": torch.get_rng_state(),
            "rng_cuda": torch.cuda.get_rng_state(device) if device.type == "cuda" else None,
            "rows": self.rows,
            "index": self.index,
            "seeds": self.seeds,
            "sums": self.sums,
            "seconds": self.meter.seconds(),
            "best": self.best.state() if self.best else None,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken."""
        self.module.load_state_dict(state["module"])
        self.optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["rng"])
        if state["rng_cuda"] is not None:
            torch.cuda.set_rng_state(state["rng_cuda"], self.runtime.device)
        self.rows, self.index, self.seeds = state["rows"], state["index"], state["seeds"]
        if self.best:
            self.best.restore(state["best"])
        self.sums = {name: value.to(self.runtime.device) for name, value in state["sums"].items()}
        self.meter = Meter(state["seconds"]["cpu_seconds"], state["seconds"]["wall_seconds"])

    def _groups(self) -> list[dict[str, Any]]:
        """The parameters as Adam takes them, apart where weight decay is to leave some alone."""
        spared = [] if self.stage.no_weight_decay is None else list(self.stage.no_weight_decay(self.module))
        if not spared:
            return [{"params": self.parameters}]
        names = set(map(id, spared))
        decayed = [parameter for parameter in self.parameters if id(parameter) not in names]
        return [{"params": decayed}, {"params": spared, "weight_decay": 0.0}]

    def _step(self, batch: Data, epoch: int) -> None:
        generator = self.runtime.generator("step", self.stage.name, epoch, self.index)
        step = Step(self.stage.name, epoch, self.index, generator)
        self.module.refresh(step, self.embed_all)
        with self.runtime.autocast():
            losses = self.module(batch, step)
        self.optimiser.zero_grad()
        figures = self.module.figures
        torch.stack([loss for name, loss in losses.items() if name not in figures]).sum().backward()
        self.optimiser.step()
        for name, loss in losses.items():
            self.sums[name] = self.sums.get(name, torch.zeros_like(loss)) + loss.detach() * batch.seeds
        self.seeds += batch.seeds
        self.index += 1

    def _finish_epoch(self, epoch: int) -> dict[str, Any]:
        """The losses, averaged over the epoch's seeds; they are read from the device here and nowhere else."""
        losses = {name: value.item() / self.seeds for name, value in self.sums.items()}
        if not all(map(math.isfinite, losses.values())):
            raise FloatingPointError(
                f"the loss is no longer finite in epoch {epoch + 1} of stage {self.stage.name!r}: {losses}; "
                f"lower the learning rate (now {self.stage.lr}) or check the scale of the features"
            )
        self.index, self.seeds, self.sums = 0, 0, {}
        total = sum(loss for name, loss in losses.items() if name not in self.module.figures)
        row = {"stage": self.stage.name, "epoch": epoch + 1, "loss": total, **losses}
        if self.best and ((epoch + 1) % self.best.selection.every == 0 or epoch + 1 == self.stage.epochs):
            row[self.best.selection.name] = self.best.look(self.module, epoch + 1, self.embed_all)
        return row
