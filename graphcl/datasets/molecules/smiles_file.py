"""Reader of SMILES files: tables with a column of SMILES and columns of labels, or plain lists."""

import csv
import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from graphcl.datasets.files.text_lines import open_lines

TABLES = (".csv", ".csv.gz")
LISTS = (".smi", ".smi.gz")


class SmilesTable(NamedTuple):
    """Content of a SMILES file: n molecules with t labels each.

    Attributes:
        smiles: One per row, not parsed.
        labels: NaN where a cell is empty; t may be 0.
        tasks: Names of the t labels.
    """

    smiles: list[str]
    labels: Float[np.ndarray, "n t"]
    tasks: tuple[str, ...]


def is_smiles_file(path: str | os.PathLike[str]) -> bool:
    """Whether a path has the extension of a SMILES file: .csv, .smi, or either with .gz.

    Example:
        >>> is_smiles_file("mine.smi.gz"), is_smiles_file("mine.npz")
        (True, False)
    """
    return os.fspath(path).lower().endswith((*TABLES, *LISTS))


def read_smiles_file(
    path: Path,
    *,
    column: str | None = None,
    labels: Sequence[str] | None = (),
    ignored: Sequence[str] = (),
    first: int | None = None,
) -> SmilesTable:
    """Read a SMILES file; blank rows are skipped.

    Args:
        path: In UTF-8, a table (.csv) with a header row, or a list (.smi) whose lines are a SMILES, optionally
            followed by a blank and a name; either may be compressed (.gz).
        column: The column of SMILES; None selects the one named "smiles", in upper or lower case. Tables only.
        labels: Columns of numeric labels; None selects all except the SMILES and those in `ignored`. Tables only.
        ignored: Columns that are not labels.
        first: Stop after this many molecules; None reads all.

    Returns:
        The table.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is damaged, empty or not in UTF-8, a column is missing or duplicated, or a label is
            not a number.
    """
    with open_lines(path, "file of SMILES") as lines:
        if str(path).lower().endswith(LISTS):
            if column is not None or labels:
                raise ValueError(
                    f"{path}: a list has no columns; leave column and labels out, or give a .csv file"
                )
            filled = (words[0] for line in lines if (words := line.split(maxsplit=1)))
            smiles = list(islice(filled, first))
            table = SmilesTable(smiles, np.empty((len(smiles), 0), dtype=np.float32), ())
        else:
            table = _table(path, csv.reader(lines, strict=True), column, labels, ignored, first)
    if not table.smiles:
        raise ValueError(f"{path}: the file has no molecules; give one SMILES per row")
    return table


def _table(
    path: Path,
    rows: Iterator[list[str]],
    column: str | None,
    labels: Sequence[str] | None,
    ignored: Sequence[str],
    first: int | None,
) -> SmilesTable:
    heading = next(rows, None)
    if heading is None:
        raise ValueError(f"{path}: the file is empty; give a table with a row of headings and a column of SMILES")
    if column is None:
        named = list(dict.fromkeys(name for name in heading if name.lower() == "smiles")) or ["smiles"]
        if len(named) > 1:
            raise ValueError(f"{path}: the SMILES may be in {' or '.join(named)}; name the column")
        [column] = named
    tasks = tuple(name for name in heading if name not in (column, *ignored)) if labels is None else tuple(labels)
    for name in (column, *tasks):
        if name not in heading:
            there = ", ".join(heading[:20]) + (", ..." if len(heading) > 20 else "")
            raise ValueError(f"{path}: there is no column {name!r}; the columns are {there}")
        if heading.count(name) > 1:
            raise ValueError(f"{path}: {heading.count(name)} columns are named {name!r}; rename all but one")
    place, places = heading.index(column), [heading.index(task) for task in tasks]
    smiles: list[str] = []
    cells: list[list[str]] = []
    for number, row in enumerate(rows, start=2):
        if len(smiles) == first:
            break
        if not any(map(str.strip, row)):
            continue
        if len(row) != len(heading):
            raise ValueError(
                f"{path}: row {number} has {len(row)} cells, the headings are {len(heading)}; repair it"
            )
        smiles.append(row[place].strip())
        cells.append([row[i].strip() or "nan" for i in places])
    return SmilesTable(smiles, _numbers(path, cells, tasks), tasks)


def _numbers(path: Path, cells: list[list[str]], tasks: tuple[str, ...]) -> Float[np.ndarray, "n t"]:
    """Convert labels to float32; the error for a cell that is not a number names it."""
    try:
        numbers = np.array(cells, dtype=np.float32).reshape(len(cells), len(tasks))
    except ValueError:
        for row, texts in enumerate(cells, start=1):
            for task, text in zip(tasks, texts, strict=True):
                try:
                    float(text)
                except ValueError:
                    raise ValueError(
                        f"{path}: molecule {row} has {text!r} for {task!r}, which is no number; leave it empty "
                        "where the label is missing"
                    ) from None
        raise
    if np.isinf(numbers).any():
        row, place = np.argwhere(np.isinf(numbers))[0]
        raise ValueError(
            f"{path}: molecule {row + 1} has {cells[row][place]} for {tasks[place]!r}; labels must be finite"
        )
    return numbers
