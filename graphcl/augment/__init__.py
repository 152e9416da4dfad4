"""Graph augmentation: random views of a graph or of a batch of graphs; the input is never changed.

Functions take and return tensors, on any device. Each has a class of the same name that is an `Augmenter`: a PyG
transform of `Data` that also takes a generator. `apply` calls augmenters, PyG's transforms and other functions of
`Data` alike, and `prepare` attaches to the whole graph what their draws depend on.
"""

from graphcl.augment.augmenter import Augmenter, apply, prepare
from graphcl.augment.batch_augmenters import EditCandidates, GraphViews
from graphcl.augment.centrality import (
    degree_centrality,
    eigenvector_centrality,
    lazy_walk,
    node_centrality,
    pagerank,
)
from graphcl.augment.diffusion import heat_diffusion, pagerank_diffusion
from graphcl.augment.diffusion_transforms import HeatDiffusion, PageRankDiffusion
from graphcl.augment.dropping import Dropping
from graphcl.augment.edges import add_edges, drop_edges, keep_edges
from graphcl.augment.edits.budgets import EditScheme, edit_budgets, share_of
from graphcl.augment.edits.candidates import edit_candidates
from graphcl.augment.edits.exchange import Exchange, exchange_edges
from graphcl.augment.edits.growth import grow_subgraphs
from graphcl.augment.edits.new_edges import NewAttributes, draw_bonds, draw_bonds_per_direction, draw_evidence
from graphcl.augment.edits.pairs import count_pairs, draw_free_pairs, pair_number, pair_of_number
from graphcl.augment.edits.regions import Region, draw_centres, within_hops
from graphcl.augment.edits.subsets import draw_subsets
from graphcl.augment.entry_dropping import EntryDropping
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
    mask_column_share,
    mask_columns,
    mask_rows,
    shuffle_rows,
)
from graphcl.augment.graph_views import graph_views
from graphcl.augment.half_hop import HalfHop, append_mixed_rows, half_hop
from graphcl.augment.importance import (
    edge_drop_probabilities,
    edge_drop_weights,
    feature_drop_probabilities,
    feature_drop_weights,
)
from graphcl.augment.nodes import drop_nodes, induced_subgraph, random_walk_subgraph, random_walks
from graphcl.augment.parameters import perturb_parameters
from graphcl.augment.relation_dropping import RelationDropping, relation_graphs
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
    "Augmenter",
    "DropEdges",
    "DropEntries",
    "DropNodes",
    "Dropping",
    "EditCandidates",
    "EditScheme",
    "EntryDropping",
    "Exchange",
    "GraphViews",
    "HalfHop",
    "HeatDiffusion",
    "MaskColumns",
    "MaskRows",
    "NewAttributes",
    "PageRankDiffusion",
    "RandomWalkSubgraph",
    "Region",
    "RelationDropping",
    "ShuffleRows",
    "add_edges",
    "add_noise",
    "append_mixed_rows",
    "apply",
    "count_pairs",
    "degree_centrality",
    "draw_bonds",
    "draw_bonds_per_direction",
    "draw_centres",
    "draw_evidence",
    "draw_free_pairs",
    "draw_subsets",
    "drop_edges",
    "drop_entries",
    "drop_nodes",
    "edge_drop_probabilities",
    "edge_drop_weights",
    "edit_budgets",
    "edit_candidates",
    "eigenvector_centrality",
    "exchange_edges",
    "feature_drop_probabilities",
    "feature_drop_weights",
    "graph_views",
    "grow_subgraphs",
    "half_hop",
    "heat_diffusion",
    "induced_subgraph",
    "keep_columns",
    "keep_edges",
    "lazy_walk",
    "mask_column_share",
    "mask_columns",
    "mask_rows",
    "node_centrality",
    "pagerank",
    "pagerank_diffusion",
    "pair_number",
    "pair_of_number",
    "perturb_parameters",
    "prepare",
    "random_walk_subgraph",
    "random_walks",
    "relation_graphs",
    "share_of",
    "shuffle_rows",
    "within_hops",
]
