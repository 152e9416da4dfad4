"""Known classes of nodes from a table, see `graphcl.datasets.own.node_table`; they are read for scores alone."""

from collections.abc import Hashable, Sequence
from pathlib import Path

import numpy as np
import torch

from graphcl.datasets.own.node_table import NodeTable, TextRows, id_column, read_npy
from graphcl.datasets.own.numbering import whole_numbers
from graphcl.typing import Labels

LABELS = ("label", "class", "y")
"""Names of the column of labels, in upper or lower case."""


def read_label_table(path: Path) -> NodeTable:
    """Read a table of labels; an empty cell is no label.

    A first row that names the column of labels ("label", "class" or "y") or of ids is a header. Without one, the
    first of two columns holds the ids.

    Args:
        path: A text, or an npy array of one dimension.

    Returns:
        The labels as text, with the ids where there are any.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is unclear which column holds the labels, an id is there twice, or the file is damaged.
    """
    if path.suffix.lower() == ".npy":
        array = read_npy(path)
        if array.ndim != 1 or array.dtype.kind not in "iubUS":
            got = f"{array.dtype} of shape {list(array.shape)}"
            raise ValueError(f"{path}: labels must be integers or texts of one dimension; got {got}")
        return NodeTable(str(path), [str(label) for label in array.tolist()])
    rows = TextRows(path)
    header = [cell.casefold() for cell in rows.cells[0]]
    places = list(range(len(header)))
    place = id_column(header)
    if place is None and not any(name in LABELS for name in header):
        place, labels = (0, [1]) if len(header) == 2 else (None, places)
    else:
        rows.take_header()
        others = [i for i in places if i != place]
        labels = others if len(others) == 1 else [i for i in others if header[i] in LABELS]
    if len(labels) != 1:
        raise ValueError(f"{path}: which of {len(header)} columns holds the labels is unclear; name it label")
    values = [row[labels[0]] for row in rows.cells]
    return NodeTable(str(path), values, None if place is None else rows.ids(place))


def number_classes(labels: Sequence[Hashable]) -> Labels:
    """Number classes: integers stay, other labels are numbered 0, 1, ... in sorted order; None and "" become -1.

    Args:
        labels: One per node: integers, or anything that is compared by its text.

    Returns:
        int64.

    Example:
        >>> number_classes(["cat", "", "bird", "cat"]), number_classes([4, None, 7])
        (tensor([ 1, -1,  0,  1]), tensor([ 4, -1,  7]))
    """
    known = np.array([label is not None and str(label) not in ("", "nan") for label in labels], dtype=bool)
    texts = [str(label) for label, there in zip(labels, known, strict=True) if there]
    numbers = whole_numbers(texts)
    y = np.full(len(labels), -1)
    if numbers and isinstance(numbers[0], int):
        y[known] = numbers
    elif numbers:
        y[known] = np.unique(np.array(texts), return_inverse=True)[1]
    return torch.from_numpy(y)
