"""Parser of edge lists: text files with one edge per line, whose columns are two ends and perhaps a weight.

- Cells are separated by commas (.csv), tabs (.tsv) or blanks (.txt, .edges, .edgelist); those of .csv and .tsv may
  be quoted. Blanks around a cell are dropped.
- Blank lines are skipped, and so are comments: lines that begin with "#" or "%" and a blank, or that have another
  number of cells than an edge. Where it is unclear whether such a line is an edge, `comments` has to say.
- The first row is a header if it names both ends (see `ENDS`, in upper or lower case) or `header` says so; all
  other rows are edges.
- A third column is the weight, if it is named "weight" or there is no header; further columns are refused, unless
  `weight` says which column to read.
"""

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn

from graphcl.datasets.files.text_lines import open_lines
from graphcl.datasets.own.numbering import is_integer

ENDS = (
    ("source", "target"),
    ("src", "dst"),
    ("from", "to"),
    ("node1", "node2"),
    ("node_1", "node_2"),
    ("id1", "id2"),
    ("id_1", "id_2"),
    ("fromnodeid", "tonodeid"),
)
"""Names of the columns of ends by which a header is recognised."""

WEIGHTS = ("weight", "edge_weight", "w")
"""Names of the column of weights."""

DELIMITERS = {".csv": ",", ".tsv": "\t", ".txt": " ", ".edges": " ", ".edgelist": " "}
"""What separates cells, by suffix; " " stands for any number of blanks and tabs."""

WeightColumn = str | int | Literal[False] | None
"""The column of weights: its name, its number from 1, False for none, or None for the rule of this module."""


class EdgeRows(NamedTuple):
    """Edges as a file has them.

    Attributes:
        heads: First end of each edge.
        tails: Second end of each edge.
        weights: Weight of each edge, or None.
    """

    heads: list[str]
    tails: list[str]
    weights: list[float] | None


class _Columns(NamedTuple):
    """Columns of the ends and perhaps of a weight, how many there are, and whether the first row names them."""

    head: int
    tail: int
    weight: int | None
    width: int
    named: bool


def read_edge_rows(
    path: Path,
    *,
    header: bool | None = None,
    delimiter: str | None = None,
    comments: bool | None = None,
    weight: WeightColumn = None,
) -> EdgeRows:
    """Read an edge list, see this module's docstring.

    Args:
        path: In UTF-8, perhaps compressed (.gz).
        header: Whether the first row names the columns; None decides by its cells.
        delimiter: What separates cells, one character; None decides by the suffix.
        comments: Whether every line that begins with "#" or "%" is a comment, or none is; None as above.
        weight: The column of weights.

    Returns:
        The edges, in the order of the file.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file has no edges, a line is no edge, a weight is no finite number of at least 0, or a
            column is left over; the message names the line.
    """
    if delimiter is not None and len(delimiter) != 1:
        raise ValueError(
            f"delimiter must be one character, as ; got {delimiter!r}; leave it out for that of {path}"
        )
    separator = delimiter or DELIMITERS[_suffix(path)]
    with open_lines(path, "edge list") as lines:
        rows = _rows(path, lines, separator, comments)
        start = next(rows, None)
        if start is None:
            raise ValueError(f"{path}: the file has no edges; give one per line, as source,target")
        columns = _columns(path, start[1], header, weight)
        if not columns.named:
            rows = _chained(start, rows)
        edges = _read(path, rows, columns)
    if not edges.heads:
        raise ValueError(f"{path}: there are no edges below the header; give one per line, as source,target")
    _check_first(path, edges, header, named=columns.named)
    return edges


def _suffix(path: Path) -> str:
    suffixes = [suffix for suffix in path.suffixes if suffix.lower() != ".gz"]
    return suffixes[-1].lower() if suffixes and suffixes[-1].lower() in DELIMITERS else ".txt"


def _rows(
    path: Path, lines: Iterator[str], separator: str, comments: bool | None
) -> Iterator[tuple[int, list[str]]]:
    """Cells of each row and the number of its line, without comments and blank lines."""
    at = 0

    def kept() -> Iterator[str]:
        nonlocal at
        for at, line in enumerate(lines, start=1):
            if line.strip() and not (
                line.lstrip()[0] in "#%" and _is_comment(path, at, line, separator, comments)
            ):
                yield line

    if separator == " ":
        for line in kept():
            yield at, line.split()
    else:
        for row in csv.reader(kept(), delimiter=separator, strict=True):
            yield at, [cell.strip() for cell in row]


