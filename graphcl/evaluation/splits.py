"""Which nodes a probe is fitted on, is chosen by and is scored on: the data's own splits, or random ones."""

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from jaxtyping import Int
from numpy.typing import NDArray
from torch import Tensor

from graphcl.typing import Integers

PARTS = ("train", "val", "test")

Splitting = Literal["auto", "own", "random"]
"""The data's own splits, random ones, or its own where it has some."""


@dataclass(frozen=True, eq=False)
class Split:
    """Three sets of nodes without a node in common; a probe refuses others.

    Args:
        train: (a,), the nodes that a probe is fitted on, in ascending order.
        val: (b,), those by which its setting is chosen.
        test: (c,), those that it is scored on.
    """

    train: Int[Tensor, " a"]
    val: Int[Tensor, " b"]
    test: Int[Tensor, " c"]

    def parts(self) -> dict[str, Tensor]:
        """The three by name."""
        return {"train": self.train, "val": self.val, "test": self.test}

    def repeated(self) -> int | None:
        """The first node that is there more than once, or None."""
        twice = torch.bincount(torch.cat(list(self.parts().values()))) > 1
        return int(twice.nonzero()[0]) if twice.any() else None


def splitting_of(masks: Mapping[str, Tensor], wanted: str = "auto") -> Literal["own", "random"]:
    """What "auto" comes to: the data's own splits where it has any.

    Args:
        masks: by name, as `GraphDataset.splits`.
        wanted: "auto", "own" or "random".

    Raises:
        ValueError: another word, or "own" where a mask is missing.

    Example:
        >>> splitting_of({}), splitting_of({name: torch.ones(3).bool() for name in PARTS})
        ('random', 'own')
    """
    if wanted not in ("auto", "own", "random"):
        raise ValueError(f"split must be auto, own or random; got {wanted!r}")
    if wanted == "random" or (wanted == "auto" and not masks):
        return "random"
    if missing := [part for part in PARTS if part not in masks]:
        there = ", ".join(masks) or "none"
        raise ValueError(
            f"own splits need masks for train, val and test; {' and '.join(missing)} missing, there: {there}; "
            "give them or take the split random"
        )
    return "own"


def node_splits(
    y: Integers, masks: Mapping[str, Tensor | NDArray[Any]], *, split: str = "auto", seed: int = 0
) -> list[Split]:
    """The splits of a graph's labelled nodes.

    Own splits are taken as they are: one of Planetoid, twenty of WikiCS. A random split is a uniform draw of 10 %
    train, 10 % validation and 80 % test; where that leaves a class out of a part, every class is drawn by itself,
    at least one node for each part. A class of fewer than three nodes cannot be in all parts of any split: its
    nodes are left out, with a warning.

    Args:
        y: (n,), the class of each node; negative where unknown.
        masks: by name, (n,) or (n, s) booleans, as `GraphDataset.splits` or as arrays; one test mask may go with s
            others.
        split: "own", "random", or "auto" for own ones where there are any.
        seed: of the random split; 0 is a seed.

    Returns:
        One random split, or all s own ones.

    Raises:
        ValueError: labels that are no integers, missing masks, masks that overlap or do not fit, a class that is
            absent from a part of an own split, or fewer than two classes.

    Example:
        >>> [only] = node_splits(torch.arange(100) % 2, {}, seed=0)
        >>> [len(part) for part in only.parts().values()]
        [10, 10, 80]
    """
    y, own_masks = class_numbers(y), {name: torch.as_tensor(mask).cpu() for name, mask in masks.items()}
    splitting = splitting_of(own_masks, split)
    known = _probed(y)
    if splitting == "random":
        return [_random(y, known.nonzero().flatten(), seed)]
    splits = _own(known, own_masks)
    for index, own in enumerate(splits):
        if (node := own.repeated()) is not None:
            raise ValueError(
                f"own split {index} has node {node} in more than one part; give masks without overlap"
            )
        if absent := _absent(y, own, y[known].unique()):
            part, number = absent
            raise ValueError(
                f"own split {index} has no node of class {number} in {part}; "
                "give other masks or take the split random"
            )
    return splits


