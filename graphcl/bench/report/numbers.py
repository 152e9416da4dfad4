"""The table of a dataset: our numbers, and below them the published ones of the same method."""

from graphcl.bench.report.marks import Mark
from graphcl.bench.report.markup import Markup, element, join
from graphcl.bench.report.scores import marks
from graphcl.bench.tables.footnotes import Footnotes
from graphcl.bench.tables.table import COLUMNS, Row, Section, columns_of


def numbers_table(section: Section, notes: Footnotes) -> Markup:
    """One group of two rows for each method; the cells are those of `graphcl bench table`."""
    places = columns_of([section])
    marked = {place: marks(section.rows, COLUMNS[place]) for place in places}
    titles = [COLUMNS[place].title for place in places]
    heads = [element("th", name, scope="col") for name in ("method", "runs", *titles)]
    groups = [
        element("tbody", _ours(row, {p: marked[p][i] for p in places}, notes), _theirs(row, places, notes))
        for i, row in enumerate(section.rows)
    ]
    table = element("table", element("thead", element("tr", heads)), groups, class_="numbers")
    return element("div", table, class_="scroll")


def _ours(row: Row, marked: dict[int, Mark], notes: Footnotes) -> Markup:
    """A cell for each marked place in COLUMNS."""
    cells = [
        element("td", _spaced(row.cells[i]), class_="top" if mark else None, data_label=COLUMNS[i].title)
        for i, mark in marked.items()
    ]
    head = element("th", notes.label(row), scope="row")
    return element("tr", head, element("td", row.n, class_="runs", data_label="runs"), cells)


def _theirs(row: Row, places: list[int], notes: Footnotes) -> Markup:
    """A dash where nothing is published; no cell says anything in a column that nobody publishes."""
    reported = row.published_cells()
    columns = [(COLUMNS[i], reported[i]) for i in places]
    cells = [
        element("td", _spaced(cell) if column.metric else None, data_label=column.title if column.metric else None)
        for column, cell in columns
    ]
    status = f"published{notes.mark(row)}, {row.published.status}" if row.published else "published"
    kind = "published" if row.published else "published nothing"
    return element("tr", element("th", status, scope="row"), element("td"), cells, class_=kind)


def _spaced(cell: str) -> Markup:
    average, sign, deviation = cell.partition(" ± ")
    return join(average, element("small", sign, deviation) if sign else None)
