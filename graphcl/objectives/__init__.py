"""Objectives: pure functions of tensors that return a scalar, and the sums they are made of."""

from graphcl.objectives.contrast import influence_contrast
from graphcl.objectives.discrepancy import (
    distances_to_original,
    edit_discrepancy,
    graph_discrimination,
    margin_discrepancy,
)
from graphcl.objectives.discrepancy_figures import discrepancy_figures, rank_correlation
from graphcl.objectives.divergence import clustering_divergence, target_distribution
from graphcl.objectives.influence import (
    count_influence,
    cumulative_influence,
    transition_matrix,
    walk_power,
    walk_returns,
    walk_volumes,
)
from graphcl.objectives.partition import log_partition
from graphcl.objectives.partition_choice import choose_partition
from graphcl.objectives.positives import choose_positives
from graphcl.objectives.walks import Walks

__all__ = [
    "Walks",
    "choose_partition",
    "choose_positives",
    "clustering_divergence",
    "count_influence",
    "cumulative_influence",
    "discrepancy_figures",
    "distances_to_original",
    "edit_discrepancy",
    "graph_discrimination",
    "influence_contrast",
    "log_partition",
    "margin_discrepancy",
    "rank_correlation",
    "target_distribution",
    "transition_matrix",
    "walk_power",
    "walk_returns",
    "walk_volumes",
]
