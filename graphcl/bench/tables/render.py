"""Tables for the terminal and for files."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich import box
from rich.console import Console, Group
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from graphcl.bench.tables.columns import COLUMNS
from graphcl.bench.tables.footnotes import Footnotes
from graphcl.bench.tables.grid import Grid, markdown
from graphcl.bench.tables.table import Section, columns_of, published_columns

_BOUNDLESS = Console(width=10_000)
_NARROW = {
    **{column.title: column.title.replace(" ", "\n") for column in COLUMNS if len(column.title) > 7},
    "modularity": "modu-\nlarity",
    "conductance": "conduc-\ntance",
    "memory MB": "memory\nMB",
}
NOTHING_KNOWN = "A dash under published: nothing is, or nothing whose source could be read."


def to_rich(
    section: Section, width: int, notes: Footnotes | None = None, places: Sequence[int] | None = None
) -> Group:
    """A section for a terminal of so many columns.

    Where it is narrow, spreads stand below their means and long names go on in the next line; where that is too
    wide still, the scores go on in further tables, each with the methods. What is published for a method stands
    below its rows; `notes` are those of all sections shown, `places` the columns to show, by default all.
    """
    notes = notes or Footnotes([section])
    places = columns_of([section]) if places is None else places
    table = _table(section, notes, places)
    if _width(table) <= width:
        return Group(table)
    parts: list[list[int]] = []
    names = max(width // 3, 16)
    for place in places:
        if parts and _width(_table(section, notes, [*parts[-1], place], names=names)) <= width:
            parts[-1].append(place)
        else:
            parts.append([place])
    return Group(*(_table(section, notes, part, names=names) for part in parts))


def _width(table: Table) -> int:
    """How many columns of a terminal a table takes if nothing is folded."""
    return Measurement.get(_BOUNDLESS, _BOUNDLESS.options, table).maximum


def _table(section: Section, notes: Footnotes, places: Sequence[int], *, names: int | None = None) -> Table:
    narrow = names is not None
    gap = (0, 1 if narrow else 2, 0, 0)
    table = Table(
        title=Text(section.title, "bold"), title_justify="left", box=box.SIMPLE_HEAD, padding=gap, pad_edge=False
    )
    table.add_column("method", overflow="fold", max_width=names)
    for heading in ("n", *(COLUMNS[i].title for i in places)):
        title = _NARROW.get(heading, heading) if narrow else heading
        table.add_column(title, justify="right", no_wrap=True)

    def add(cells: Iterable[str], style: str = "") -> None:
        table.add_row(*(Text(cell.replace(" ± ", "\n± ") if narrow else cell, style) for cell in cells))

    for _, rows in groupby(section.rows, key=lambda row: row.method):
        for row in rows:
            add((notes.label(row), str(row.n), *(row.cells[i] for i in places)))
        if row.published:
            reported = row.published_cells()
            cells = ["" if reported[i] == "-" else reported[i] for i in places]
            if any(cells):
                add((f"  published{notes.mark(row)}", "", *cells), "dim")
    return table


def to_markdown(sections: Sequence[Section], metrics: Sequence[str] = ()) -> str:
    """Sections as Markdown, each with its heading; below them the footnotes.

    Example:
        >>> from graphcl.bench.tables.table import Row
        >>> cells = ["61.8", "0.2", "5.7", "61.1", "-", "0.064", "0.458", *["-"] * 9, "0.0", "0.1", "11"]
        >>> lines = to_markdown([Section("karate", [Row("k-means", 1, cells)])]).splitlines()
        >>> lines[0], lines[4][:41]
        ('### karate', '| k-means | 1 | 61.8 | 0.2 | 5.7 | 61.1 |')
    """
    grids, below = to_grids(sections, metrics)
    text = "".join(f"{markdown(grid)}\n\n" for grid in grids)
    return text + ("  \n".join(below) + "\n" if below else "")


def to_grids(sections: Sequence[Section], metrics: Sequence[str] = ()) -> tuple[list[Grid], list[str]]:
    """Sections as text for a file, and the footnotes below them.

    A column of published values follows those of our own where something is published for the dataset.
    """
    notes, places = Footnotes(sections), columns_of(sections, metrics)
    known = [published_columns(section, places) for section in sections]
    grids = [_grid(section, places, published, notes) for section, published in zip(sections, known, strict=True)]
    missing = any(
        row.published_cells()[i] == "-"
        for section, published in zip(sections, known, strict=True)
        for row in section.rows
        for i in published
    )
    return grids, [*notes.lines(), *([NOTHING_KNOWN] if missing else [])]


def _grid(section: Section, places: Sequence[int], published: set[int], notes: Footnotes) -> Grid:
    headings = ["method", "n"]
    for i in places:
        headings += [COLUMNS[i].title, "published"] if i in published else [COLUMNS[i].title]
    rows = []
    for row in section.rows:
        cells, reported = [notes.label(row), str(row.n)], row.published_cells()
        for i in places:
            cells.append(row.cells[i])
            if i in published:
                cells.append(reported[i] if reported[i] == "-" else reported[i] + notes.mark(row))
        rows.append(cells)
    return Grid(section.title, headings, rows)
