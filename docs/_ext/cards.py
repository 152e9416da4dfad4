"""What a method's card shows of data: its place in the library, what is published of it, and what was measured."""

import inspect
import json
from functools import cache
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import graphcl
from graphcl.bench.runs.recipe_of import departures, recipe_of
from graphcl.recipes import published, read_recipe_file, tuned_with_labels

RECORDS = ("two-view", "clustering", "clustering-large", "gcool", "gcool-full", "multiplex")
"""The files of benchmarks/results/ that cards show: all at the present revisions of their methods."""

COLUMNS = {
    "NMI %": "metrics.nmi",
    "ACC %": "metrics.acc",
    "probe micro-F1 %": "metrics.probe/micro_f1",
    "CPU s": "seconds.cpu",
    "memory MB": "memory.growth_mb",
}
"""Headings of a card's columns, and where a record has the number."""

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
        names = graphcl.methods.of_kind(kind)  # type: ignore[arg-type]
        rows += [f"| [{name}](/methods/{name}.md) | {summary(name)} |" for name in names]
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
def _records(root: Path) -> dict[str, dict[str, Any]]:
    """The records of the files by key: one that stands in two files counts once."""
    files = [root / "benchmarks" / "results" / f"{name}.jsonl" for name in RECORDS]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return {record["key"]: record for record in map(json.loads, lines)}


def _measured(method: str, root: Path) -> str:
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for record in _records(root).values():
        if record["method"] == method:
            groups.setdefault((record["dataset"], _settings(record)), []).append(record)
    if not groups:
        return "**Measured.** There is no committed record of this method yet."
    shown = [column for column in COLUMNS if any(_values(column, runs) for runs in groups.values())]
    lines = [
        "**Measured** by the bench: mean ± standard deviation over n seeds, one CPU thread, the state after the last",
        "step. Labels score the result and choose nothing.",
        "",
        "| dataset | settings | n | " + " | ".join(shown) + " |",
        "|:---|:---|---:|" + "---:|" * len(shown),
    ]
    for (dataset, settings), runs in groups.items():
        cells = [_mean_and_deviation(_values(column, runs)) for column in shown]
        lines.append(f"| {dataset} | {settings} | {len(runs)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _settings(record: dict[str, Any]) -> str:
    """Whose settings a run has, and what differs from them."""
    of_run = record["method"], record["dataset"], record["params"]
    recipe = recipe_of(*of_run)
    if recipe == "default":
        return "default recipe"
    changed = ", ".join(f"{key}={value}" for key, value in departures(*of_run).items())
    own = "tuned with labels †" if tuned_with_labels(record["method"], record["dataset"]) else "own recipe"
    general = record["dataset"] not in read_recipe_file(record["method"])
    return ", ".join(filter(None, ["default recipe" if general else own, changed]))


def _values(column: str, runs: list[dict[str, Any]]) -> list[float]:
    group, _, metric = COLUMNS[column].partition(".")
    scale = 100 if group == "metrics" else 1
    return [scale * run[group][metric] for run in runs if metric in run[group]]


def _mean_and_deviation(values: list[float]) -> str:
    if not values:
        return "-"
    return f"{fmean(values):.1f}" + (f" ± {stdev(values):.1f}" if len(values) > 1 else "")


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
