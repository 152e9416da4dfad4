"""Differentiable collectives of torch.distributed, and the broadcast of a module from one rank to all.

DistributedDataParallel (DDP) averages gradients over ranks. The backward of the helpers here is the adjoint: each
rank receives the sum over ranks of the gradients of its tensor. DDP's result is then the gradient of the mean over
ranks of their losses. That is the gradient of the joint batch for

- a mean over the rank's own rows, which are compared with the rows of all ranks (`gather_rows`), if all ranks have
  equally many rows; for unequal rows multiply each rank's mean by `RankRows.weight`;
- a function of moments of all ranks (`sum_over_ranks`), equal on all ranks, for any numbers of rows.

Every rank has to call the same collectives in the same order, forward and backward: a tensor that requires
gradients on one rank has to require them on all. The default process group is used, with the gloo or the nccl
backend. Without an initialised process group there is one rank and every function is the identity.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
import torch.distributed as dist
from jaxtyping import Shaped
from torch import Tensor, nn

from graphcl.ops.machine.precision import at_least_float32


def rank() -> int:
    """The number of this process in the process group; 0 without one.

    Example:
        >>> rank()
        0
    """
    return dist.get_rank() if world() > 1 else 0


def world() -> int:
    """The number of processes in the process group; 1 without one.

    Example:
        >>> world()
        1
    """
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


@dataclass(frozen=True)
class RankRows:
    """How the rows of a joint batch are distributed over ranks, in rank order.

    Args:
        counts: rows of each rank.
        rank: this process.

    Example:
        >>> rows = RankRows((3, 1), rank=1)
        >>> rows.total, rows.start, rows.weight
        (4, 3, 0.5)
    """

    counts: tuple[int, ...]
    rank: int = 0

    @property
    def total(self) -> int:
        """Rows of all ranks."""
        return sum(self.counts)

    @property
    def start(self) -> int:
        """Where the rows of this rank begin among those of all ranks."""
        return sum(self.counts[: self.rank])

    @property
    def weight(self) -> float:
        """Rows of this rank over the mean rows of a rank; exactly 1 where all ranks have equally many.

        The mean over ranks of weight * (mean over the rank's rows) is the mean over the rows of all ranks.
        """
        return self.counts[self.rank] * len(self.counts) / self.total


def rows_of_ranks(z: Shaped[Tensor, "n ..."]) -> RankRows:
    """How many rows each rank has, by one exchange of two integers per rank.

    Args:
        z: rows of this rank; ranks may differ in their number, but not in their width.

    Raises:
        ValueError: on all ranks, if one has no rows or another width.

    Example:
        >>> rows_of_ranks(torch.zeros(3, 2))
        RankRows(counts=(3,), rank=0)
    """
    counts = _counts(z)
    if not all(counts):
        raise ValueError(f"every rank needs a row; got {', '.join(map(str, counts))} rows; use larger batches")
    return RankRows(counts, rank())


def gather_rows(z: Shaped[Tensor, "n ..."], rows: RankRows | None = None) -> Shaped[Tensor, "m ..."]:
    """The rows of all ranks in rank order (all-gather); differentiable to any order.

    The backward adds up over ranks the gradients of the gathered rows and keeps the slice of this rank's rows.

    Args:
        z: rows of this rank, of any dtype; ranks may differ in their number, also 0, but not in their width.
        rows: how many each rank has, where it is known: from `rows_of_ranks`, of these rows or of others as many
            and as wide on every rank. It saves the exchange of two integers.

    Returns:
        (m, ...), m the rows of all ranks, equal on all ranks; `z` itself in a single process.

    Raises:
        ValueError: on all ranks, if their widths differ; or if `rows` has another number of this rank's rows.

    Example:
        >>> gather_rows(torch.tensor([[1.0], [2.0]])).T
        tensor([[1., 2.]])
    """
    if world() == 1:
        return z
    if rows is not None and rows.counts[rows.rank] != len(z):
        raise ValueError(f"rows must be those of z, {len(z)} on this rank; got {rows.counts[rows.rank]}")
    counts = _counts(z) if rows is None else rows.counts
    gathered: Tensor = _GatherRows.apply(z, counts)  # type: ignore[no-untyped-call]
    return gathered


def stack_over_ranks(t: Tensor) -> Tensor:
    """A tensor of every rank, in rank order along a new first dimension (all-gather); differentiable to any order.

    Args:
        t: of the same shape on all ranks.

    Example:
        >>> stack_over_ranks(torch.tensor(2.0))
        tensor([2.])
    """
    return gather_rows(t[None], RankRows((1,) * world(), rank()))


def sum_over_ranks(t: Tensor) -> Tensor:
    """The sum over ranks of a tensor of the same shape on all (all-reduce); differentiable to any order.

    The backward is the same sum, of the gradients. Half precision is added up in float32.

    Args:
        t: moments, counts or any other sums of this rank.

    Returns:
        The sum, equal on all ranks, in the dtype of `t`; `t` itself in a single process.

    Example:
        >>> sum_over_ranks(torch.tensor(2.0))
        tensor(2.)
    """
    if world() == 1:
        return t
    total: Tensor = _SumOverRanks.apply(t)  # type: ignore[no-untyped-call]
    return total


@torch.no_grad()
def max_over_ranks(t: Tensor) -> Tensor:
    """The largest value of each entry over ranks, equal on all ranks; carries no gradient.

    Args:
        t: of the same shape on all ranks.

    Example:
        >>> max_over_ranks(torch.tensor(2.0))
        tensor(2.)
    """
    largest = t.detach().clone(memory_format=torch.contiguous_format)
    if world() > 1:
        dist.all_reduce(largest, op=dist.ReduceOp.MAX)
    return largest


def broadcast_module(module: nn.Module, *, source: int = 0) -> None:
    """Copy parameters, buffers and extra state of a module from one rank to all, in place.

    Buffers that are not persistent are copied, too. Before the call tensors may differ in shape and dtype between
    ranks, and a buffer or an extra state may be None on some. Parameters stay the same objects, so that optimizers
    keep them. If shapes differ, call this before DDP wraps the module.

    Args:
        module: built alike on all ranks; its extra state, from `get_extra_state`, is a tensor or None.
        source: the rank whose values all take.

    Raises:
        ValueError: on all ranks, if the names of parameters or buffers differ between ranks.

    Example:
        >>> broadcast_module(nn.Linear(2, 1))  # nothing to do in a single process
    """
    if world() == 1:
        return
    tensors = dict(module.named_parameters()) | _buffers(module)
    kinds = {name: t if t is None else _Kind(t.shape, t.dtype, t.device.type) for name, t in tensors.items()}
    states = {name: _on_cpu(part.get_extra_state()) for name, part in module.named_modules() if _has_extra(part)}
    names: list[Any] = [None] * world()
    dist.all_gather_object(names, {*kinds, *states})
    if odd := sorted(set.union(*names) - set.intersection(*names)):
        raise ValueError(f"modules must be built alike on all ranks; they differ in {', '.join(odd)}")
    sent: list[Any] = [kinds, states]
    dist.broadcast_object_list(sent, src=source)
    kinds, states = sent
    for name, kind in kinds.items():
        tensor = tensors[name]
        if tensor is None or kind is None or (tensor.shape, tensor.dtype) != (kind.shape, kind.dtype):
            tensor = _assign(module, name, kind)
        if tensor is not None:
            _broadcast_tensor(tensor.detach(), source)
    if rank() != source:
        for name, (state, device) in states.items():
            module.get_submodule(name).set_extra_state(state if state is None else state.to(device))


class _Kind(NamedTuple):
    shape: torch.Size
    dtype: torch.dtype
    device: str


class _GatherRows(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, z: Tensor, counts: tuple[int, ...]) -> Tensor:
        start = sum(counts[: rank()])
        ctx.own = slice(start, start + len(z))
        padded = z.new_zeros(max(counts), *z.shape[1:])  # all-gather takes equal sizes
        padded[: len(z)] = z
        parts = [torch.empty_like(padded) for _ in counts]
        if padded.numel():
            dist.all_gather([_as_bytes(part) for part in parts], _as_bytes(padded))
        return torch.cat([part[:count] for part, count in zip(parts, counts, strict=True)])

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        return sum_over_ranks(grad)[ctx.own], None


class _SumOverRanks(torch.autograd.Function):
    @staticmethod
    def forward(_: Any, t: Tensor) -> Tensor:
        total = at_least_float32(t).clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total.to(t.dtype)

    @staticmethod
    def backward(_: Any, grad: Tensor) -> Tensor:
        return sum_over_ranks(grad)


def _counts(z: Tensor) -> tuple[int, ...]:
    """Rows of each rank, after a check that their widths agree."""
    if world() == 1:
        return (len(z),)
    own = torch.tensor([len(z), math.prod(z.shape[1:])], device=z.device)
    shapes = [torch.empty_like(own) for _ in range(world())]
    dist.all_gather(shapes, own)
    counts, widths = zip(*torch.stack(shapes).tolist(), strict=True)
    if len(set(widths)) > 1:
        raise ValueError(f"rows must be equally wide on all ranks; got widths {', '.join(map(str, widths))}")
    return tuple(counts)


def _as_bytes(t: Tensor) -> Tensor:
    """The memory of a contiguous tensor: backends move bytes of every dtype."""
    return t.view(-1).view(torch.uint8)


def _has_extra(module: nn.Module) -> bool:
    return type(module).get_extra_state is not nn.Module.get_extra_state


def _on_cpu(state: Tensor | None) -> tuple[Tensor | None, str]:
    """Extra state as it is sent, and the type of its device."""
    return (None, "cpu") if state is None else (state.detach().cpu(), state.device.type)


def _buffers(module: nn.Module) -> dict[str, Tensor | None]:
    """All buffers by name, those that are None as well."""
    parts = module.named_modules()
    every = ((prefix, part._buffers) for prefix, part in parts)  # noqa: SLF001 (named_buffers leaves None out)
    return {f"{prefix}.{name}".lstrip("."): t for prefix, buffers in every for name, t in buffers.items()}


def _assign(module: nn.Module, name: str, kind: _Kind | None) -> Tensor | None:
    """Room for a parameter or buffer of this kind in the place of the one that is there."""
    owner, _, attribute = name.rpartition(".")
    part = module.get_submodule(owner)
    value = None if kind is None else torch.empty(kind.shape, dtype=kind.dtype, device=kind.device)
    present = getattr(part, attribute)
    if isinstance(present, nn.Parameter) and value is not None:
        present.data = value
    else:
        setattr(part, attribute, value)
    return value


def _broadcast_tensor(tensor: Tensor, source: int) -> None:
    flat = tensor.contiguous()
    if flat.numel():
        dist.broadcast(_as_bytes(flat), src=source)
        tensor.copy_(flat)
