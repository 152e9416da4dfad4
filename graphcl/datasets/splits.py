"""Train, validation and test splits of graphs: by scaffold (in two ways), at random, or from a file."""

import os
from collections.abc import Hashable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from graphcl.datasets.collection_dataset import GraphCollectionDataset
from graphcl.datasets.files.archive import read_arrays
from graphcl.typing import Seed

GraphSplit = dict[str, Int[Tensor, " part"]]
"""Indices of the graphs in "train", "val" and "test"."""

PARTS = ("train", "val", "test")
SHARES = (0.8, 0.1, 0.1)


def scaffold_split(scaffolds: Sequence[Hashable], shares: tuple[float, float, float] = SHARES) -> GraphSplit:
    """Deterministic scaffold split: whole scaffolds go to train, val or test, the largest first.

    Groups of graphs with one scaffold are sorted by size and, where sizes are equal, by their first graph, both
    descending. Each goes into train if train then holds at most its share of all graphs, else into val if train
    and val then hold at most their share, else into test.

    Args:
        scaffolds: One per graph; see `murcko_scaffold`. They are only compared for equality.
        shares: Fractions of train, val and test.

    Returns:
        The split; groups in the order in which they were assigned, the graphs of each in ascending order.

    Example:
        >>> scaffold_split(["a", "a", "b", "c", "c", "c", "c", "c", "c", "d"])
        {'train': tensor([3, 4, 5, 6, 7, 8, 0, 1]), 'val': tensor([9]), 'test': tensor([2])}

    Reference: [Hu et al., "Strategies for pre-training graph neural networks", ICLR 2020]; the order of groups
    is that of its published code.
    """
    groups: dict[Hashable, list[int]] = {}
    for graph, scaffold in enumerate(scaffolds):
        groups.setdefault(scaffold, []).append(graph)
    n = len(scaffolds)
    most = shares[0] * n, (shares[0] + shares[1]) * n
    train: list[int] = []
    val: list[int] = []
    test: list[int] = []
    for group in sorted(groups.values(), key=lambda group: (len(group), group[0]), reverse=True):
        if len(train) + len(group) <= most[0]:
            train += group
        elif len(train) + len(val) + len(group) <= most[1]:
            val += group
        else:
            test += group
    return {
        part: torch.tensor(graphs, dtype=torch.long)
        for part, graphs in zip(PARTS, (train, val, test), strict=True)
    }


def scaffold_balanced_split(
    scaffolds: Sequence[Hashable], seed: Seed, shares: tuple[float, float, float] = SHARES
) -> GraphSplit:
    """Seeded scaffold split of balanced sizes: large scaffolds go to train, the others in random order.

    Groups of graphs with one scaffold that fill more than half of val or of test come first, then the others, each
    kind in random order. A group goes into train if there is room for it, else into val if there is, else into
    test. Its test scaffolds are thus less unusual than those of `scaffold_split`, and its scores higher: the two
    are not comparable.

    Args:
        scaffolds: One per graph, as for `scaffold_split`.
        seed: Of the order of groups.
        shares: Fractions of train, val and test.

    Returns:
        The split, each part in ascending order.

    Example:
        >>> {part: len(graphs) for part, graphs in scaffold_balanced_split(["a"] * 16 + [*"bcde"], seed=0).items()}
        {'train': 16, 'val': 2, 'test': 2}

    Reference: [Yang et al., "Analyzing learned molecular representations for property prediction", JCIM 2019,
    arXiv:1904.01561], the split of Chemprop.
    """
    groups: dict[Hashable, list[int]] = {}
    for graph, scaffold in enumerate(scaffolds):
        groups.setdefault(scaffold, []).append(graph)
    room = {part: share * len(scaffolds) for part, share in zip(PARTS, shares, strict=True)}
    generator = torch.Generator().manual_seed(seed)
    members = list(groups.values())
    shuffled = [members[place] for place in torch.randperm(len(members), generator=generator).tolist()]
    shuffled.sort(key=lambda group: 2 * len(group) <= min(room["val"], room["test"]))  # stable: large ones first
    parts: dict[str, list[int]] = {part: [] for part in PARTS}
    for group in shuffled:
        fits = (part for part in PARTS[:2] if len(parts[part]) + len(group) <= room[part])
        parts[next(fits, "test")] += group
    return {part: torch.tensor(sorted(graphs), dtype=torch.long) for part, graphs in parts.items()}


