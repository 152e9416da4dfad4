"""Training step: its place in the stage, and its random generators."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Step:
    """One optimisation step of a stage.

    Args:
        stage: name of the stage.
        epoch: counted from 0 within the stage.
        index: counted from 0 within the epoch.
        generator: fresh, on the run's device, derived from (seed, stage, epoch, index, rank): there is no state to
            store, and each rank draws its own numbers.
        shared_generator: the same for draws that must be equal on all ranks, such as shared negatives.
        epochs: of the stage.
        steps_in_epoch: steps of each epoch.
        rank: of this process.
        world: number of processes.

    Example:
        >>> step = Step("contrast", 2, 1, torch.Generator(), epochs=10, steps_in_epoch=4)
        >>> step.done, step.total_steps
        (9, 40)
    """

    stage: str
    epoch: int
    index: int
    generator: torch.Generator
    shared_generator: torch.Generator | None = None
    epochs: int = 1
    steps_in_epoch: int = 1
    rank: int = 0
    world: int = 1

    @property
    def done(self) -> int:
        """Steps of the stage that were finished before this one."""
        return self.epoch * self.steps_in_epoch + self.index

    @property
    def total_steps(self) -> int:
        """Steps of the whole stage."""
        return self.epochs * self.steps_in_epoch
