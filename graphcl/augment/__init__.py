"""Augmentation: views of a graph, drawn from an explicit generator; nothing is changed in place.

Functions take and return tensors, on any device; the classes are the same as transforms of PyG's `Data`.
"""

from graphcl.augment.centrality import (
    degree_centrality,
    eigenvector_centrality,
    lazy_walk,
    node_centrality,
    pagerank,
)
from graphcl.augment.diffusion import heat_diffusion, pagerank_diffusion
from graphcl.augment.diffusion_transforms import HeatDiffusion, PageRankDiffusion
from graphcl.augment.edges import add_edges, drop_edges, keep_edges
from graphcl.augment.feature_transforms import (
    AdaptiveMaskColumns,
    AddNoise,
    DropEntries,
    MaskColumns,
    MaskRows,
    ShuffleRows,
)
from graphcl.augment.features import (
    add_noise,
    drop_entries,
    keep_columns,
    mask_columns,
    mask_rows,
    shuffle_rows,
)
from graphcl.augment.importance import (
    edge_drop_probabilities,
    edge_drop_weights,
    feature_drop_probabilities,
    feature_drop_weights,
)
from graphcl.augment.nodes import drop_nodes, induced_subgraph, random_walk_subgraph, random_walks
from graphcl.augment.transforms import (
    AdaptiveDropEdges,
    AddEdges,
    DropEdges,
    DropNodes,
    RandomWalkSubgraph,
)

__all__ = [
    "AdaptiveDropEdges",
    "AdaptiveMaskColumns",
    "AddEdges",
    "AddNoise",
    "DropEdges",
    "DropEntries",
    "DropNodes",
    "HeatDiffusion",
    "MaskColumns",
    "MaskRows",
    "PageRankDiffusion",
    "RandomWalkSubgraph",
    "ShuffleRows",
    "add_edges",
    "add_noise",
    "degree_centrality",
    "drop_edges",
    "drop_entries",
    "drop_nodes",
    "edge_drop_probabilities",
    "edge_drop_weights",
    "eigenvector_centrality",
    "feature_drop_probabilities",
    "feature_drop_weights",
    "heat_diffusion",
    "induced_subgraph",
    "keep_columns",
    "keep_edges",
    "lazy_walk",
    "mask_columns",
    "mask_rows",
    "node_centrality",
    "pagerank",
    "pagerank_diffusion",
    "random_walk_subgraph",
    "random_walks",
    "shuffle_rows",
]
