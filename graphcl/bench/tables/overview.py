"""Compact tables of all datasets side by side: one table for each score, one row for each method."""

from collections.abc import Sequence

from graphcl.bench.tables.columns import COLUMNS
from graphcl.bench.tables.footnotes import FEWER, TUNED, Footnotes
from graphcl.bench.tables.table import Row, Section, columns_of

SHOWN = ("NMI %", "ACC %", "probe micro-F1 %", "CPU s")
"""Titles of the columns of the full tables that stand here, where they have a number."""


def to_overview(sections: Sequence[Section]) -> str:
    """Sections as compact Markdown tables; the best mean of a dataset is bold, whatever its spread.

    Example:
        >>> cells = ["61.8 ± 0.1", "0.2", "5.7", "61.1", "-", "0.064", "0.458", *["-"] * 9, "0.0", "0.1", "11"]
        >>> print(to_overview([Section("karate", [Row("k-means", 2, cells)])]).splitlines()[2])
        | k-means | **0.2** |
    """
    notes = Footnotes(sections)
    labels = list(dict.fromkeys(notes.short(row) for section in sections for row in section.rows))
    names = [section.title.partition(" (")[0] for section in sections]
    shown = columns_of(sections)
    blocks = []
    for title in SHOWN:
        index = [column.title for column in COLUMNS].index(title)
        if index not in shown:
            continue
        columns = [_column(section.rows, notes, index, bold=title != "CPU s") for section in sections]
        lines = [_line([title, *names]), "|:---" + "|---:" * len(names) + "|"]
        lines += [_line([label, *(column.get(label, "-") for column in columns)]) for label in labels]
        blocks.append("\n".join(lines))
    below = "  \n".join(notes.settings() + [line for line in notes.lines() if line.startswith((TUNED, FEWER))])
    return "\n\n".join([*blocks, *([below] if below else [])]) + "\n"


def _column(rows: Sequence[Row], notes: Footnotes, index: int, *, bold: bool) -> dict[str, str]:
    """A dataset's cells by label."""
    labels = [notes.short(row) for row in rows]
    means = {
        label: float(row.cells[index].split(" ")[0])
        for label, row in zip(labels, rows, strict=True)
        if row.cells[index] != "-"
    }
    cells = dict.fromkeys(labels, "-")
    for label, row in zip(labels, rows, strict=True):
        if label in means:
            cell = row.cells[index] + (f" {TUNED}" if row.tuned else "")
            cells[label] = f"**{cell}**" if bold and means[label] == max(means.values()) else cell
    return cells


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
