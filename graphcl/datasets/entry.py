"""Catalogue entry of one dataset."""

from dataclasses import dataclass, field

from graphcl.datasets.sources.source import Source


@dataclass(frozen=True)
class Entry:
    """Metadata of a named dataset: sizes, licence, origin and the source that reads it.

    Attributes:
        name: The canonical name: lower case, with hyphens.
        nodes: Number of nodes, or their mean over graphs; None where it is not known before reading.
        edges: Number of undirected edges without self loops, or their mean over graphs, or None.
        features: Number of features, or None.
        classes: Number of classes, or None.
        licence: Licence of the data, if its source states one.
        origin: Where the data comes from.
        source: Reads the dataset.
        graphs: Number of graphs of a collection; None for a single graph.
        tasks: Number of tasks (columns of labels) of a collection, or None.
    """

    name: str
    nodes: int | float | None
    edges: int | float | None
    features: int | None
    classes: int | None
    licence: str
    origin: str
    source: Source = field(repr=False)
    graphs: int | None = None
    tasks: int | None = None
