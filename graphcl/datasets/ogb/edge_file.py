"""Undirected edges of a graph that is larger than the memory: written to a file, sorted, both ways, in buckets."""

import math
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from graphcl.datasets.files.archive import Array

BUCKET = 2**25
"""Arcs that are sorted at a time; one takes 8 bytes, three times."""

BLOCK = 2**23
"""Arcs that are read at a time."""


def write_undirected(arcs: Array, num_nodes: int, path: Path, *, bucket: int = BUCKET, block: int = BLOCK) -> None:
    """Write edges in both directions, without loops and duplicates, sorted by source, then target.

    The arcs of a range of sources go to a file of their own, which is sorted by itself. Memory is a bucket, a
    block and 8 bytes a node; a node that has more arcs than a bucket gets a larger one.

    Args:
        arcs: (2, e), each edge in one direction or in both, in [0, num_nodes); may be mapped.
        num_nodes: at most 3e9.
        path: of an npy file, (2, u), int64.
        bucket: arcs that are sorted at a time, about.
        block: arcs that are read at a time.

    Raises:
        ValueError: an arc with a node out of range.

    Example:
        >>> with TemporaryDirectory() as folder:
        ...     write_undirected(np.array([[2, 0, 1, 1], [1, 1, 0, 1]]), 3, Path(folder) / "e.npy")
        ...     np.load(Path(folder) / "e.npy").tolist()
        [[0, 1, 1, 2], [1, 0, 2, 1]]
    """
    bounds = _bounds(arcs, num_nodes, bucket, block)
    with TemporaryDirectory(dir=path.parent, prefix="edges.") as folder:
        files = [Path(folder) / str(number) for number in range(len(bounds) + 1)]
        _distribute(arcs, num_nodes, bounds, files, block)
        sizes = [_sort(file) for file in files]
        out = np.lib.format.open_memmap(path, mode="w+", dtype=np.int64, shape=(2, sum(sizes)))
        start = 0
        for file, size in zip(files, sizes, strict=True):
            if size:
                part = slice(start, start + size)
                out[0, part], out[1, part] = np.divmod(np.fromfile(file, dtype=np.int64), num_nodes)
            file.unlink()
            start += size
        out.flush()


def _blocks(arcs: Array, num_nodes: int, block: int) -> Iterator[tuple[Array, Array]]:
    """Sources and targets of blocks of arcs, without loops."""
    for start in range(0, arcs.shape[1], block):
        row, column = (np.asarray(side[start : start + block], dtype=np.int64) for side in arcs)
        for side in (row, column):
            if side.size and not 0 <= int(side.min()) <= int(side.max()) < num_nodes:
                got = f"{int(side.min())} to {int(side.max())}"
                raise ValueError(f"edges must lie in [0, {num_nodes - 1}]; got {got}; put the files there again")
        proper = row != column
        yield row[proper], column[proper]


def _bounds(arcs: Array, num_nodes: int, bucket: int, block: int) -> Array:
    """The first source of each bucket but the first, so that buckets have about as many arcs."""
    degree = np.zeros(num_nodes, dtype=np.int64)
    for row, column in _blocks(arcs, num_nodes, block):
        degree += np.bincount(row, minlength=num_nodes)
        degree += np.bincount(column, minlength=num_nodes)
    total = np.cumsum(degree, out=degree)
    count = math.ceil(int(total[-1]) / bucket) if num_nodes else 0
    wanted = np.arange(1, count) * bucket
    return np.unique(np.searchsorted(total, wanted, side="left") + 1)


def _distribute(arcs: Array, num_nodes: int, bounds: Array, files: list[Path], block: int) -> None:
    """Append each arc, and the one back, to the file of its source's bucket, as source * n + target."""
    for file in files:
        file.touch()
    for row, column in _blocks(arcs, num_nodes, block):
        for source, target in ((row, column), (column, row)):
            keys = source * num_nodes + target
            if len(bounds):
                place = np.searchsorted(bounds, source, side="right")
                order = np.argsort(place, kind="stable")
                ends = np.searchsorted(place[order], np.arange(1, len(files)))
                parts = np.split(keys[order], ends)
            else:
                parts = [keys]
            for file, part in zip(files, parts, strict=True):
                if len(part):
                    with file.open("ab") as opened:
                        part.tofile(opened)


def _sort(file: Path) -> int:
    """Sort the arcs of a bucket, leave each there once, and count them."""
    keys = np.fromfile(file, dtype=np.int64)
    keys.sort()
    keys = keys[np.diff(keys, prepend=-1) > 0]
    keys.tofile(file)
    return len(keys)
