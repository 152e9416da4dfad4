"""Tables for the terminal and for files."""

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from graphcl.bench.table import COLUMNS, Section

_BOUNDLESS = Console(width=10_000)
HEADINGS = ("method", "n", *(column.title for column in COLUMNS))


def to_rich(section: Section, width: int) -> Table:
    """A section for a terminal of so many columns; where it is narrow, spreads stand below their means."""
    table = _table(section, " ± ")
    wide = Measurement.get(_BOUNDLESS, _BOUNDLESS.options, table).maximum <= width
    return table if wide else _table(section, "\n± ")


def _table(section: Section, plus_minus: str) -> Table:
    title = Text(section.title, "bold")
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "method" else "right")
    for row in section.rows:
        cells = (row.label, str(row.n), *row.cells)
        table.add_row(*(Text(cell.replace(" ± ", plus_minus)) for cell in cells))
    return table


def to_markdown(sections: Iterable[Section]) -> str:
    """Sections as Markdown, each with its heading.

    Example:
        >>> from graphcl.bench.table import Row
        >>> cells = ["61.8", "0.2", "5.7", "61.1", "0.064", "0.458", "0.0", "0.1", "11"]
        >>> print(to_markdown([Section("karate", [Row("k-means", 1, cells)])]))
        ### karate
        <BLANKLINE>
        | method | n | ACC % | NMI % | ARI % | F1 % | modularity | conductance | seconds | CPU s | memory MB |
        |:---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
        | k-means | 1 | 61.8 | 0.2 | 5.7 | 61.1 | 0.064 | 0.458 | 0.0 | 0.1 | 11 |
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
