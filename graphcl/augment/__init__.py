"""Augmentation: views of a graph, drawn from an explicit generator; nothing is changed in place."""

from graphcl.augment.centrality import (
    degree_centrality,
    eigenvector_centrality,
    lazy_walk,
    node_centrality,
    pagerank,
)
from graphcl.augment.edges import drop_edges, keep_edges
from graphcl.augment.features import keep_columns, mask_columns
from graphcl.augment.importance import (
    edge_drop_probabilities,
    edge_drop_weights,
    feature_drop_probabilities,
    feature_drop_weights,
)

__all__ = [
    "degree_centrality",
    "drop_edges",
    "edge_drop_probabilities",
    "edge_drop_weights",
    "eigenvector_centrality",
    "feature_drop_probabilities",
    "feature_drop_weights",
    "keep_columns",
    "keep_edges",
    "lazy_walk",
    "mask_columns",
    "node_centrality",
    "pagerank",
]
