"""Rows for nodes that have ids of their own: texts in files, any hashable objects in memory."""

import re
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from graphcl.datasets.files.archive import Array

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")


class NodeNumbering:
    """Rows of nodes by id, in the order of first appearance.

    Args:
        ids: The first ids; an id that comes again keeps its row.

    Example:
        >>> nodes = NodeNumbering(["b", "a", "b"])
        >>> nodes.rows(["a", "b"]), nodes.ordered()[0]
        (array([1, 0]), ['b', 'a'])
    """

    def __init__(self, ids: Iterable[Hashable] = ()) -> None:
        self._row: dict[Hashable, int] = {}
        self.extend(ids)

    def __len__(self) -> int:
        return len(self._row)

    def __contains__(self, node: Hashable) -> bool:
        return node in self._row

    def extend(self, ids: Iterable[Hashable]) -> None:
        """Number further nodes; those that have a row keep it."""
        row = self._row
        for node in ids:
            row.setdefault(node, len(row))

    def rows(self, ids: Iterable[Hashable]) -> NDArray[np.int64]:
        """Rows of nodes that have one."""
        return np.array([self._row[node] for node in ids], dtype=np.int64)

    def are_positions(self, n: int) -> bool:
        """Whether all ids are integers in [0, n), in digits or not."""
        ids = whole_numbers(list(self._row))
        return all(type(node) is int and 0 <= node < n for node in ids)

    def ordered(self) -> tuple[list[Hashable], Array]:
        """Ids by row, and the final row of each row so far.

        Where the ids are the integers 0 ... n - 1, the row of a node is its id; else the rows stay as they are.
        """
        ids = whole_numbers(list(self._row))
        n = len(ids)
        if self.are_positions(n):
            return list(range(n)), np.array(ids, dtype=np.int64)
        return ids, np.arange(n)


def whole_numbers(ids: Sequence[Hashable]) -> list[Hashable]:
    """Ids as integers if all are texts that spell integers in the usual way; else as they are.

    Example:
        >>> whole_numbers(["10", "-3"]), whole_numbers(["10", "03"]), whole_numbers([2.5])
        ([10, -3], ['10', '03'], [2.5])
    """
    if all(isinstance(node, str) and _INTEGER.fullmatch(node) for node in ids):
        return [int(str(node)) for node in ids]
    return list(ids)


def is_integer(text: str) -> bool:
    """Whether a text spells an integer in the usual way.

    Example:
        >>> is_integer("12"), is_integer("012")
        (True, False)
    """
    return _INTEGER.fullmatch(text) is not None
