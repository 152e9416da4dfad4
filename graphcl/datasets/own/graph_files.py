"""Graphs from GraphML and GML files, parsed by networkx after checks of what its parsers would be harmed by."""

import io
import os
import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any, Literal
from xml.parsers import expat

import networkx as nx

from graphcl.datasets.files.checksum import file_checksum
from graphcl.datasets.files.text_lines import open_bytes, open_lines
from graphcl.datasets.graph_dataset import GraphDataset
from graphcl.datasets.own.from_networkx import own_graph_of
from graphcl.datasets.own.numbering import whole_numbers
from graphcl.datasets.own.to_dataset import to_dataset
from graphcl.datasets.parameters import checked
from graphcl.typing import Seed

DEEPEST = 100
"""Levels of elements, or of lists, that a file may nest."""


@checked
def read_graph_file(
    path: str | os.PathLike[str],
    *,
    weight: str | Literal[False] = "weight",
    features: str | list[str] | None = None,
    feature_seed: Seed = 0,
    labels: str | None = None,
) -> GraphDataset:
    """Read a graph from GraphML (.graphml) or GML (.gml), perhaps with .gz; edges as in `from_networkx`.

    Args:
        path: The file. Of several graphs in a GraphML file the first is read. Nodes of GML are called by their
            labels if all are different, else by their ids.
        weight: The attribute of edges that is their weight, if any edge has it; False reads none.
        features: Names of numeric attributes of the nodes, with commas; degree, random-projection, spectral or
            one-hot (see `graphcl.datasets.own.made_features`); or a table with a row per node.
        feature_seed: Of random-projection.
        labels: An attribute of the nodes, or a table: known classes, for scores.

    Returns:
        A dataset named after the file, its rows in the order of the file's nodes, their ids in `ids`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is damaged, declares entities, nests too deeply, or features or labels do not fit.
    """
    path = Path(path)
    is_gml = path.name.lower().removesuffix(".gz").endswith(".gml")
    graph, ids = _gml(path) if is_gml else _graphml(path)
    files = {path.name: file_checksum(path)}
    own = own_graph_of(graph, path.name, weight or None, whole_numbers(ids), files)
    parameters = {
        "weight": None if weight == "weight" else weight,
        "features": features,
        "feature_seed": feature_seed or None,
        "labels": labels,
    }
    return to_dataset(own, features, labels, seed=feature_seed, parameters=parameters)


def _graphml(path: Path) -> tuple[Any, list[Hashable]]:
    with open_bytes(path, "GraphML file") as stream:
        content = stream.read()
    _check_xml(path, content)
    try:
        graph = nx.read_graphml(io.BytesIO(content))
    except Exception as error:
        raise _damaged(path, "GraphML", error) from error
    return graph, list(graph.nodes)


def _check_xml(path: Path, content: bytes) -> None:
    """Refuse XML that declares entities, which may expand without end, or nests too deeply."""
    parser = expat.ParserCreate()
    depth = 0

    def start(*_: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise ValueError(f"{path}: elements nest more than {DEEPEST} deep; GraphML needs five levels")

    def end(*_: Any) -> None:
        nonlocal depth
        depth -= 1

    def entity(*_: Any) -> None:
        raise ValueError(
            f"{path}: it declares an XML entity, which may be harmful and GraphML needs none; remove it"
        )

    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = start, end, entity
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise _damaged(path, "GraphML", error) from None


def _gml(path: Path) -> tuple[Any, list[Hashable]]:
    with open_lines(path, "GML file") as lines:
        text = [line.rstrip("\r\n") for line in lines]
    deepest = depth = 0
    for line in text:
        for bracket in re.sub(r'"[^"]*"?', "", line):
            depth += (bracket == "[") - (bracket == "]")
            deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise ValueError(f"{path}: lists nest more than {DEEPEST} deep; GML of a graph needs three levels")
    if not any(re.match(r"\s*multigraph\b", line) for line in text):  # networkx refuses repeated edges without
        text = re.sub(r"(?m)^(\s*graph\s*\[)", r"\1 multigraph 1 ", "\n".join(text), count=1).split("\n")
    try:
        graph = nx.parse_gml(text, label="id")
    except Exception as error:
        raise _damaged(path, "GML", error) from error
    labels = [attributes.get("label") for _, attributes in graph.nodes(data=True)]
    named = all(isinstance(label, str | int | float) for label in labels) and len(set(labels)) == len(labels)
    return graph, labels if named else list(graph.nodes)


def _damaged(path: Path, form: str, error: Exception) -> ValueError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return ValueError(
        f"{path}: no {form}, or damaged ({reason[:160]}); write it with networkx.write_{form.lower()}"
    )
