"""What the ranks run: the training loop on a method that computes something else on each rank."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from graphcl.ops.machine.distributed import rank
from graphcl.training import Method, NodeBatches, Runtime, Stage, StopStage, StopTraining, adam, train
from tests.training.recorder import data


class ByRank(Method):
    """A loss, a start and targets that differ between ranks; notes what its steps know and draw."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((1,), 10.0 * rank()))  # built otherwise on each rank, too
        self.frozen = nn.Parameter(torch.ones(1))
        self.register_buffer("centre", torch.zeros(1))
        self.targets: Tensor | None = None
        self.steps: list[tuple[int, int, int, int]] = []
        self.draws: list[tuple[float, float]] = []
        self.seen: list[tuple[float, float]] = []

    def start(self, step, embed_all):
        self.centre.fill_(7.0 + rank())

    def refresh(self, step, embed_all):
        if step.index:
            return False
        self.targets = torch.full((2 + rank(),), 100.0 * (1 + step.epoch) + rank())
        return True

    def get_extra_state(self):
        return self.targets

    def set_extra_state(self, state):
        self.targets = state

    def forward(self, batch, step):
        self.steps.append((step.rank, step.world, step.done, step.total_steps))
        own, shared = (torch.rand(1, generator=g).item() for g in (step.generator, step.shared_generator))
        self.draws.append((own, shared))
        self.seen.append((self.centre.item(), self.targets.sum().item()))
        return {"pull": (1.0 + step.rank) * self.weight.sum() * self.frozen.detach().sum()}

    def embed(self, batch):
        return batch.x


def sgd(method: ByRank) -> list[torch.optim.Optimizer]:
    return [torch.optim.SGD([method.weight], lr=1.0)]


def trained(*, given_wrapped: bool) -> dict[str, Any]:
    """The state of this rank after two epochs of two steps."""
    method = ByRank()
    module = DistributedDataParallel(method) if given_wrapped else method
    stages = [Stage("one", 2, sgd, batch_size=3), Stage("two", 0, adam(0.1))]
    result = train(module, NodeBatches(data()), stages, Runtime(torch.device("cpu"), seed=0))
    assert method.frozen.requires_grad, "given back"
    return {
        "weight": method.weight.item(),
        "centre": method.centre.item(),
        "targets": method.targets.tolist(),
        "steps": method.steps,
        "draws": method.draws,
        "seen": method.seen,
        "names": sorted(method.state_dict()),
        "epochs": len(result.history),
    }


def stopped_by_rank_0() -> tuple[list[int], float]:
    """The epochs of a training whose callbacks ask for different ends on each rank, and the weight they leave."""

    def stop(report):
        if report.epoch == 2 + rank():
            raise StopStage

    def stop_at_once_elsewhere(report):
        if rank():
            raise StopTraining

    method = ByRank()
    stages = [Stage("one", 5, sgd, batch_size=3)]
    runtime = Runtime(torch.device("cpu"), seed=0)
    callbacks = [stop_at_once_elsewhere, stop]
    result = train(method, NodeBatches(data()), stages, runtime, callbacks=callbacks)
    return [row["epoch"] for row in result.history], method.weight.item()
