"""The registry of methods: command-line name -> class, imported when it is first asked for.

A method of one's own joins by `register`, by an entry point of the group `graphcl.methods`, or is named by its
path `my_module:MyMethod` wherever a name is taken.
"""

import warnings
from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar, get_args

from graphcl.importing import path_of
from graphcl.methods.lookup.importing import import_class
from graphcl.methods.lookup.kinds import Kind, check_method, method_kind
from graphcl.suggestion import did_you_mean

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from graphcl.training import GraphEstimator

GROUP = "graphcl.methods"
"""The group of entry points in which other packages offer methods."""

BUILT_IN: dict[str, tuple[Kind, str]] = {
    "two-view": ("clusterer", "graphcl.methods.shallow_clusterers.two_view:TwoView"),
    "smooth-k-means": ("clusterer", "graphcl.methods.shallow_clusterers.smooth_kmeans:SmoothKMeans"),
    "scgc": ("clusterer", "graphcl.methods.deep_clusterers.scgc:SCGC"),
    "scgc-star": ("clusterer", "graphcl.methods.deep_clusterers.scgc:SCGCStar"),
    "sdcn": ("clusterer", "graphcl.methods.deep_clusterers.sdcn:SDCN"),
    "daegc": ("clusterer", "graphcl.methods.deep_clusterers.daegc:DAEGC"),
    "dfcn": ("clusterer", "graphcl.methods.deep_clusterers.dfcn:DFCN"),
    "gcool": ("embedder", "graphcl.methods.embedders.gcool:GCooL"),
    "gcool-multiplex": ("embedder", "graphcl.methods.embedders.gcool_multiplex:GCooLMultiplex"),
    "gca": ("embedder", "graphcl.methods.embedders.gca:GCA"),
    "grace": ("embedder", "graphcl.methods.embedders.grace:GRACE"),
    "prototypes": ("embedder", "graphcl.methods.embedders.prototypes:Prototypes"),
    "dgi": ("embedder", "graphcl.methods.embedders.dgi:DGI"),
    "cca-ssg": ("embedder", "graphcl.methods.embedders.cca_ssg:CCASSG"),
    "g-bt": ("embedder", "graphcl.methods.embedders.gbt:GBT"),
    "vicreg": ("embedder", "graphcl.methods.embedders.vicreg:VICReg"),
    "bgrl": ("embedder", "graphcl.methods.embedders.bgrl:BGRL"),
    "dmon": ("clusterer", "graphcl.methods.deep_clusterers.dmon:DMoN"),
    "mincut": ("clusterer", "graphcl.methods.deep_clusterers.mincut:MinCut"),
    "neuromap": ("clusterer", "graphcl.methods.deep_clusterers.neuromap:Neuromap"),
    "dgcluster": ("embedder", "graphcl.methods.deep_clusterers.dgcluster:DGCluster"),
    "ns4gc": ("embedder", "graphcl.methods.deep_clusterers.ns4gc:NS4GC"),
    "magi": ("embedder", "graphcl.methods.deep_clusterers.magi:MAGI"),
    "s3gc": ("embedder", "graphcl.methods.deep_clusterers.s3gc:S3GC"),
    "ggd": ("embedder", "graphcl.methods.embedders.ggd:GGD"),
    "dink-net": ("clusterer", "graphcl.methods.deep_clusterers.dink_net:DinkNet"),
    "graph-mae": ("embedder", "graphcl.methods.embedders.graph_mae:GraphMAE"),
    "afgrl": ("embedder", "graphcl.methods.embedders.afgrl:AFGRL"),
    "graph-mae2": ("embedder", "graphcl.methods.embedders.graph_mae2:GraphMAE2"),
    "mvgrl": ("embedder", "graphcl.methods.embedders.mvgrl:MVGRL"),
    "random-gnn": ("embedder", "graphcl.methods.embedders.random_gnn:RandomGNN"),
    "ms2cag": ("clusterer", "graphcl.methods.shallow_clusterers.ms2cag:MS2CAG"),
    "sagsc": ("clusterer", "graphcl.methods.shallow_clusterers.sagsc:SAGSC"),
    "ssgc": ("clusterer", "graphcl.methods.shallow_clusterers.ssgc:SSGC"),
    "autoencoder-k-means": ("embedder", "graphcl.methods.deep_clusterers.autoencoder_kmeans:AutoencoderKMeans"),
    "k-means": ("clusterer", "graphcl.methods.shallow_clusterers.feature_kmeans:FeatureKMeans"),
    "leiden": ("clusterer", "graphcl.methods.shallow_clusterers.leiden:Leiden"),
    "dsla": ("graphs", "graphcl.methods.pretrainers.dsla:DSLA"),
    "attr-masking": ("graphs", "graphcl.methods.pretrainers.attr_masking:AttrMasking"),
    "edge-pred": ("graphs", "graphcl.methods.pretrainers.edge_pred:EdgePred"),
    "graph-cl": ("graphs", "graphcl.methods.pretrainers.graph_cl:GraphCL"),
    "simgrace": ("graphs", "graphcl.methods.pretrainers.simgrace:SimGRACE"),
    "infograph": ("graphs", "graphcl.methods.pretrainers.infograph:InfoGraph"),
    "infomax": ("graphs", "graphcl.methods.pretrainers.infomax:Infomax"),
    "graph-mae-graphs": ("graphs", "graphcl.methods.pretrainers.graph_mae_graphs:GraphMAEGraphs"),
    "joao": ("graphs", "graphcl.methods.pretrainers.joao:JOAO"),
    "context-pred": ("graphs", "graphcl.methods.pretrainers.context_pred:ContextPred"),
    "mvgrl-graphs": ("graphs", "graphcl.methods.pretrainers.mvgrl_graphs:MVGRLGraphs"),
}
"""The methods of graphcl: one line each, name -> (kind, path of the class)."""

