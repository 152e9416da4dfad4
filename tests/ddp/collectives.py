"""What the ranks run to test the helpers of `graphcl.ops.machine.distributed` by themselves."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from graphcl.objectives import all_pairs_logsumexp, info_nce
from graphcl.ops.machine.distributed import (
    RankRows,
    broadcast_module,
    gather_rows,
    max_over_ranks,
    rank,
    rows_of_ranks,
    sum_over_ranks,
    world,
)
from graphcl.ops.machine.launching import VARIABLES
from graphcl.ops.machine.rank_zero import (
    RankZeroError,
    first_of_machine,
    from_rank_zero,
    largest_of_ranks,
    wait_for_all,
)
from graphcl.ops.rank_norm import batch_norm_across_ranks
from graphcl.training.batching.rank_seeds import rank_parts


def place() -> tuple[int, int]:
    return rank(), world()


def gathered(parts: list[Tensor], weights: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """All rows, the gradient of <weights, rows> by this rank's part, and that of a square by double backward."""
    part = parts[rank()].clone().requires_grad_()
    rows = gather_rows(part)
    (gradient,) = torch.autograd.grad(rows, part, weights[rank()], retain_graph=True)
    (first,) = torch.autograd.grad((weights[rank()] * rows**3).sum(), part, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), part)
    return rows.detach(), gradient, second


def gathered_as_counted(parts: list[Tensor], other: list[Tensor]) -> tuple[Tensor, Tensor, str]:
    """The rows of another tensor, with the counts of the first; what is said where they do not fit."""
    rows = rows_of_ranks(parts[rank()])
    own = other[rank()].clone().requires_grad_()
    everyone = gather_rows(own, rows)
    (gradient,) = torch.autograd.grad(everyone.square().sum(), own)
    return everyone.detach(), gradient, message(gather_rows, own[1:], rows)


def gathered_dtype(parts: list[Tensor]) -> Tensor:
    return gather_rows(parts[rank()])


def summed(parts: list[Tensor], weights: list[Tensor]) -> tuple[Tensor, Tensor]:
    part = parts[rank()].clone().requires_grad_()
    total = sum_over_ranks(part)
    return total.detach(), torch.autograd.grad(total, part, weights[rank()])[0]


def largest(parts: list[Tensor]) -> Tensor:
    return max_over_ranks(parts[rank()])


def counted(parts: list[Tensor]) -> tuple[RankRows, int, float]:
    rows = rows_of_ranks(parts[rank()])
    return rows, rows.start, rows.weight


def message(function: Callable[..., Any], *args: Any) -> str:
    """The error that each rank raises."""
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    return ""


def log_sums(parts: list[Tensor], method: str, scale: float) -> Tensor:
    return all_pairs_logsumexp(parts[rank()], scale=scale, method=method, across_ranks=True)


def contrast(parts: list[Tensor]) -> Tensor:
    return info_nce(parts[rank()], parts[rank()], temperature=0.5, across_ranks=True)


class Part(nn.Module):
    """A module whose tensors differ between ranks in value, shape, dtype and whether they are there at all."""

    def __init__(self, size: int, state: Tensor | None) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((2, size), float(size)))
        self.register_buffer("steps", torch.tensor(size))
        self.register_buffer("hidden", torch.ones(size, dtype=torch.bfloat16).bool(), persistent=False)
        self.register_buffer("empty", torch.ones(size) if rank() else None)
        self.register_buffer("filled", None if rank() else torch.full((3,), 7.0, dtype=torch.float64))
        self.state = state

    def get_extra_state(self) -> Tensor | None:
        return self.state

    def set_extra_state(self, state: Tensor | None) -> None:
        self.state = state


def broadcast(source: int) -> dict[str, Any]:
    """A module of two parts after the broadcast, with whether its parameters are the same objects."""
    states = [torch.arange(3), None] if rank() else [None, torch.zeros(2, 2)]
    module = nn.Sequential(*(Part(2 + 3 * rank(), state) for state in states))
    before = list(module.parameters())
    broadcast_module(module, source=source)
    kept = all(a is b for a, b in zip(before, module.parameters(), strict=True))
    parts = [
        (p.weight.detach(), p.weight.requires_grad, p.steps, p.hidden, p.empty, p.filled, p.state) for p in module
    ]
    return {"kept": kept, "parts": parts}


def broadcast_of_unlike_modules() -> None:
    broadcast_module(nn.Linear(2, 2, bias=bool(rank())))


def divided(seeds: int, batch_size: int) -> list[tuple[list[int], int]]:
    """What each step of an epoch takes on this rank, and on all."""
    return [(part.tolist(), joint) for part, joint in rank_parts(torch.arange(seeds), batch_size)]


def alone() -> tuple[int, str]:
    """A result of rank 0 on all ranks, and the error where it has none."""
    calls = []
    result = from_rank_zero(lambda: calls.append(rank()) or 7 + rank())
    assert calls == ([] if rank() else [0])

    def fail() -> None:
        raise FileNotFoundError(f"no file on rank {rank()}")

    try:
        from_rank_zero(fail)
    except (FileNotFoundError, RankZeroError) as error:
        return result, f"{type(error).__name__}: {error}"
    return result, ""


def turns(path: Path) -> bool:
    """Whether the file of the first rank of this machine was there when a rank had its turn."""

    def turn() -> bool:
        there = path.exists()
        path.touch()
        return there

    os.environ["RANK"], os.environ["WORLD_SIZE"], os.environ["LOCAL_RANK"] = str(rank()), "2", str(rank())
    os.environ["MASTER_ADDR"], os.environ["MASTER_PORT"] = "localhost", "1"
    try:
        return first_of_machine(turn)
    finally:
        for name in VARIABLES:
            del os.environ[name]


def largest_numbers() -> tuple[int, ...]:
    wait_for_all()
    return largest_of_ranks(5 * rank(), 3 - rank())


def normalised(parts: list[Tensor], times: list[Tensor] | None) -> tuple[Tensor, ...]:
    """A batch normalisation of this rank's rows: result, gradients after the mean over ranks, statistics."""
    norm = nn.BatchNorm1d(parts[0].size(1)).double()
    z = parts[rank()].clone().requires_grad_()
    rows = batch_norm_across_ranks(z, norm, times[rank()] if times else None)
    weight = torch.arange(rows.numel(), dtype=rows.dtype).view_as(rows).sin() if times is None else 1.0
    (rows**3 * weight).sum().backward()
    assert z.grad is not None
    return rows.detach(), z.grad, norm.running_mean, norm.running_var
