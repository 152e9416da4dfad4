"""The table of a dataset: our numbers, and below them what is published for the same method, if anything is."""

from graphcl.bench.report.marks import Mark
from graphcl.bench.report.markup import Markup, element, spaced
from graphcl.bench.report.scores import marks
from graphcl.bench.tables.columns import COLUMNS
from graphcl.bench.tables.footnotes import Footnotes
from graphcl.bench.tables.table import Row, Section, columns_of

MANY = 10
"""Columns beyond which deviations stand below their means."""


def numbers_table(section: Section, notes: Footnotes) -> Markup:
    """One group of rows for each method; the cells are those of `graphcl bench table`."""
    places = columns_of([section])
    marked = {place: marks(section.rows, COLUMNS[place]) for place in places}
    titles = [COLUMNS[place].title for place in places]
    heads = [element("th", name, scope="col") for name in ("method", "runs", *titles)]
    groups = [
        element("tbody", _ours(row, {p: marked[p][i] for p in places}, notes), _theirs(row, places, notes))
        for i, row in enumerate(section.rows)
    ]
    many = " many" if len(places) > MANY else ""
    table = element("table", element("thead", element("tr", heads)), groups, class_=f"numbers{many}")
    return element("div", table, class_="scroll")


def _ours(row: Row, marked: dict[int, Mark], notes: Footnotes) -> Markup:
    """A cell for each marked place in COLUMNS."""
    cells = [
        element("td", spaced(row.cells[i]), class_="top" if mark else None, data_label=COLUMNS[i].title)
        for i, mark in marked.items()
    ]
    head = element("th", notes.label(row), scope="row")
    return element("tr", head, element("td", row.n, class_="runs", data_label="runs"), cells)


def _theirs(row: Row, places: list[int], notes: Footnotes) -> Markup | None:
    """The row of published numbers; None where nothing is published in any of the columns."""
    reported = row.published_cells()
    known = {i: reported[i] for i in places if reported[i] != "-"}
    if not row.published or not known:
        return None
    cells = [
        element("td", spaced(known[i]), data_label=COLUMNS[i].title) if i in known else element("td")
        for i in places
    ]
    head = element("th", f"published{notes.mark(row)}, {row.published.status}", scope="row")
    return element("tr", head, element("td"), cells, class_="published")