def random_split(graphs: int, seed: Seed, shares: tuple[float, float, float] = SHARES) -> GraphSplit:
    """Random split; the cumulative sizes of train and of train and val are rounded down.

    Args:
        graphs: Number of graphs.
        seed: Of the random permutation.
        shares: Fractions of train, val and test.

    Returns:
        The split, each part in ascending order.

    Example:
        >>> [len(part) for part in random_split(25, seed=0).values()]
        [20, 2, 3]
    """
    order = torch.randperm(graphs, generator=torch.Generator().manual_seed(seed))
    exact = [Fraction(str(share)) for share in shares]
    ends = int(exact[0] * graphs), int((exact[0] + exact[1]) * graphs)
    parts = order.tensor_split(torch.tensor(ends))
    return {name: part.sort().values for name, part in zip(PARTS, parts, strict=True)}


def split_graphs(graphs: int, split: str, seed: Seed) -> GraphSplit:
    """Split a collection of graphs, other than molecules, by the value of its `split` parameter.

    Args:
        graphs: Number of graphs.
        split: "none", "random", or the path of an npz file.
        seed: Of a random split.

    Returns:
        The split; an empty dictionary for "none".

    Raises:
        ValueError: If there is no such split.

    Example:
        >>> split_graphs(3, "scaffold", seed=0)
        Traceback (most recent call last):
            ...
        ValueError: split must be none, random, or the path of an .npz file; got 'scaffold'
    """
    if split == "none":
        return {}
    if split == "random":
        return random_split(graphs, seed)
    if split.endswith(".npz"):
        return read_split(Path(split), graphs)
    raise ValueError(f"split must be none, random, or the path of an .npz file; got {split!r}")


def write_split(path: str | os.PathLike[str], dataset: GraphCollectionDataset) -> None:
    """Write the split of a dataset to an npz file, to reuse it elsewhere or with another version of RDKit.

    Args:
        path: The npz file, with the arrays train, val and test: for molecules, rows of the raw file from 0, not
            counting the header; otherwise indices of graphs. `split=path` reads it.
        dataset: A dataset with a split.

    Raises:
        ValueError: If the dataset has no split.
    """
    if set(dataset.splits) != set(PARTS):
        raise ValueError(f"{dataset.name} has no split to write; load it with split=scaffold or split=random")
    train, val, test = (dataset.splits[part] for part in PARTS)
    if dataset.rows is not None:
        train, val, test = (dataset.rows[part] for part in (train, val, test))
    np.savez_compressed(path, train=train.numpy(), val=val.numpy(), test=test.numpy())


def read_split(path: Path, rows: int) -> GraphSplit:
    """Read a split from an npz file of indices train, val (or valid) and test, as `write_split` writes it.

    Args:
        path: The file.
        rows: Number of rows that the indices refer to.

    Returns:
        The rows of each part, in the order of the file; some rows may be in no part.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If a part is missing or does not hold rows, or a row appears twice.
    """
    arrays = read_arrays(path, {*PARTS, "valid"})
    if "valid" in arrays:
        arrays.setdefault("val", arrays["valid"])
    for part in PARTS:
        if part not in arrays:
            raise ValueError(f"{path}: {part} is missing; a split has the arrays train, val and test")
        array = arrays[part]
        if array.ndim != 1 or array.dtype.kind not in "iu":
            got = f"{array.dtype} of shape {list(array.shape)}"
            raise ValueError(f"{path}: {part} must be a 1-D array of integers; got {got}")
        if len(array) and not 0 <= array.min() <= array.max() < rows:
            got = f"{array.min()} to {array.max()}"
            raise ValueError(f"{path}: {part} must lie in [0, {rows - 1}], the rows of the dataset; got {got}")
    if len(np.unique(named := np.concatenate([arrays[part] for part in PARTS]))) < len(named):
        raise ValueError(f"{path}: a row appears twice; it may be in one part only")
    return {part: torch.from_numpy(arrays[part].astype(np.int64)) for part in PARTS}