def _is_comment(path: Path, number: int, line: str, separator: str, comments: bool | None) -> bool:
    """Whether a line that begins with "#" or "%" is a comment."""
    if comments is not None:
        return comments
    text = line.strip()
    cells = text.split(None if separator == " " else separator)
    if text[1:2] in ("", " ", "\t", "#", "%") or len(cells) not in (2, 3):
        return True
    raise ValueError(
        f"{path}, line {number}: {text[:40]!r} may be an edge or a comment; say comments=true if lines that begin "
        "with # or % are comments, comments=false if they are edges"
    )


def _columns(path: Path, first: list[str], header: bool | None, weight: WeightColumn) -> _Columns:
    """Find the columns, from the first row."""
    names = [cell.casefold() for cell in first]
    pair = next((pair for pair in ENDS if all(names.count(end) == 1 for end in pair)), None)
    named = header if header is not None else pair is not None
    if len(first) < 2:
        raise ValueError(
            f"{path}: the first row has one cell, {first[0][:40]!r}; an edge has two ends, separated by "
            "delimiter=; molecules have a column smiles, or column= names it"
        )
    head, tail = (names.index(pair[0]), names.index(pair[1])) if named and pair else (0, 1)
    others = [place for place in range(len(first)) if place not in (head, tail)]
    if weight is None:
        place = _only_weight(path, first, others, named=named)
    else:
        place = None if weight is False else _named_weight(path, first, others, weight, named=named)
    return _Columns(head, tail, place, len(first), named)


def _only_weight(path: Path, first: list[str], others: list[int], *, named: bool) -> int | None:
    """The column of weights where there is no other column but the ends and it."""
    if not others or (len(others) == 1 and (not named or first[others[0]].casefold() in WEIGHTS)):
        return others[0] if others else None
    extra = [place for place in others if not named or first[place].casefold() not in WEIGHTS]
    what = f"column {first[extra[0]]!r}" if named else f"there are {len(first)} columns, and column 3"
    choice = first[extra[0]] if named else 3
    raise ValueError(
        f"{path}: {what} is neither an end nor known as a weight; weight={choice} reads it as the weight "
        "and leaves others out, weight=false leaves all out; molecules need column=, their column of SMILES"
    )


def _named_weight(path: Path, first: list[str], others: list[int], weight: str | int, *, named: bool) -> int:
    """The column that `weight` names or numbers."""
    if isinstance(weight, int):
        place = weight - 1
    elif named and weight in first:
        place = first.index(weight)
    else:
        there = f"the columns are {', '.join(first)[:200]}" if named else "there is no header; give its number"
        raise ValueError(f"{path}: there is no column {weight!r} for the weight; {there}")
    if place not in others:
        raise ValueError(
            f"{path}: weight must number a column that is no end, from 1 to {len(first)}; got {weight}"
        )
    return place


def _chained(
    first: tuple[int, list[str]], rows: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rows


def _read(path: Path, rows: Iterator[tuple[int, list[str]]], columns: _Columns) -> EdgeRows:
    """Read the rows below the header."""
    head, tail, place, width, _ = columns
    heads: list[str] = []
    tails: list[str] = []
    weights: list[float] = []
    for number, row in rows:
        if len(row) != width:
            _refuse(path, number, f"there are {len(row)} cells, and {width} in the first row; repair it")
        if not row[head] or not row[tail]:
            _refuse(path, number, "an end of the edge is empty; name both")
        heads.append(row[head])
        tails.append(row[tail])
        if place is not None:
            weights.append(_weight(path, number, row[place]))
    return EdgeRows(heads, tails, None if place is None else weights)


def _weight(path: Path, number: int, text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        remedy = "say weight=false to leave the column out, or header=true if this row names the columns"
        _refuse(path, number, f"{text[:40]!r} is no weight; {remedy}")
    if not 0 <= weight < math.inf:
        _refuse(path, number, f"a weight must be finite and at least 0; got {text}; clamp or drop it")
    return weight


def _refuse(path: Path, number: int, problem: str) -> NoReturn:
    raise ValueError(f"{path}, line {number}: {problem}")


def _check_first(path: Path, edges: EdgeRows, header: bool | None, *, named: bool) -> None:
    """Refuse a first row that looks like a header of unknown names: text above integers alone."""
    first = (edges.heads[0], edges.tails[0])
    if header is not None or named or len(edges.heads) == 1 or any(map(is_integer, first)):
        return
    if all(map(is_integer, edges.heads[1:])) and all(map(is_integer, edges.tails[1:])):
        raise ValueError(
            f"{path}: the first row is {', '.join(first)[:80]} and all others are integers; say header=true if "
            "it names the columns, header=false if it is an edge"
        )
