"""A page on trainings: a chart for every loss and figure in their histories, with a line for each training."""

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from graphcl import __version__
from graphcl.bench.report.curve_chart import Curve, curve_chart
from graphcl.bench.report.markup import Markup, counted, element, key
from graphcl.bench.report.page import whole_page
from graphcl.bench.report.palette import colour
from graphcl.bench.report.svg import number
from graphcl.ops.files.tensor_files import whole_file
from graphcl.training import read_history

History = Sequence[Mapping[str, Any]]

READING = """
Each chart is one column of the histories, each line one training, over its epochs; an axis is logarithmic where
values span decades. loss is the sum of the named losses, weighted. Of D-SLA, accuracy is how often a graph itself
scores above its edited copies; spearman is the rank correlation between distances of embeddings and numbers of
edits; distance, between a graph and its edits, and apart, between graphs, go to 0 together where embeddings
collapse. Of GraphCL and SimGRACE, accuracy is how often a view finds its other view in the batch; positive and
negative are mean cosines with it and with the others. Of InfoGraph, Infomax and MVGRLGraphs, accuracy is how
often a node scores above 0 with its own graph and below with another. Where a training has figures_every:
alignment is the mean squared distance of a node's two views, uniformity the log of how near different nodes lie
(0 where all have become one), coupling the share of the own pair in its softmax, effective_rank and
kept_directions how many directions rows spread over, and how many of them both views keep. None of this reads a
label.
"""


def write_histories(files: Sequence[Path], out: Path) -> None:
    """Write the page on the trainings whose histories are given.

    Args:
        files: as `graphcl train --history` writes them.
        out: the page.

    Raises:
        FileNotFoundError: a file is missing.
        OSError: the page cannot be written.
        ValueError: a file is no history.
    """
    stems = [file.stem for file in files]
    names = stems if len(set(stems)) == len(stems) else [str(file) for file in files]
    page = build_histories({name: read_history(file) for name, file in zip(names, files, strict=True)})
    with whole_file(out) as file:
        file.write(page.encode())


def build_histories(histories: Mapping[str, History]) -> str:
    """The page as HTML.

    Args:
        histories: at least one, by the name of the training.
    """
    stages = dict.fromkeys(row["stage"] for history in histories.values() for row in history)
    legend = [key(name, colour(index)) for index, name in enumerate(histories)]
    body = element(
        "main",
        element(
            "header",
            element("h1", "Training histories"),
            element("p", counted(len(histories), "training"), ", ", counted(len(stages), "stage"), class_="facts"),
            element("p", element("span", legend, class_="keys"), class_="legend"),
        ),
        element("details", element("summary", "How to read the charts"), element("p", READING)),
        [_section(stage, histories) for stage in stages],
        element("footer", f"Made by graphcl {__version__}, graphcl bench histories."),
    )
    return whole_page("graphcl trainings", body)


def _section(stage: str, histories: Mapping[str, History]) -> Markup:
    parts = {name: [row for row in history if row["stage"] == stage] for name, history in histories.items()}
    columns = dict.fromkeys(["loss", *(name for part in parts.values() for row in part for name in row)])
    curves = {
        column: [_curve(part, column) for part in parts.values()]
        for column in columns
        if column not in {"stage", "epoch"}
    }
    shown = {column: lines for column, lines in curves.items() if any(lines)}
    figures = [_figure(column, stage, lines) for column, lines in shown.items()]
    return element(
        "section",
        element("h2", f"Stage {stage}"),
        element("div", figures, class_="comparison"),
        element("h3", "After the last epoch"),
        element("div", _table(list(parts), shown), class_="scroll"),
    )


def _curve(rows: History, column: str) -> Curve | None:
    """A column over the epochs in which it is a finite number; None where there is none."""
    known = [(row["epoch"], row[column]) for row in rows if isfinite(row.get(column, float("nan")))]
    return (
        (np.array([epoch for epoch, _ in known], float), np.array([value for _, value in known]))
        if known
        else None
    )


def _figure(column: str, stage: str, curves: Sequence[Curve | None]) -> Markup:
    lines = [(f"{colour(index)} line", curve) for index, curve in enumerate(curves) if curve]
    chart = curve_chart(f"{column} over the epochs of stage {stage}", lines)
    return element("figure", chart, element("figcaption", element("b", column)))


def _table(names: Sequence[str], shown: Mapping[str, Sequence[Curve | None]]) -> Markup:
    head = element(
        "tr", element("th", "training"), element("th", "epochs"), [element("th", name) for name in shown]
    )
    rows = []
    for index, name in enumerate(names):
        curves = [lines[index] for lines in shown.values()]
        epochs = max((int(curve[0][-1]) for curve in curves if curve), default=0)
        cells = [
            element("td", number(float(curve[1][-1])) if curve else "-", data_label=column)
            for column, curve in zip(shown, curves, strict=True)
        ]
        rows.append(element("tr", element("th", name), element("td", f"{epochs:,}", data_label="epochs"), cells))
    return element("table", element("thead", head), element("tbody", rows), class_="numbers")
