"""What a method's card shows of data: its place in the library, what is published of it, and what was measured."""

import inspect
from functools import cache
from pathlib import Path

import graphcl
from graphcl.bench.runs.journal import read_records
from graphcl.bench.tables.table import COLUMNS, Row, Section, build_table
from graphcl.recipes import published, read_recipe_file, tuned_with_labels

RECORDS = ("two-view", "clustering", "clustering-large", "gcool", "gcool-full", "multiplex")
"""The files of benchmarks/results/ that cards show: all at the present revisions of their methods."""

SHOWN = ("NMI %", "ACC %", "probe micro-F1 %", "CPU s", "memory MB")
"""Titles of the columns of a card, as the full tables have them."""

KINDS = {
    "embedder": "node embeddings; clusters with `n_clusters`",
    "clusterer": "clusters of nodes",
    "graphs": "embeddings of whole graphs; clusters with `n_clusters`",
}


def listing() -> str:
    """A table of all methods by kind, with a link to each card."""
    rows = ["| method | what it computes |", "|:---|:---|"]
    for kind, said in KINDS.items():
        rows.append(f"| *{said}* | |")
        for name in graphcl.methods.of_kind(kind):  # type: ignore[arg-type]
            rows.append(f"| [{name}](/methods/{name}.md) | {summary(name)} |")
    return "\n".join(rows)


def summary(method: str) -> str:
    """The first line of the docstring of a method's class."""
    return (inspect.getdoc(graphcl.METHODS[method]) or "").splitlines()[0].replace("*", r"\*")


def facts(method: str) -> str:
    """What the method is for, its class, and the datasets for which it has settings of its own."""
    name = graphcl.METHODS[method].__name__
    own = [table for table in read_recipe_file(method) if table != "default"]
    tuned = [table for table in own if tuned_with_labels(method, table)]
    lines = [
        f"*{summary(method)}*",
        "",
        "| | |",
        "|:---|:---|",
        f"| class | {{py:class}}`graphcl.{name}` |",
        f"| gives | {KINDS[graphcl.METHODS.kind(method)]} |",
    ]
    if own:
        marked = ", ".join(f"{table} †" if table in tuned else table for table in own)
        lines.append(f"| settings of its own for | {marked} |")
    if tuned:
        lines += ["", "† its authors tuned these settings with the labels of the dataset."]
    return "\n".join(lines)


def numbers(method: str, root: Path) -> str:
    """Tables of what was measured and of what is published; a sentence where there is nothing."""
    return "\n\n".join([_measured(method, root), _published(method)])


@cache
def _sections(root: Path) -> list[Section]:
    files = [root / "benchmarks" / "results" / f"{name}.jsonl" for name in RECORDS]
    return build_table(record for file in files for record in read_records(file))


def _measured(method: str, root: Path) -> str:
    found = [(section, row) for section in _sections(root) for row in section.rows if row.method == method]
    if not found:
        return "**Measured.** There is no committed record of this method yet."
    titles = [column.title for column in COLUMNS]
    shown = [title for title in SHOWN if any(_cell(row, titles.index(title)) != "-" for _, row in found)]
    lines = [
        "**Measured** by graphcl's bench: mean ± standard deviation over n seeds, one thread, the last state.",
        "",
        "| dataset | row | n | " + " | ".join(shown) + " |",
        "|:---|:---|---:|" + "---:|" * len(shown),
    ]
    for section, row in found:
        cells = [_cell(row, titles.index(title)) for title in shown]
        label = f"{row.label} †" if row.tuned else row.label
        lines.append(f"| {section.title} | {label} | {row.n} | {' | '.join(cells)} |".replace("*", r"\*"))
    return "\n".join(lines)


def _cell(row: Row, place: int) -> str:
    return row.cells[place]


def _published(method: str) -> str:
    lines = []
    for dataset in read_recipe_file(method):
        if known := published(method, dataset):
            scores = ", ".join(
                f"{metric} {mean:g}" + ("" if deviation is None else f" ± {deviation:g}")
                for metric, (mean, deviation) in known.metrics.items()
            )
            said = f"{known.source} ({known.status}): {known.protocol}".replace("*", r"\*").replace("|", r"\|")
            lines.append(f"| {dataset} | {scores} | {said} |")
    if not lines:
        return "**Published.** No number whose source could be read."
    heading = "**Published**, in per cent. Compare the protocols before the numbers: see [](/protocol.md)."
    return "\n".join([heading, "", "| dataset | scores | source and protocol |", "|:---|:---|:---|", *lines])
