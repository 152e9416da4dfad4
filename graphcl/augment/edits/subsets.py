"""Random subsets of given sizes, of many segments at once: the basis of all counted edits."""

from typing import Literal, get_args

import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.graph_collection import bounds

Draw = Literal["auto", "dense", "sparse"]
"""How subsets are drawn: by a key for every item, by repeated draws of the items wanted, or by the cheaper way."""

FEW = 0.25
"""In a segment where at most this share is wanted, "auto" draws items repeatedly instead of one key for each."""


def draw_subsets(
    available: Int[Tensor, " segments"],
    wanted: Int[Tensor, " segments"],
    *,
    method: Draw = "auto",
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, " items"], Int[Tensor, " items"]]:
    """Uniformly random subset of `wanted` items of each segment {0, ..., available - 1}.

    "dense" draws a random key for every item and takes the smallest keys of each segment, with one sort of all
    items. "sparse" draws items with replacement and draws repeated ones anew, so that each subset holds the first
    distinct values of a stream; its cost depends on the number of wanted items alone. All subsets of a size have
    the same probability in both.

    Args:
        available: sizes of the segments, at least 0.
        wanted: sizes of the subsets, in [0, available].
        method: see `Draw`; "auto" chooses segment by segment.
        generator: on the device of the sizes; None for torch's global generator there.

    Returns:
        The segment and the index of each item drawn; those of a segment in no particular order.

    Raises:
        ValueError: more items are wanted than available, or an unknown method.

    Example:
        >>> draw_subsets(torch.tensor([2, 0, 1]), torch.tensor([2, 0, 1]))[0]
        tensor([0, 0, 2])
    """
    if method not in get_args(Draw):
        raise ValueError(f"method must be one of {', '.join(get_args(Draw))}; got {method!r}")
    if bool((wanted > available).any()) or bool((wanted < 0).any()):
        worst = int((wanted - available).argmax())
        raise ValueError(
            f"wanted must lie in [0, available]; got {int(wanted[worst])} of {int(available[worst])} "
            f"in segment {worst}"
        )
    if method == "dense":
        return _smallest_keys(available, wanted, generator)
    few = wanted <= FEW * available if method == "auto" else torch.ones_like(wanted, dtype=torch.bool)
    none = torch.zeros_like(wanted)
    segment, item = _distinct_draws(available, torch.where(few, wanted, none), generator)
    if method == "sparse":
        return segment, item
    rest = ~few & (wanted > 0)
    more = _smallest_keys(torch.where(rest, available, none), torch.where(rest, wanted, none), generator)
    return torch.cat([segment, more[0]]), torch.cat([item, more[1]])


def _smallest_keys(available: Tensor, wanted: Tensor, generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
    """The items with the smallest random keys of each segment."""
    start = bounds(available)
    total = int(start[-1])
    segment = _numbers(available, total)
    keys = torch.rand(total, dtype=torch.float64, device=segment.device, generator=generator)
    order = torch.argsort(keys.add_(segment), stable=True)  # stays within segments, which follow one another
    place = torch.arange(total, device=segment.device) - start[segment]
    chosen = place < wanted[segment]
    segment = segment[chosen]
    return segment, order[chosen] - start[segment]


def _distinct_draws(available: Tensor, wanted: Tensor, generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
    """The first distinct values of a stream of draws with replacement from each segment."""
    segment = _numbers(wanted, int(wanted.sum()))
    size = available[segment]
    start = (bounds(available)[:-1])[segment]
    item = _uniform(size, generator)
    order = torch.argsort(start + item, stable=True)
    while True:
        value = (start + item)[order]
        repeated = order[1:][value[1:] == value[:-1]]
        if not len(repeated):
            return segment, item
        item[repeated] = _uniform(size[repeated], generator)
        order = torch.argsort(start + item, stable=True)


def _uniform(size: Tensor, generator: torch.Generator | None) -> Tensor:
    """One integer in [0, size) for each size."""
    draw = torch.rand(len(size), dtype=torch.float64, device=size.device, generator=generator)
    return torch.minimum((draw * size).long(), size - 1)


def _numbers(sizes: Tensor, total: int) -> Tensor:
    """The index of each segment, repeated as often as its size."""
    places = torch.arange(len(sizes), device=sizes.device)
    return torch.repeat_interleave(places, sizes, output_size=total)
