"""The first table of the page: every method on every dataset, and which method to start with on each."""

from collections.abc import Sequence

from graphcl.bench.report.marks import Mark
from graphcl.bench.report.markup import Markup, counted, element, join
from graphcl.bench.report.scores import SECONDS, leading, marks, mean
from graphcl.bench.report.svg import seconds
from graphcl.bench.tables.columns import COLUMNS, Column
from graphcl.bench.tables.footnotes import TUNED, Footnotes
from graphcl.bench.tables.table import Row, Section

LEGEND = """
Scores are in percent, higher is better: mean ± sample standard deviation over runs with different seeds, and
the seconds of one run. Two means count as tied here if they differ by at most one standard deviation,
the larger of the two. Start with the cheapest of those marked for NMI, or for modularity where no classes are
known.
"""
TUNED_LEGEND = f"""
{TUNED} The settings were tuned with the labels of this very dataset, by the authors: its scores flatter.
"""

SIDE_BY_SIDE = 6
"""Methods that have a column each, at most; more go on in further lines, each under its name."""


def overview(sections: Sequence[Section], notes: Footnotes) -> Markup:
    """The table of all datasets and methods, with its legend."""
    methods = list(dict.fromkeys(notes.short(row) for section in sections for row in section.rows))
    heads = [element("th", name, scope="col") for name in ("dataset", "start with", *methods)]
    rows = [_dataset(index, section, methods, notes) for index, section in enumerate(sections)]
    kind = "overview wrapped" if len(methods) > SIDE_BY_SIDE else "overview"
    table = element("table", element("thead", element("tr", heads)), element("tbody", rows), class_=kind)
    tuned = any(row.tuned for section in sections for row in section.rows)
    key = element(
        "p",
        element("span", "best mean", class_="sample best"),
        " ",
        element("span", "tied with it", class_="sample tied"),
        class_="legend",
    )
    return join(
        key,
        element("div", table, class_="scroll"),
        element("p", LEGEND, TUNED_LEGEND if tuned else None, class_="legend"),
        settings_legend(notes.settings()),
    )


def settings_legend(lines: Sequence[str]) -> Markup | None:
    """What the letters behind names stand for; None where there are none."""
    return element("ul", [element("li", line) for line in lines], class_="sources") if lines else None


def _dataset(index: int, section: Section, methods: Sequence[str], notes: Footnotes) -> Markup:
    columns = leading(section.rows)
    marked = [marks(section.rows, column) for column in columns]
    cells = {
        notes.short(row): _cell(row, columns, [column_marks[i] for column_marks in marked], notes)
        for i, row in enumerate(section.rows)
    }
    name, bracket, details = section.title.partition(" (")
    head = element("th", element("a", name, href=f"#d{index}"), element("small", bracket, details), scope="row")
    blank = element("td", "-", class_="blank")
    return element(
        "tr", head, _verdict(section.rows, columns[0], marked[0], notes), [cells.get(m, blank) for m in methods]
    )


def _cell(row: Row, columns: Sequence[Column], marked: Sequence[Mark], notes: Footnotes) -> Markup:
    scores = [
        element(
            "span",
            element("i", column.title.removesuffix(" %")),
            " ",
            _number(row, column),
            class_=f"score {mark}".strip(),
        )
        for column, mark in zip(columns, marked, strict=True)
    ]
    dagger = element("sup", TUNED, class_="wide") if row.tuned else None
    cost = element(
        "span", seconds(mean(row, SECONDS)), element("small", ", ", counted(row.n, "run")), dagger, class_="cost"
    )
    name = element("b", notes.label(row), class_="name")
    return element("td", name, scores, cost, title=notes.label(row), class_="one" if len(columns) == 1 else None)


def _number(row: Row, column: Column) -> Markup:
    """A cell of the table, its mean set off from its spread."""
    average, sign, deviation = row.cells[COLUMNS.index(column)].partition(" ± ")
    return join(element("b", average), element("small", sign, deviation) if sign else None)


def _verdict(rows: Sequence[Row], column: Column, marked: Sequence[Mark], notes: Footnotes) -> Markup:
    """The cheapest of the rows that are best or tied with the best, and why."""
    candidates = [row for row, mark in zip(rows, marked, strict=True) if mark]
    if not candidates:
        return element("td", "-", class_="verdict")
    choice = min(candidates, key=lambda row: mean(row, SECONDS))
    if choice.n == 1:
        sure = "one run: how sure is not known"
    elif len(rows) == 1:
        sure = f"{counted(choice.n, 'run')}, nothing to compare with"
    elif len(candidates) == 1:
        sure = f"ahead by more than the spread of {counted(choice.n, 'run')}"
    else:
        sure = f"cheapest of {len(candidates)} that are tied over {counted(choice.n, 'run')}"
    score = column.title.removesuffix(" %")
    dagger = element("sup", TUNED) if choice.tuned else None
    return element(
        "td",
        element("strong", notes.short(choice), dagger),
        element("span", score, " ", _number(choice, column), ", ", seconds(mean(choice, SECONDS))),
        element("small", sure),
        class_="verdict",
    )
