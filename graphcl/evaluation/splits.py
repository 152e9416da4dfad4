"""Train, validation and test splits of nodes: those of the dataset, or random ones."""

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
"""The dataset's own splits, random ones, or ("auto") its own if it has any."""


@dataclass(frozen=True, eq=False)
class Split:
    """Disjoint train, validation and test nodes of one split, as sorted indices.

    Args:
        train: (a,), nodes that a probe is fitted on.
        val: (b,), nodes on which its hyper-parameter is selected.
        test: (c,), nodes on which it is scored.
    """

    train: Int[Tensor, " a"]
    val: Int[Tensor, " b"]
    test: Int[Tensor, " c"]

    def parts(self) -> dict[str, Tensor]:
        """The three index tensors by name."""
        return {"train": self.train, "val": self.val, "test": self.test}

    def repeated(self) -> int | None:
        """The first node that occurs more than once, or None."""
        twice = torch.bincount(torch.cat(list(self.parts().values()))) > 1
        return int(twice.nonzero()[0]) if twice.any() else None


def splitting_of(masks: Mapping[str, Tensor], wanted: str = "auto") -> Literal["own", "random"]:
    """Resolve "auto" to "own" where the dataset has splits, else to "random".

    Args:
        masks: by name, as `GraphDataset.splits`.
        wanted: "auto", "own" or "random".

    Raises:
        ValueError: another value, or "own" where a mask is missing.

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
    """Train, validation and test splits of the labelled nodes of a graph.

    Own splits are those of the dataset: one for Planetoid, twenty for WikiCS. A random split has 10 % train, 10 %
    validation and 80 % test nodes; if a class is missing from a part, the split is stratified, with at least one
    node of each class in each part. Classes with fewer than three nodes cannot be in all parts: their nodes are
    left out, with a warning.

    Args:
        y: (n,), the class of each node; negative where unknown.
        masks: by name, (n,) or (n, s) booleans, as `GraphDataset.splits` or as arrays; a single test mask may be
            shared by s splits.
        split: "own", "random", or "auto" for own splits if there are any.
        seed: of the random split; 0 is a seed.

    Returns:
        One random split, or all s own splits.

    Raises:
        ValueError: labels that are not integers, missing masks, masks that overlap or have another shape, a class
            that is missing from a part of an own split, or fewer than two classes.

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
    """Classes of the nodes as an int64 tensor on the CPU.

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
    """Digest of splits, in eight hexadecimal digits, to tell in records whether two runs used the same splits.

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
    """Mask of the labelled nodes whose class has at least three nodes; warns about other classes."""
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
    """A part of the split, and a class without a node in it; None if there is none."""
    for name, part in split.parts().items():
        missing = classes[~torch.isin(classes, y[part])]
        if len(missing):
            return name, int(missing[0])
    return None
