"""A dataset described: where it comes from, which files it was read from, and what is in it."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from graphcl.datasets.loading import entry_of, load
from graphcl.datasets.statistics import statistics


def describe(
    name: str | os.PathLike[str], root: str | os.PathLike[str] | None = None, **parameters: Any
) -> dict[str, Any]:
    """Load a dataset and say what is known about it.

    Args:
        name: As for `load`.
        root: As for `load`.
        **parameters: As for `load`.

    Returns:
        A dictionary that JSON can hold: `name`, `origin`, `licence` (None for a file of one's own),
        `parameters`, `checksum` (of the content), `files` (for each its `name`, its `sha256` and whether that is
        `known`; None where it was compared with nothing), and then what `statistics` returns.

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
    """What `describe` returns as rows for people: a heading and a text each.

    Args:
        description: What `describe` returned.

    Returns:
        The rows, in a fixed order; those of relations, splits, parameters and files only where there are any.

    Example:
        >>> dict(rows(describe("karate")))["degree"]
        'mean 4.59, largest 17'
    """
    d = description
    homophily = "-" if d["homophily"] is None else f"{d['homophily']:.3f} of the edges join nodes of one class"
    sizes = f": {', '.join(map(str, d['class_sizes'].values()))} nodes" if d["classes"] else ""
    unlabelled = f"; {d['unlabelled']:,} nodes have none" if d["unlabelled"] else ""
    known = {True: "known", False: "not known", None: "compared with nothing"}
    parameters = ", ".join(f"{key}={value}" for key, value in d["parameters"].items())
    return [
        ("name", d["name"]),
        ("origin", d["origin"]),
        ("licence", d["licence"] or "-"),
        *([("parameters", parameters)] if parameters else []),
        ("nodes", f"{d['nodes']:,}"),
        ("edges", f"{d['edges']:,} undirected, no self loops"),
        *((f"relation {name}", f"{size:,} edges") for name, size in d["relations"].items()),
        ("features", f"{d['features']:,}, {100 * d['feature_density']:.3g} % of the entries are not 0"),
        ("classes", f"{d['classes']}{sizes}{unlabelled}"),
        ("homophily", homophily),
        ("components", f"{d['components']:,}"),
        ("isolated nodes", f"{d['isolated']:,}"),
        ("degree", f"mean {d['mean_degree']:.3g}, largest {d['max_degree']:,}"),
        *((f"split {name}", _split(counts)) for name, counts in d["splits"].items()),
        ("content", f"sha256 {d['checksum']}"),
        *((f"file {file['name']}", f"sha256 {file['sha256']}, {known[file['known']]}") for file in d["files"]),
    ]


def _split(counts: Iterable[int]) -> str:
    """How many nodes a split has: one number, or how many splits there are and their sizes."""
    sizes = list(counts)
    span = " to ".join(f"{size:,}" for size in sorted({min(sizes), max(sizes)}))
    return f"{span} nodes" if len(sizes) == 1 else f"{len(sizes)} splits of {span} nodes"
