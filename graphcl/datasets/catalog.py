"""Every dataset with a name, written out: what it is, whose it is, and what reads it."""

import difflib
import os
from dataclasses import dataclass, field
from typing import NamedTuple

from graphcl.datasets.citation import planetoid
from graphcl.datasets.embedded import digits, karate
from graphcl.datasets.npz_peek import peek
from graphcl.datasets.places import Places, canonical, find_places
from graphcl.datasets.sources import Embedded, NpzFile, Source
from graphcl.datasets.synthetic import planted_partition


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


class Listed(NamedTuple):
    """A row of the table of datasets: an `Entry` without its source, and whether its files are here."""

    name: str
    nodes: int | None
    edges: int | None
    features: int | None
    classes: int | None
    licence: str
    origin: str
    present: bool


def _sdcn(name: str, *digests: str) -> NpzFile:
    """A dataset of SDCN's benchmark: no class offers it, so it is one npz file."""
    return NpzFile(f"npz/{name}_sdcn.npz", frozenset(digests))


_ACM = "cbd710c6d86387f02b45c36ea0b1e5cad09479c6b0b89cd51407399d6b02a594"
_USPS = "ec73932ecd3ce322b6f69527942c510ebb5a871291e822a846b2958b76a7c70e"
_PLANETOID = "github.com/kimiyoung/planetoid"
_SDCN = "github.com/bdy9527/SDCN"

CATALOG: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry("digits", 1797, 3884, 64, 10, "CC BY 4.0", "UCI, in scikit-learn", Embedded(digits)),
        Entry("karate", 34, 78, 34, 2, "none stated", "Zachary 1977, in networkx", Embedded(karate)),
        Entry("planted-partition", 500, None, 32, 5, "none needed", "generated", Embedded(planted_partition)),
        Entry("cora", 2708, 5278, 1433, 7, "MIT", _PLANETOID, planetoid("Cora")),
        Entry("citeseer", 3327, 4552, 3703, 6, "MIT", _PLANETOID, planetoid("CiteSeer")),
        Entry("pubmed", 19717, 44324, 500, 3, "MIT", _PLANETOID, planetoid("PubMed")),
        # SDCN's CITE is CiteSeer: the same nodes, edges and labels. In both, 15 unlabelled nodes are in class 0.
        Entry("cite", 3327, 4552, 3703, 6, "MIT", _PLANETOID, planetoid("CiteSeer")),
        Entry("acm", 3025, 13128, 1870, 3, "MIT", "github.com/zhumeiqiBUPT/AM-GCN", _sdcn("acm", _ACM)),
        Entry("dblp", 4057, 3528, 334, 4, "none stated", _SDCN, _sdcn("dblp")),
        Entry("usps", 9298, 21452, 256, 10, "none stated", _SDCN, _sdcn("usps", _USPS)),
        Entry("hhar", 10299, 38039, 561, 6, "none stated", _SDCN, _sdcn("hhar")),
        Entry("reut", 10000, 27867, 2000, 4, "none stated", _SDCN, _sdcn("reut")),
    )
}


def find(name: str, places: Places) -> Entry:
    """The entry of a name; hyphens, underscores and case do not matter.

    Args:
        name: A name of the catalogue, or NAME for a file `npz/NAME.npz`.
        places: Where to look for such a file.

    Returns:
        The entry.

    Raises:
        ValueError: If there is no such dataset; the message lists close and all names.
    """
    key = canonical(name)
    if key in CATALOG:
        return CATALOG[key]
    files = _uncatalogued(places)
    if key in files:
        return _entry(key, files[key], places)
    known = [*CATALOG, *files]
    close = difflib.get_close_matches(key, known)
    hint = f" (did you mean {' or '.join(close)}?)" if close else ""
    raise ValueError(
        f"no dataset is named {name!r}{hint}; there are {', '.join(known)}; a path to an .npz file works as well"
    )


def names(root: str | os.PathLike[str] | None = None) -> list[str]:
    """Every name that `load` knows here.

    Args:
        root: As for `load`.

    Returns:
        The names of the catalogue, then those of further files `npz/NAME.npz`.

    Raises:
        FileNotFoundError: If the folder named by `root` or by GRAPHCL_DATA does not exist.

    Example:
        >>> names()[:3]
        ['digits', 'karate', 'planted-partition']
    """
    return [*CATALOG, *_uncatalogued(find_places(root))]


def listing(root: str | os.PathLike[str] | None = None) -> list[Listed]:
    """One row per dataset, in the order of `names`.

    Args:
        root: As for `load`.

    Returns:
        The rows. `edges` counts undirected edges; None stands for what is unknown before reading.

    Raises:
        FileNotFoundError: If the folder named by `root` or by GRAPHCL_DATA does not exist.

    Example:
        >>> listing()[1]._replace(licence="", origin="")
        Listed(name='karate', nodes=34, edges=78, features=34, classes=2, licence='', origin='', present=True)
    """
    places = find_places(root)
    entries = [*CATALOG.values(), *(_entry(key, file, places) for key, file in _uncatalogued(places).items())]
    return [
        Listed(e.name, e.nodes, e.edges, e.features, e.classes, e.licence, e.origin, e.source.present(places))
        for e in entries
    ]


def _uncatalogued(places: Places) -> dict[str, str]:
    """The npz files that belong to no entry of the catalogue, by canonical name."""
    taken = {entry.source.file for entry in CATALOG.values() if isinstance(entry.source, NpzFile)}
    files = places.npz_files()
    return {key: files[key] for key in sorted(files) if files[key] not in taken and key not in CATALOG}


def _entry(key: str, file: str, places: Places) -> Entry:
    """An entry for a file that the catalogue does not know, with what a look at it tells."""
    folder = places.folder_with([file])
    seen = peek((folder or places.cache) / file)
    source = NpzFile(file)
    return Entry(key, seen.nodes, seen.edges, seen.features, seen.classes, "see its source", file, source)
