"""How the numbers were made: protocol, machines and sources."""

from collections.abc import Sequence

from graphcl.bench.report.markup import Markup, element
from graphcl.bench.runs.record import Record
from graphcl.bench.tables.footnotes import TUNED, Footnotes

VERSIONS = ("python", "torch", "torch-geometric", "scikit-learn", "scipy", "numpy", "processor")

NOTES = f"""
Every run is scored in the state after its last step: no epoch and no seed was chosen by looking at labels. Where a
recipe's settings were, {TUNED} says so.

Every number is the mean ± the sample standard deviation over runs that differ in the seed alone. With a
handful of runs the deviation itself is rough: read differences of less than one as none.

ACC and F1 match clusters to classes one to one; NMI and ARI need no match. Modularity and conductance are
read from the graph alone.

Seconds are those on the clock, CPU seconds are of all threads together; a pre-training that several methods
share counts for each. Memory is the growth of the process's peak over its size before the data was loaded, or
on a GPU the most that was allocated there.

Published numbers are read from the sources below, each with a protocol of its own. Many chose the best epoch
with labels, so they do not compare one to one. Where a method has no row of them, nothing is published, or nothing
whose source could be read.
"""


def provenance(records: Sequence[Record], notes: Footnotes) -> Markup:
    """The last section of the page."""
    protocols = "; ".join(dict.fromkeys(record.protocol for record in records))
    said = [f"Protocol: {protocols}.", *NOTES.strip().split("\n\n")]
    return element(
        "section",
        element("h2", "How the numbers were made"),
        element("ul", [element("li", text) for text in said]),
        element("ul", [element("li", line) for line in notes.lines()], class_="sources")
        if notes.lines()
        else None,
        element("h3", "Machines and versions"),
        element("div", _machines(records), class_="scroll"),
        id="how",
    )


def _machines(records: Sequence[Record]) -> Markup:
    """One row for each combination of device, versions and commit, with the number of its runs."""
    counts: dict[tuple[str, ...], int] = {}
    for record in records:
        counts[_machine(record)] = counts.get(_machine(record), 0) + 1
    heads = ("runs", "device", "precision", "graphcl", "commit", *VERSIONS)
    rows = [
        element(
            "tr",
            [element("td", cell, data_label=head) for head, cell in zip(heads, (str(n), *machine), strict=True)],
        )
        for machine, n in counts.items()
    ]
    head = element("thead", element("tr", [element("th", name, scope="col") for name in heads]))
    return element("table", head, element("tbody", rows), class_="machines")


def _machine(record: Record) -> tuple[str, ...]:
    commit = "-"
    if record.git:
        commit = str(record.git.get("commit", "-"))[:10] + (" with changes" if record.git.get("dirty") else "")
    versions = (record.versions.get(name, "-") for name in VERSIONS)
    return record.device, record.precision, record.versions.get("graphcl", "-"), commit, *versions
