"""What the catalogue knows of one dataset."""

from dataclasses import dataclass, field

from graphcl.datasets.sources.source import Source


@dataclass(frozen=True)
class Entry:
    """A dataset with a name.

    Attributes:
        name: The canonical name: lower case, with hyphens.
        nodes: Number of nodes, or their mean over graphs; None where it is not known before reading.
        edges: Number of undirected edges without self loops, or their mean over graphs, or None.
        features: Number of features, or None.
        classes: Number of classes, or None.
        licence: The licence of the data, as far as its source states one.
        origin: Where the data comes from.
        source: What reads it.
        graphs: Number of graphs, where it is a collection; None for one graph.
        tasks: Number of columns of labels, where graphs have several; or None.
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
