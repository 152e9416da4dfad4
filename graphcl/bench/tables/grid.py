"""A table as text: headings and rows of cells, ready for Markdown, LaTeX or a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Grid:
    """A table as text.

    Args:
        title: what stands above it; empty for nothing.
        headings: one for each column; the first column is text, the others are numbers.
        rows: of cells, one for each heading.
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def markdown(grid: Grid) -> str:
    r"""A grid as a Markdown table below its title.

    Example:
        >>> print(markdown(Grid("cora", ["method", "n"], [["a|b", "1"]])))
        ### cora
        <BLANKLINE>
        | method | n |
        |:---|---:|
        | a\|b | 1 |
    """
    head = [f"### {grid.title}", ""] if grid.title else []
    rule = "|:---" + "|---:" * (len(grid.headings) - 1) + "|"
    return "\n".join([*head, _line(grid.headings), rule, *map(_line, grid.rows)])


def rich_table(grid: Grid) -> Group:
    """A grid for a terminal; what is too wide goes on in the next line of its cell."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, heading in enumerate(grid.headings):
        table.add_column(heading, justify="right" if index else "left", overflow="fold")
    for row in grid.rows:
        table.add_row(*map(Text, row))
    return Group(Text(grid.title, "bold"), table)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