Registered = TypeVar("Registered", bound="type[GraphEstimator]")


class Registry(Mapping[str, "type[GraphEstimator]"]):
    """Methods by name. Iterating over names imports nothing; a class is imported when it is asked for.

    `items()` and `values()` leave out an entry point that cannot be loaded, with a warning that names it; asking
    for it by name is an error.

    Args:
        built_in: name -> (kind, path of the class).
        group: of the entry points in which other packages offer methods; they are looked up when first needed.
    """

    def __init__(self, built_in: Mapping[str, tuple[Kind, str]], group: str = GROUP) -> None:
        self._built_in = dict(built_in)
        self._group = group
        self._added: dict[str, type[GraphEstimator]] = {}

    def __getitem__(self, name: str) -> "type[GraphEstimator]":
        if name in self._added:
            return self._added[name]
        if name in self._built_in:
            module, cls = self._built_in[name][1].split(":")
            own: type[GraphEstimator] = getattr(import_module(module), cls)
            return own
        return self._load(self._offered[name])

    def __contains__(self, name: object) -> bool:
        return name in self._built_in or name in self._added or name in self._offered

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._built_in, *self._offered, *self._added)))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def items(self) -> ItemsView[str, "type[GraphEstimator]"]:
        """Names and classes."""
        return self._loaded().items()

    def values(self) -> ValuesView["type[GraphEstimator]"]:
        """Classes."""
        return self._loaded().values()

    def kind(self, name: str) -> Kind:
        """What a method is: "embedder", "clusterer" or "graphs"; imports it only if it is not one of graphcl's."""
        return self._built_in[name][0] if name in self._built_in else method_kind(self[name])

    def of_kind(self, *kinds: Kind) -> list[str]:
        """Names of the methods of some kinds; see the function of this name."""
        if unknown := set(kinds).difference(get_args(Kind)):
            raise ValueError(f"a kind must be one of {', '.join(get_args(Kind))}; got {min(unknown)!r}")
        foreign = {name: method_kind(cls) for name, cls in self._loaded(foreign=True).items()}
        return [name for name in self if (foreign.get(name) or self._built_in.get(name, ("",))[0]) in kinds]

    def classes(self) -> dict[str, str]:
        """Class name -> module, of the methods of graphcl."""
        paths = (path.split(":") for _, path in self._built_in.values())
        return {cls: module for module, cls in paths}

    def add(self, cls: "type[GraphEstimator]") -> None:
        """Check a class, and register it under its `name`; see `register`."""
        check_method(cls)
        there = self._path(cls.name)
        if there not in (None, path_of(cls)):
            raise ValueError(
                f"the method name {cls.name!r} belongs to {there}; give {path_of(cls)} another `name` than that"
            )
        self._added[cls.name] = cls

    @cached_property
    def _offered(self) -> "dict[str, EntryPoint]":
        """The entry points by name; one whose name is a method of graphcl is left out, with a warning."""
        from importlib.metadata import entry_points

        offered: dict[str, EntryPoint] = {}
        for point in entry_points(group=self._group):
            there = self._built_in.get(point.name, ("", ""))[1] or getattr(offered.get(point.name), "value", "")
            if there and there != point.value:
                warnings.warn(f"{_told(point)} is left out: its name belongs to {there}", stacklevel=3)
            elif not there:
                offered[point.name] = point
        return offered

    def _path(self, name: str) -> str | None:
        """The path of the class that has a name; None where the name is free."""
        if name in self._added:
            return path_of(self._added[name])
        if name in self._built_in:
            return self._built_in[name][1]
        if name not in self._offered:
            return None
        try:
            return path_of(self[name])
        except ValueError:  # a broken entry point has its name all the same
            return self._offered[name].value

    def _load(self, point: "EntryPoint") -> "type[GraphEstimator]":
        try:
            cls: type[GraphEstimator] = import_class(f"{point.module}:{point.attr}")
            check_method(cls)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{_told(point)} cannot be loaded: {error}") from error
        if cls.name != point.name:
            raise ValueError(f"{_told(point)} must have the name of its class; got {cls.name!r} there")
        self._added[point.name] = cls
        return cls

    def _loaded(self, *, foreign: bool = False) -> "dict[str, type[GraphEstimator]]":
        """Every class, or only those from outside of graphcl; warns of entry points that cannot be loaded."""
        found = {}
        for name in self:
            if foreign and name in self._built_in:
                continue
            try:
                found[name] = self[name]
            except ValueError as error:
                if name not in self._offered:
                    raise
                warnings.warn(str(error), stacklevel=3)
        return found


