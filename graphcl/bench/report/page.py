"""The HTML page of a report: one file without scripts or external resources."""

from collections.abc import Mapping
from importlib.resources import files as package_files

from graphcl import __version__
from graphcl.bench.report import palette
from graphcl.bench.report.evidence import Evidence
from graphcl.bench.report.markup import Markup, counted, element
from graphcl.bench.report.overview import overview
from graphcl.bench.report.provenance import provenance
from graphcl.bench.report.section import dataset_section
from graphcl.bench.report.transfer import transfer_section
from graphcl.bench.tables.footnotes import Footnotes
from graphcl.bench.transfer.lines import Table, TransferSetting

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Tells the browser to load nothing and to run no script, whatever the page says."""

READING = """
Pictures place at most 500 nodes of one run so that nodes with near embeddings stay near (t-SNE; distances
between far groups, and the axes, mean little); where a method clusters many graphs, they place graphs. They are
shown twice, coloured by the clusters that the method
found and by the known classes: a cluster has the colour of the class that it was matched to, so where both
pictures agree the method is right. In the shaded tables each row is a cluster and each column a class; a
stronger shade is a larger share of the cluster, a frame marks the class that the cluster was matched to, and
bars are the sizes of the clusters. Loss curves are one faint line per seed and their mean in bold; the small
lines below are the parts that the loss adds up. Known classes were used for scores and for colours, never for
training.
"""


def build_page(evidence: Evidence, transfer: Mapping[TransferSetting, Table] | None = None) -> str:
    """The report as HTML.

    Args:
        evidence: what it shows.
        transfer: tables of fine-tuning, shown below.
    """
    notes = Footnotes(evidence.sections)
    records = evidence.records
    first, last = min(run.time for run in records)[:10], max(run.time for run in records)[:10]
    when = first if first == last else f"{first} to {last}"
    methods = {row.method for section in evidence.sections for row in section.rows}
    sizes = (len(records), "run"), (len(methods), "method"), (len(evidence.sections), "dataset")
    scope = [", ".join(counted(*size) for size in sizes), when, ", ".join(evidence.names)]
    body = element(
        "main",
        element(
            "header",
            element("h1", "Which method on which dataset"),
            element("p", "; ".join(scope), class_="facts"),
        ),
        overview(evidence.sections, notes),
        element("details", element("summary", "How to read the charts"), element("p", READING)),
        [dataset_section(index, section, evidence, notes) for index, section in enumerate(evidence.sections)],
        transfer_section(transfer) if transfer else None,
        provenance(records, notes),
        element("footer", f"Made by graphcl {__version__}, graphcl bench report."),
    )
    return whole_page("graphcl report", body)


def whole_page(title: str, body: Markup) -> str:
    """A body as a page with the report's style and policy."""
    return f"<!doctype html>\n{element('html', _head(title), element('body', body), lang='en')}\n"


def _head(title: str) -> Markup:
    style = (package_files("graphcl.bench.report") / "style.css").read_text(encoding="utf-8")
    style = style.replace("/* light colours */", palette.variables(palette.LIGHT))
    style = style.replace("/* dark colours */", palette.variables(palette.DARK))
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("link", rel="icon", href="data:,"),
        element("title", title),
        element("style", Markup(style + palette.classes())),
    )
