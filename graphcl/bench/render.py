"""Tables for the terminal and for files."""

from collections.abc import Iterable

from rich import box
from rich.table import Table
from rich.text import Text

from graphcl.bench.table import COLUMNS, Section

HEADINGS = ("method", "n", *(column.title for column in COLUMNS))


def to_rich(section: Section) -> Table:
    """A section as a table that rich fits to the terminal."""
    table = Table(title=Text(section.title, "bold"), title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1))
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "method" else "right")
    for row in section.rows:
        table.add_row(*map(Text, (row.label, str(row.n), *row.cells)))
    return table


def to_markdown(sections: Iterable[Section]) -> str:
    """Sections as Markdown, each with its heading.

    Example:
        >>> from graphcl.bench.table import Row
        >>> cells = ["61.8", "0.2", "5.7", "61.1", "0.064", "0.458", "0.0", "11"]
        >>> print(to_markdown([Section("karate", [Row("k-means", 1, cells)])]))
        ### karate
        <BLANKLINE>
        | method | n | ACC % | NMI % | ARI % | F1 % | modularity | conductance | seconds | memory MB |
        |:---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
        | k-means | 1 | 61.8 | 0.2 | 5.7 | 61.1 | 0.064 | 0.458 | 0.0 | 11 |
        <BLANKLINE>
    """
    lines = []
    for section in sections:
        lines += [f"### {section.title}", "", _row(HEADINGS), "|:---" + "|---:" * (len(HEADINGS) - 1) + "|"]
        lines += [_row((row.label, str(row.n), *row.cells)) for row in section.rows]
        lines.append("")
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