def class_numbers(y: Integers) -> Tensor:
    """The class of each node as a 64-bit integer on the CPU, where splits and probes work.

    Raises:
        ValueError: anything but one integer per node.

    Example:
        >>> class_numbers(torch.tensor([0, 1], dtype=torch.int8))
        tensor([0, 1])
    """
    y = torch.as_tensor(y)
    if y.dim() != 1 or y.dtype == torch.bool or y.is_floating_point() or y.is_complex():
        raise ValueError(
            f"y must be one integer per node; got {y.dtype} of {list(y.shape)}; convert it with .long()"
        )
    return y.cpu().long()


def split_digest(splits: Sequence[Split]) -> str:
    """Eight hexadecimal digits that differ where splits do.

    Example:
        >>> nodes = torch.arange(3)
        >>> split_digest([Split(*nodes.split(1))]) == split_digest([Split(*nodes.flip(0).split(1))])
        False
    """
    digest = hashlib.sha256()
    for split in splits:
        for part in split.parts().values():
            digest.update(f"{len(part)} ".encode() + part.numpy().astype("<i8").tobytes())
    return digest.hexdigest()[:8]


def _probed(y: Tensor) -> Tensor:
    """A mask of the nodes whose class can be probed for."""
    classes, sizes = y[y >= 0].unique(return_counts=True)
    rare = classes[sizes < len(PARTS)]
    if len(classes) - len(rare) < 2:
        raise ValueError(
            f"a probe needs two classes of at least three nodes; got {len(classes) - len(rare)}; "
            "give y, or cluster the nodes instead"
        )
    if len(rare):
        names = ", ".join(map(str, rare.tolist()))
        message = f"left out of the probe: class {names}, with fewer than three nodes"
        warnings.warn(message, stacklevel=3)
    return (y >= 0) & ~torch.isin(y, rare)


def _random(y: Tensor, nodes: Tensor, seed: int) -> Split:
    order = nodes[torch.randperm(len(nodes), generator=torch.Generator().manual_seed(seed))]
    tenth = len(order) // 10
    split = _cut(order, tenth)
    if not _absent(y, split, y[nodes].unique()):
        return split
    groups = [order[y[order] == number] for number in y[nodes].unique()]
    by_class = [_cut(group, max(1, len(group) // 10)).parts() for group in groups]
    return Split(*(torch.cat([parts[name] for parts in by_class]).sort().values for name in PARTS))


def _cut(order: Tensor, tenth: int) -> Split:
    parts = order.split([tenth, tenth, len(order) - 2 * tenth])
    return Split(*(part.sort().values for part in parts))


def _own(known: Tensor, masks: Mapping[str, Tensor]) -> list[Split]:
    n = len(known)
    for part in PARTS:
        mask = masks[part]
        if mask.dtype != torch.bool or mask.dim() not in (1, 2) or len(mask) != n:
            raise ValueError(
                f"the {part} mask must be {n} booleans, or as many rows; got {mask.dtype} of {list(mask.shape)}"
            )
    columns = {part: masks[part].reshape(n, -1) for part in PARTS}
    count = max(mask.size(1) for mask in columns.values())
    for part, mask in columns.items():
        if mask.size(1) not in (1, count):
            raise ValueError(f"masks must hold 1 or {count} splits each; got {mask.size(1)} for {part}")
    columns = {part: mask.expand(-1, count) & known[:, None] for part, mask in columns.items()}
    return [Split(*(columns[part][:, i].nonzero().flatten() for part in PARTS)) for i in range(count)]


def _absent(y: Tensor, split: Split, classes: Tensor) -> tuple[str, int] | None:
    """A part and a class that has no node in it."""
    for name, part in split.parts().items():
        missing = classes[~torch.isin(classes, y[part])]
        if len(missing):
            return name, int(missing[0])
    return None
