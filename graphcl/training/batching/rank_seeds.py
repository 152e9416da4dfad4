"""Seeds of a step divided among processes: `batch_size` counts those of all, and each takes an equal part.

So a training does the same steps, with the same seeds in the same order, whatever the number of processes.
"""

from collections.abc import Iterator, Mapping, Sequence

from jaxtyping import Int
from torch import Tensor
from torch_geometric.data import Data

from graphcl.ops.machine.distributed import rank, world
from graphcl.training.stage import Stage


def rank_parts(order: Int[Tensor, " n"], batch_size: int) -> Iterator[tuple[Tensor, int]]:
    """The seeds of this process in each step of an epoch, and how many all processes have in it.

    A step takes the next `batch_size` seeds, the last one what is left; where fewer are left than there are
    processes, the steps before it leave as many over as are needed. The parts of the processes follow each other
    and differ by one seed at most, so that every seed is seen once and no process is without one.

    Args:
        order: the epoch's seeds, in the same random order on all processes.
        batch_size: seeds of a step of all processes together.

    Raises:
        ValueError: as for `check_parts`.

    Example:
        >>> import torch
        >>> [(part.tolist(), joint) for part, joint in rank_parts(torch.arange(5), 2)]
        [([0, 1], 2), ([2, 3], 2), ([4], 1)]
    """
    steps = count_steps(len(order), batch_size)
    ends = [min((step + 1) * batch_size, len(order) - (steps - step - 1) * world()) for step in range(steps)]
    for start, end in zip([0, *ends], ends, strict=False):
        yield order[start:end].tensor_split(world())[rank()], end - start


def count_steps(seeds: int, batch_size: int) -> int:
    """Steps of an epoch.

    Args:
        seeds: of the epoch.
        batch_size: of all processes together.

    Raises:
        ValueError: a process would be without a seed in some step.

    Example:
        >>> count_steps(5, 2)
        3
    """
    steps = -(-seeds // batch_size)
    if world() > 1 and steps * world() > seeds:
        raise ValueError(
            f"batch_size must give each of {world()} processes a seed in each step; got batch_size={batch_size} "
            f"for {seeds} seeds; set batch_size to {2 * world()} or more, or start fewer processes"
        )
    return steps


def check_stage(stage: Stage, seeds: int) -> None:
    """Refuse a stage whose steps cannot be divided among the processes; a single one takes any.

    Args:
        stage: that is to be run.
        seeds: nodes or graphs of an epoch.

    Raises:
        ValueError: it takes all seeds at once, or a process would be without a seed in some step.
    """
    if world() == 1 or not stage.epochs:
        return
    if stage.batch_size is None:
        raise ValueError(
            f"stage {stage.name!r} takes all {seeds} seeds at once, which {world()} processes cannot divide; "
            "set batch_size, for instance batch_size=1024, or start one process"
        )
    count_steps(seeds, stage.batch_size)


def check_stages(name: str, stages: Sequence[Stage], seeds: int) -> None:
    """Refuse, before anything is computed, a method whose training cannot be divided among the processes.

    Args:
        name: of the method.
        stages: of its training.
        seeds: nodes or graphs of an epoch.

    Raises:
        ValueError: as for `check_stage`, or nothing is trained by steps.
    """
    if world() > 1 and not stages:
        raise ValueError(
            f"{name} is not trained by steps, so {world()} processes have nothing to divide; start one process"
        )
    for stage in stages:
        check_stage(stage, seeds)


def joint_seeds(batch: Data) -> int:
    """Seeds of all processes in the step of a batch; batches of one's own that do not say it count as equal.

    Example:
        >>> joint_seeds(Data(seeds=3))
        3
    """
    return int(batch.get("joint_seeds") or batch.seeds * world())


def weighed(losses: Mapping[str, Tensor], batch: Data, joint: Sequence[str]) -> dict[str, Tensor]:
    """The losses such that their mean over processes is that of the step's seeds, if each is a mean over its own.

    Args:
        losses: of this process, by name.
        batch: that they are of.
        joint: names of the losses that compare the rows of all processes, and are weighed already.

    Example:
        >>> weighed({"a": 2.0}, Data(seeds=3), ())
        {'a': 2.0}
    """
    share = batch.seeds * world() / joint_seeds(batch)
    return {name: loss if share == 1 or name in joint else share * loss for name, loss in losses.items()}
