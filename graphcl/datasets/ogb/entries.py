"""Catalogue entries of the OGB datasets; their undirected edges are counted when they are read."""

from graphcl.datasets.entry import Entry
from graphcl.datasets.ogb.sets import SETS, OgbSet
from graphcl.datasets.ogb.source import OgbFiles


def _entry(key: str, facts: OgbSet) -> Entry:
    source, origin = OgbFiles(key), "ogb.stanford.edu"
    if facts.kind == "graph":
        return Entry(key, None, None, 2, None, facts.licence, origin, source, facts.graphs, facts.outputs)
    return Entry(key, facts.nodes, None, facts.features, facts.outputs or None, facts.licence, origin, source)


OGB = tuple(_entry(key, facts) for key, facts in SETS.items())
