"""Rows of OGB's official boards, and published scores of frozen embeddings, as data with their source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class BoardRow:
    """A row of an official board, as it stood at a date.

    Args:
        rank: on the board at that date.
        method: as the board names it.
        external: whether it says that it uses external data.
        test: mean and standard deviation, shares.
        val: the same on validation.
        parameters: their number.
        hardware: as the board has it.
        date: of the row.
    """

    rank: int
    method: str
    external: bool
    test: tuple[float, float]
    val: tuple[float, float]
    parameters: int
    hardware: str
    date: str


@dataclass(frozen=True)
class Board:
    """Some rows of the board of a dataset: the first six, and the first four without external data.

    Args:
        entries: how many rows the board has.
        source: where the rows were read.
        date: when.
        rows: by rank.
    """

    entries: int
    source: str
    date: str
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True)
class FrozenRow:
    """A published score of a frozen embedding under a linear probe.

    Args:
        method: as its source names it.
        name: of the method here, or as it would be named.
        test: mean, and the standard deviation or None, in per cent.
    """

    method: str
    name: str
    test: tuple[float, float | None]


@dataclass(frozen=True)
class FrozenRows:
    """Published frozen embeddings on a dataset.

    Args:
        source: the publication.
        status: "verified" if they were read there.
        protocol: how they were measured.
        rows: in the order of the data; empty for a dataset without any.
    """

    source: str
    status: str
    protocol: str
    rows: tuple[FrozenRow, ...]


def board_of(dataset: str) -> Board:
    """The board of a dataset.

    Args:
        dataset: its name, as OGB writes it.

    Raises:
        KeyError: no dataset of OGB that is read here.

    Example:
        >>> board_of("ogbn-arxiv").rows[0].method, board_of("ogbn-arxiv").date
        ('SimTeG+TAPE+RevGAT', '2026-05-12')
    """
    content = _content()
    board = content["boards"][dataset]
    rows = (BoardRow(**{**row, "test": tuple(row["test"]), "val": tuple(row["val"])}) for row in board["rows"])
    return Board(board["entries"], content["source"], content["date"], tuple(rows))


def frozen_rows(dataset: str) -> FrozenRows:
    """Published frozen embeddings under a linear probe on a dataset.

    Args:
        dataset: its name, as OGB writes it.

    Example:
        >>> [row.test for row in frozen_rows("ogbn-arxiv").rows if row.name == "grace"]
        [(69.34, None)]
    """
    content = _content()["frozen"]
    found: list[Mapping[str, Any]] = content.get(dataset, {}).get("rows", [])
    rows = tuple(FrozenRow(row["method"], row["name"], (*row["test"], None)[:2]) for row in found)
    return FrozenRows(content["source"], content["status"], content["protocol"], rows)


@cache
def _content() -> dict[str, Any]:
    file = files("graphcl.recipes") / "ogb_boards.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
