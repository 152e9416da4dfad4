"""Protocol of mini-batches: the full graph, samples of it, batches of many graphs, or a class of one's own."""

from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.training.stage import Stage

Companions = Callable[[Tensor, int], dict[str, Tensor]]
"""Asks the method for the companions of some seeds, in the step of this index: see `Method.companions`."""


def no_companions(seeds: Tensor, index: int) -> dict[str, Tensor]:  # noqa: ARG001
    """Companions of a method that asks for none."""
    return {}


@runtime_checkable
class Batches(Protocol):
    """Protocol of mini-batches: a class of one's own needs these three functions and no base.

    A batch is a PyG `Data`, on the run's device, with `seeds` (how many), `n_id` (numbers of its rows or graphs,
    the seeds first), `roles` (places of companions by role), and what the method reads. Of several processes each
    gives its part of every step, as `graphcl.training.batching.rank_seeds.rank_parts` divides them, with
    `joint_seeds` (how many all have in the step; without it they count as equally many).
    """

    def steps(self, stage: Stage) -> int:
        """How many batches an epoch of the stage has."""

    def epoch(self, stage: Stage, generator: torch.Generator, companions: Companions) -> Iterator[Data]:
        """Every seed once, in random order; `stage` says how many per batch. The generator is on the CPU."""

    def sweep(self) -> Iterator[Data]:
        """Every seed once, in order, for inference."""
