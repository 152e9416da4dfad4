"""Clusters against classes as a shaded table, with the size of each cluster beside its row."""

import numpy as np
from numpy.typing import NDArray

from graphcl.bench.report.markup import Markup, counted, element
from graphcl.bench.report.matching import Matching
from graphcl.bench.report.palette import colour
from graphcl.bench.report.svg import dot, frame, label, place, rectangle
from graphcl.bench.runs.details import Details

WIDTH = 320.0
SIZES = 92.0
"""Room for the bars of cluster sizes."""

MANY = 40
"""Clusters from which on rows are too low for a name each."""

LEVELS = 10
"""Of shading."""

LETTER = 5.8
"""Width of a digit."""


def confusion_figure(details: Details, matching: Matching) -> Markup:
    """The table of one run; the sizes alone where no classes are known."""
    clusters = [str(details.clusters[index]) for index in matching.order]
    classes = [str(name) for name in details.classes.tolist()]
    table = details.contingency[matching.order]
    left = 22 + LETTER * max(map(len, clusters))
    column = min(46.0, (WIDTH - left - SIZES) / len(classes)) if classes else 0.0
    row = float(np.clip(column or 18, 12 if len(clusters) <= MANY else 6, 22))
    top = 24.0 if classes else 4.0
    height = top + row * len(clusters) + 4
    bars = left + column * len(classes) + 8
    parts = [
        _rows(clusters, matching, row, top),
        _columns(classes, left, column),
        _cells(table, left, top, column, row),
        _counts(table, left, top, column, row),
        _outline(matching, left, top, column, row),
        _sizes(details, matching, bars, top, row),
    ]
    what = "clusters against classes" if classes else "cluster sizes"
    caption = [element("b", what), f", {counted(len(clusters), 'cluster')}"]
    if classes:
        caption.append(f", {counted(len(classes), 'class', 'es')}; a row with one strong cell is a clean cluster.")
        caption.append(" Classes were used for scores and colours alone.")
    return element("figure", frame(WIDTH, height, what, parts), element("figcaption", caption))


def _rows(names: list[str], matching: Matching, row: float, top: float) -> list[Markup]:
    every = int(np.ceil(11 / row))
    drawn = []
    for position, (name, index) in enumerate(zip(names, matching.order, strict=True)):
        y = top + row * (position + 0.5)
        drawn.append(dot(6, y, min(3.5, row / 2.5), f"fill {colour(matching.colours[index])}"))
        if position % every == 0:
            drawn.append(label(14, y + 3.5, name, "small"))
    return drawn


def _columns(names: list[str], left: float, column: float) -> list[Markup]:
    """Dots and names above the columns; where columns are narrow, names at every so many."""
    if not names:
        return []
    every = int(np.ceil((LETTER * max(map(len, names)) + 4) / column))
    drawn = []
    for index, name in enumerate(names):
        x = left + column * (index + 0.5)
        drawn.append(dot(x, 18, min(3.5, column / 2.5), f"fill {colour(index)}"))
        if index % every == 0:
            drawn.append(label(x, 10, name, "small middle"))
    return drawn


def _cells(table: NDArray[np.int64], left: float, top: float, column: float, row: float) -> list[Markup]:
    """One path for each level of shading: the share of the cluster's nodes that lie in the class."""
    level = np.ceil(LEVELS * table / np.maximum(table.sum(axis=1, keepdims=True), 1)).astype(int)
    box = f"h{place(column)}v{place(row)}h-{place(column)}z"
    drawn = []
    for shade in range(1, LEVELS + 1):
        where = np.argwhere(level == shade).tolist()
        path = "".join(f"M{place(left + column * j)} {place(top + row * i)}{box}" for i, j in where)
        if path:
            drawn.append(
                element("path", d=path, class_="heat", fill_opacity=f"{0.04 + 0.96 * shade / LEVELS:.2f}")
            )
    return drawn


def _counts(table: NDArray[np.int64], left: float, top: float, column: float, row: float) -> list[Markup]:
    """The counts, where they have room."""
    if table.size == 0 or LETTER * len(str(table.max())) + 2 > column:
        return []
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    return [
        label(
            left + column * (j + 0.5),
            top + row * (i + 0.5) + 3.5,
            str(table[i, j]),
            "small middle on" if share[i, j] > 0.5 else "small middle",
        )
        for i, j in np.argwhere(table > 0).tolist()
    ]


def _outline(matching: Matching, left: float, top: float, column: float, row: float) -> Markup | None:
    """A frame around the cell where a cluster meets its class, unless cells are little more than frames."""
    if column < 8:
        return None
    box = f"h{place(column - 1)}v{place(row - 1)}h-{place(column - 1)}z"
    path = "".join(
        f"M{place(left + column * matching.class_of[index] + 0.5)} {place(top + row * position + 0.5)}{box}"
        for position, index in enumerate(matching.order)
        if index in matching.class_of
    )
    return element("path", d=path, class_="outline") if path else None


def _sizes(details: Details, matching: Matching, left: float, top: float, row: float) -> list[Markup]:
    sizes = [int(details.sizes[index]) for index in matching.order]
    room = WIDTH - left - LETTER * max(len(f"{size:,}") for size in sizes) - 6
    every = int(np.ceil(11 / row))
    drawn = []
    for position, (size, index) in enumerate(zip(sizes, matching.order, strict=True)):
        width = max(room * size / max(sizes), 1)
        y = top + row * position
        drawn.append(rectangle(left, y + 0.2 * row, width, 0.6 * row, f"fill {colour(matching.colours[index])}"))
        if position % every == 0:
            drawn.append(label(left + width + 4, y + row / 2 + 3.5, f"{size:,}", "small"))
    return drawn
