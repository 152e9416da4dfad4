"""Objectives: losses as pure functions of tensors that return a scalar, and their all-pairs sums."""

from graphcl.objectives.adjacency_reconstruction import adjacency_cross_entropy, adjacency_squared_error
from graphcl.objectives.all_pairs.choice import choose_summation
from graphcl.objectives.all_pairs.logsumexp import all_pairs_logsumexp
from graphcl.objectives.all_pairs.pair_sums import pair_sum
from graphcl.objectives.all_pairs.positives import choose_positives
from graphcl.objectives.bootstrap import bootstrap_cosine
from graphcl.objectives.community import community_edges, dense_community_aggregation, edge_density
from graphcl.objectives.context_prediction import context_prediction
from graphcl.objectives.contrast import influence_contrast
from graphcl.objectives.dilation_shrink import DinkTerms, dilation_shrink
from graphcl.objectives.discrepancy import (
    distances_to_original,
    edit_discrepancy,
    graph_discrimination,
    margin_discrepancy,
)
from graphcl.objectives.discrepancy_figures import discrepancy_figures, rank_correlation
from graphcl.objectives.divergence import clustering_divergence, target_distribution
from graphcl.objectives.group_discrimination import group_discrimination
from graphcl.objectives.grouped_contrast import decoupled_contrast, grouped_info_nce, positive_weights
from graphcl.objectives.infonce import info_nce
from graphcl.objectives.local_global import LocalGlobalTerms, local_global_jsd, next_summary_bce
from graphcl.objectives.modular_contrast import modular_contrast
from graphcl.objectives.node_to_community import community_contrast
from graphcl.objectives.nt_xent import nt_xent, view_figures
from graphcl.objectives.pair_figures import pair_figures
from graphcl.objectives.paired_bootstrap import paired_bootstrap
from graphcl.objectives.partition_quality import (
    cluster_collapse,
    cluster_orthogonality,
    map_equation,
    min_cut,
    soft_modularity,
    walk_flow,
)
from graphcl.objectives.prototypes import (
    next_centre,
    swapped_prediction,
    teacher_assignments,
    used_prototypes,
)
from graphcl.objectives.redundancy import (
    BarlowTwinsTerms,
    VICRegTerms,
    barlow_twins,
    barlow_twins_terms,
    cca_ssg,
    cca_ssg_terms,
    vicreg,
    vicreg_terms,
)
from graphcl.objectives.sampled_contrast import sampled_influence_contrast
from graphcl.objectives.scaled_cosine import scaled_cosine_error
from graphcl.objectives.schedule import communal_weights
from graphcl.objectives.similarity import SimilarityTerms, similarity_sparsity, similarity_terms
from graphcl.objectives.supervised_contrast import supervised_contrast
from graphcl.objectives.view_spectrum import effective_rank, kept_share, view_spectrum
from graphcl.objectives.walk_contrast import walk_contrast

__all__ = [
    "BarlowTwinsTerms",
    "DinkTerms",
    "LocalGlobalTerms",
    "SimilarityTerms",
    "VICRegTerms",
    "adjacency_cross_entropy",
    "adjacency_squared_error",
    "all_pairs_logsumexp",
    "barlow_twins",
    "barlow_twins_terms",
    "bootstrap_cosine",
    "cca_ssg",
    "cca_ssg_terms",
    "choose_positives",
    "choose_summation",
    "cluster_collapse",
    "cluster_orthogonality",
    "clustering_divergence",
    "communal_weights",
    "community_contrast",
    "community_edges",
    "context_prediction",
    "decoupled_contrast",
    "dense_community_aggregation",
    "dilation_shrink",
    "discrepancy_figures",
    "distances_to_original",
    "edge_density",
    "edit_discrepancy",
    "effective_rank",
    "graph_discrimination",
    "group_discrimination",
    "grouped_info_nce",
    "influence_contrast",
    "info_nce",
    "kept_share",
    "local_global_jsd",
    "map_equation",
    "margin_discrepancy",
    "min_cut",
    "modular_contrast",
    "next_centre",
    "next_summary_bce",
    "nt_xent",
    "pair_figures",
    "pair_sum",
    "paired_bootstrap",
    "positive_weights",
    "rank_correlation",
    "sampled_influence_contrast",
    "scaled_cosine_error",
    "similarity_sparsity",
    "similarity_terms",
    "soft_modularity",
    "supervised_contrast",
    "swapped_prediction",
    "target_distribution",
    "teacher_assignments",
    "used_prototypes",
    "vicreg",
    "vicreg_terms",
    "view_figures",
    "view_spectrum",
    "walk_contrast",
    "walk_flow",
]
