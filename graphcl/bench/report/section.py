"""The section on one dataset: its table, three charts that compare methods, and pictures of each method."""

import json

from graphcl.bench.report.confusion import confusion_figure
from graphcl.bench.report.costs import costs_figure
from graphcl.bench.report.curves import loss_figures
from graphcl.bench.report.evidence import Evidence
from graphcl.bench.report.marks import spread
from graphcl.bench.report.markup import Markup, counted, element
from graphcl.bench.report.matching import Matching
from graphcl.bench.report.numbers import numbers_table
from graphcl.bench.report.overview import settings_legend
from graphcl.bench.report.scatter import scatter_figures
from graphcl.bench.report.scores import SECONDS, leading, mean, unit, values
from graphcl.bench.report.spread import spread_figure
from graphcl.bench.report.tradeoff import Point, tradeoff_figure
from graphcl.bench.tables.footnotes import Footnotes
from graphcl.bench.tables.table import Row, Section

NOT_KEPT = "Loss curves, clusters and pictures were not kept beside"


def dataset_section(index: int, section: Section, evidence: Evidence, notes: Footnotes) -> Markup:
    """A section with the anchor `d{index}`."""
    name, bracket, details = section.title.partition(" (")
    return element(
        "section",
        element("h2", name, element("small", bracket, details)),
        element("p", _facts(section, evidence), class_="facts"),
        numbers_table(section, notes),
        settings_legend(notes.settings(section.rows)),
        _comparison(section, notes),
        _pictures(section, evidence, notes),
        _settings(section),
        id=f"d{index}",
    )


def _facts(section: Section, evidence: Evidence) -> str:
    checksums = dict.fromkeys(run.checksum[:8] for row in section.rows for run in row.runs)
    known = [details for row in section.rows for _, details in evidence.of(row)]
    facts = []
    if known:
        if n := max(int(details.sizes.sum()) for details in known):
            facts.append(counted(n, unit(section.rows)))
        facts.append(
            counted(len(known[0].classes), "class", "es") if len(known[0].classes) else "no known classes"
        )
    return ", ".join([*facts, f"checksum {' and '.join(checksums)}"])


def _comparison(section: Section, notes: Footnotes) -> Markup:
    column = leading(section.rows)[0]
    least = 10 * 0.1**column.decimals
    names = [notes.short(row) for row in section.rows]
    samples = [values(row, column) for row in section.rows]
    points = [
        Point(notes.short(row), max(mean(row, SECONDS), 1e-3), mean(row, column), spread(sample))
        for row, sample in zip(section.rows, samples, strict=True)
        if sample
    ]
    scores = []
    if points:
        scores = [spread_figure(column.title, names, samples, least), tradeoff_figure(column.title, points, least)]
    costs = costs_figure(names, [row.runs for row in section.rows])
    return element("div", scores, costs, class_="comparison")


def _pictures(section: Section, evidence: Evidence, notes: Footnotes) -> list[Markup]:
    if any(evidence.of(row) for row in section.rows):
        return [_method(row, evidence, notes) for row in section.rows]
    return [element("p", f"{NOT_KEPT} these records.", class_="missing")]


def _method(row: Row, evidence: Evidence, notes: Footnotes) -> Markup:
    """The pictures of one method; those of a single run are of the run with the lowest seed."""
    runs = evidence.of(row)
    heading = element("h3", notes.label(row))
    if not runs:
        return element(
            "article", heading, element("p", f"{NOT_KEPT} the records of this method.", class_="missing")
        )
    record, details = runs[0]
    matching, what = Matching.of(details), unit([row])
    curves = loss_figures([kept for _, kept in runs])
    losses = curves or element("p", "Nothing is trained, so there is no loss.", class_="missing")
    pictures = scatter_figures(details, matching, what) or element(
        "p", "This method has no embedding to show.", class_="missing"
    )
    clusters = (
        confusion_figure(details, matching)
        if len(details.clusters)
        else element("p", "This run learned an embedding only, so there are no clusters.", class_="missing")
    )
    panel = element(
        "div",
        element("div", pictures, class_="pictures"),
        element("div", clusters, class_="clusters"),
        element("div", losses, class_="losses"),
        class_="panel",
    )
    return element(
        "article", heading, element("p", f"pictures and clusters of seed {record.seed}", class_="facts"), panel
    )


def _settings(section: Section) -> Markup:
    rows = [
        element(
            "tr",
            element("th", row.label, scope="row"),
            element("td", element("code", json.dumps(row.runs[0].params))),
        )
        for row in section.rows
    ]
    return element(
        "details", element("summary", "Settings of each method"), element("table", rows, class_="settings")
    )
