"""What a class must be to be a method, and which kind of method it is."""

import re
from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Literal

from graphcl.importing import path_of

if TYPE_CHECKING:
    from graphcl.training import GraphEstimator

Kind = Literal["embedder", "clusterer", "graphs"]
"""Learns an embedding of nodes, clusters being a read-out; needs or finds the number of clusters; or learns from
many graphs."""


def method_kind(cls: "type[GraphEstimator]") -> Kind:
    """The kind of a method, as its class says.

    Example:
        >>> from graphcl import DSLA, Leiden
        >>> method_kind(Leiden), method_kind(DSLA)
        ('clusterer', 'graphs')
    """
    if cls.takes == "graphs":
        return "graphs"
    return "embedder" if n_clusters_of(cls) in ("optional", "none") else "clusterer"


def n_clusters_of(cls: "type[GraphEstimator]") -> Literal["required", "optional", "found", "none"]:
    """Whether a method needs a number of clusters, may be given one for a read-out, finds it, or has no clusters.

    Example:
        >>> from graphcl import SCGC, Leiden
        >>> n_clusters_of(SCGC), n_clusters_of(Leiden)
        ('required', 'found')
    """
    field: Any = next((field for field in fields(cls) if field.name == "n_clusters"), None)
    if field is None:
        return "none"
    if field.default is MISSING and field.default_factory is MISSING:
        return "required"
    return "optional" if field.default is None else "found"


def check_method(cls: Any) -> None:
    """Refuse what cannot be registered as a method.

    Raises:
        TypeError: no class, one that is no `GraphEstimator`, or one that is no dataclass itself.
        ValueError: its `name` is missing, or holds more than letters, digits, "-", "_" and ".".
    """
    from graphcl.training import GraphEstimator

    if not isinstance(cls, type):
        raise TypeError(f"a method must be a class; got {cls!r}; register the class, not an instance")
    path = path_of(cls)
    if not issubclass(cls, GraphEstimator):
        raise TypeError(f"{path} is no method: it must derive from graphcl.training.GraphEstimator")
    if not is_dataclass(cls) or "__dataclass_fields__" not in vars(cls):
        raise TypeError(
            f"{path} must be a dataclass: write @dataclass(kw_only=True, eq=False, repr=False) above it"
        )
    name = getattr(cls, "name", None)
    if not isinstance(name, str) or not re.fullmatch(r"\w[\w.-]*", name):
        raise ValueError(
            f"{path} must have a name of letters, digits, '-', '_' and '.'; got {name!r}; "
            'write name: ClassVar[str] = "my-method"'
        )
