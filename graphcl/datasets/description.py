"""Dataset descriptions: origin, licence, checksums and statistics, as a dictionary or as rows of text."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from graphcl.datasets.graph_statistics import statistics
from graphcl.datasets.loading import entry_of, load


def describe(
    name: str | os.PathLike[str], root: str | os.PathLike[str] | None = None, **parameters: Any
) -> dict[str, Any]:
    """Load a dataset and describe it: origin, licence, parameters, checksums and statistics.

    Args:
        name: As for `load`.
        root: As for `load`.
        **parameters: As for `load`.

    Returns:
        A JSON-serialisable dictionary: `name`, `origin`, `licence` (None for a user's file), `parameters`,
        `checksum` (of the content), `files` (the `name` and `sha256` of each, and whether that checksum is
        `known`; None where there is none to compare with), then the items that `statistics` returns.

    Raises:
        ValueError: As for `load`.
        FileNotFoundError: As for `load`.

    Example:
        >>> list(describe("karate"))[:6]
        ['name', 'origin', 'licence', 'parameters', 'checksum', 'files']
    """
    entry = entry_of(name, root)
    dataset = load(name, root, **parameters)
    known = entry.source.known if entry else None
    return {
        "name": dataset.name,
        "origin": entry.origin if entry else os.fspath(name),
        "licence": entry.licence if entry else None,
        "parameters": dataset.parameters,
        "checksum": dataset.checksum,
        "files": [
            {"name": file, "sha256": digest, "known": None if known is None else digest in known[file]}
            for file, digest in dataset.files.items()
        ],
        **statistics(dataset),
    }


def rows(description: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Format a description as rows of a heading and a text.

    Args:
        description: From `describe`.

    Returns:
        The rows, in a fixed order; relations, splits, parameters and files have rows only where there are any.

    Example:
        >>> dict(rows(describe("karate")))["degree"]
        'mean 4.59, largest 17'
    """
    d = description
    known = {True: "known", False: "not known", None: "compared with nothing"}
    parameters = ", ".join(f"{key}={value}" for key, value in d["parameters"].items())
    return [
        ("name", d["name"]),
        ("origin", d["origin"]),
        ("licence", d["licence"] or "-"),
        *([("parameters", parameters)] if parameters else []),
        *(_rows_of_graphs(d) if "graphs" in d else _rows_of_graph(d)),
        ("content", f"sha256 {d['checksum']}"),
        *((f"file {file['name']}", f"sha256 {file['sha256']}, {known[file['known']]}") for file in d["files"]),
    ]


def _rows_of_graph(d: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rows for a single graph."""
    homophily = "-" if d["homophily"] is None else f"{d['homophily']:.3f} of the edges join nodes of one class"
    return [
        ("nodes", f"{d['nodes']:,}"),
        ("edges", f"{d['edges']:,} undirected, no self loops"),
        *((f"relation {name}", f"{size:,} edges") for name, size in d["relations"].items()),
        ("features", f"{d['features']:,}, {100 * d['feature_density']:.3g} % of the entries are not 0")
        if d["features"]
        else ("features", "none; --data features=degree, or another choice, makes some"),
        ("classes", _classes(d, "nodes")),
        ("homophily", homophily),
        ("components", f"{d['components']:,}"),
        ("isolated nodes", f"{d['isolated']:,}"),
        ("degree", f"mean {d['mean_degree']:.3g}, largest {d['max_degree']:,}"),
        *((f"split {name}", _split(counts)) for name, counts in d["splits"].items()),
    ]


def _rows_of_graphs(d: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rows for many graphs."""
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in d["skipped"].items())
    span = "mean {mean:.1f}, from {smallest:,} to {largest:,}"
    return [
        ("graphs", f"{d['graphs']:,}"),
        *(
            [("left out", f"{sum(d['skipped'].values()):,} molecules without a graph: {reasons}")]
            if reasons
            else []
        ),
        ("nodes", span.format(**d["nodes"])),
        ("edges", span.format(**d["edges"]) + ", undirected"),
        ("features", f"{d['features']:,} of nodes, {d['edge_features']:,} of edges"),
        ("isolated nodes", f"{d['isolated']:,}"),
        ("labels", _tasks(d) if d["tasks"] else _classes(d, "graphs")),
        *((f"split {name}", f"{count:,} graphs") for name, count in d["splits"].items()),
    ]


def _classes(d: Mapping[str, Any], counted: str) -> str:
    """Number of classes, their sizes, and the number of unlabelled nodes or graphs."""
    sizes = f": {', '.join(map(str, d['class_sizes'].values()))} {counted}" if d["classes"] else ""
    unlabelled = f"; {d['unlabelled']:,} {counted} have none" if d["unlabelled"] else ""
    return f"{d['classes']}{' classes' if counted == 'graphs' else ''}{sizes}{unlabelled}"


def _tasks(d: Mapping[str, Any]) -> str:
    """Number of tasks, and statistics of their labels."""
    tasks = list(d["tasks"].values())
    count = f"{len(tasks):,} task{'s' if len(tasks) > 1 else ''}"
    missing = sum(task["missing"] for task in tasks)
    absent = f", {100 * missing / len(tasks) / d['graphs']:.3g} % missing" if missing else ""
    if "positive" not in tasks[0]:
        one = tasks[0] if len(tasks) == 1 and tasks[0]["mean"] is not None else None
        means = f": mean {one['mean']:.3g}, standard deviation {one['std']:.3g}" if one else ""
        return f"{count} with numbers{means}{absent}"
    positive = sum(task["positive"] for task in tasks)
    negative = sum(task["negative"] for task in tasks)
    return f"{count} with 0 or 1: {positive:,} positive, {negative:,} negative{absent}"


def _split(counts: Iterable[int]) -> str:
    """Number of nodes in a split, or the number of splits and the range of their sizes."""
    sizes = list(counts)
    span = " to ".join(f"{size:,}" for size in sorted({min(sizes), max(sizes)}))
    return f"{span} nodes" if len(sizes) == 1 else f"{len(sizes)} splits of {span} nodes"
