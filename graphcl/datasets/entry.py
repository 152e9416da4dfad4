"""What the catalogue knows of one dataset."""

from dataclasses import dataclass, field

from graphcl.datasets.sources import Source


@dataclass(frozen=True)
class Entry:
    """A dataset with a name.

    Attributes:
        name: The canonical name: lower case, with hyphens.
        nodes: Number of nodes; None where it is not known before reading.
        edges: Number of undirected edges without self loops, or None.
        features: Number of features, or None.
        classes: Number of classes, or None.
        licence: The licence of the data, as far as its source states one.
        origin: Where the data comes from.
        source: What reads it.
    """

    name: str
    nodes: int | None
    edges: int | None
    features: int | None
    classes: int | None
    licence: str
    origin: str
    source: Source = field(repr=False)