METHODS = Registry(BUILT_IN)
"""Every method by its name on the command line: those of graphcl, of entry points, and those registered."""


def of_kind(*kinds: Kind) -> list[str]:
    """Names of the methods of some kinds; imports no method of graphcl.

    Raises:
        ValueError: an unknown kind.

    Example:
        >>> of_kind("graphs")[:4]
        ['dsla', 'attr-masking', 'edge-pred', 'graph-cl']
    """
    return METHODS.of_kind(*kinds)


def get(name: str) -> "type[GraphEstimator]":
    """The class of a method.

    Args:
        name: a registered name, or "module:Class" for any class that can be imported, from the current folder
            too; such a class is registered under its own `name`.

    Raises:
        ValueError: there is none, its name belongs to another class, or it cannot be a method.

    Example:
        >>> get("dgi").__name__, get("graphcl.methods.embedders.dgi:DGI").__name__
        ('DGI', 'DGI')
    """
    if ":" in name:
        cls: type[GraphEstimator] = import_class(name)
        METHODS.add(cls)
        return cls
    check_method_name(name)
    return METHODS[name]


def check_method_name(name: str) -> None:
    """Refuse a name that no method has; imports no method, and leaves a path "module:Class" to `get`.

    Raises:
        ValueError: there is none.

    Example:
        >>> check_method_name("dig")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        ValueError: no method is named 'dig' (did you mean dgi?); choose among ..., or give module:Class
    """
    if ":" not in name and name not in METHODS:
        hint, known = did_you_mean(name, METHODS), ", ".join(METHODS)
        raise ValueError(f"no method is named {name!r}{hint}; choose among {known}, or give module:Class")


def register(cls: Registered) -> Registered:
    """Register a method under its `name`, so that it can be named wherever those of graphcl can; a decorator.

    Runs of a suite are processes of their own, which import the class from its module: one that is defined in a
    notebook, or in the script that is run, can be registered and fitted, but not benchmarked.

    Args:
        cls: a dataclass that derives from `graphcl.training.GraphEstimator` and has a `name`.

    Raises:
        TypeError: another kind of class.
        ValueError: a bad name, or one that belongs to another class.

    Example:
        >>> register(dict)
        Traceback (most recent call last):
            ...
        TypeError: builtins:dict is no method: it must derive from graphcl.training.GraphEstimator
    """
    METHODS.add(cls)
    return cls


def _told(point: "EntryPoint") -> str:
    package = f" of {point.dist.name}" if point.dist else ""
    return f"the entry point {point.name!r}{package} ({point.group}: {point.value})"
