"""All datasets beside each other, for a page that has room for little: one table a score, one row a method."""

from collections.abc import Sequence

from graphcl.bench.footnotes import Footnotes
from graphcl.bench.table import COLUMNS, Row, Section

SHOWN = ("NMI %", "ACC %", "CPU s")
"""Titles of the columns of the full tables that stand here."""


def to_overview(sections: Sequence[Section]) -> str:
    """Sections as compact Markdown tables; the best mean of a dataset is bold, whatever its spread.

    Example:
        >>> cells = ["61.8 ± 0.1", "0.2", "5.7", "61.1", "0.064", "0.458", "0.0", "0.1", "11"]
        >>> print(to_overview([Section("karate", [Row("k-means", 2, cells)])]).splitlines()[2])
        | k-means | **0.2** |
    """
    notes = Footnotes(sections)
    labels = list(dict.fromkeys(row.label for section in sections for row in section.rows))
    blocks = []
    for title in SHOWN:
        index = [column.title for column in COLUMNS].index(title)
        columns = [_column(section.rows, index, bold=title != "CPU s") for section in sections]
        names = [section.title.partition(" (")[0] for section in sections]
        lines = [_line([title, *names]), "|:---" + "|---:" * len(names) + "|"]
        lines += [_line([label, *(column.get(label, "-") for column in columns)]) for label in labels]
        blocks.append("\n".join(lines))
    tuned = [line for line in notes.lines() if not line.startswith("[")]  # nothing published is shown here
    return "\n\n".join([*blocks, *tuned]) + "\n"


def _column(rows: Sequence[Row], notes: Footnotes, index: int, *, bold: bool) -> dict[str, str]:
    """A dataset's cells by label."""
    cells = {notes.label(row): row.cells[index] for row in rows}
    means = {label: float(cell.split(" ± ")[0]) for label, cell in cells.items() if cell != "-"}
    best = max(means.values(), default=None) if bold else None
    return {
        label: f"**{cell}**" if label in means and means[label] == best else cell for label, cell in cells.items()
    }


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
