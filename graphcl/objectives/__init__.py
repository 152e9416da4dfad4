"""Objectives: pure functions of tensors that return a scalar, and the sums they are made of."""

from graphcl.objectives.contrast import influence_contrast
from graphcl.objectives.divergence import clustering_divergence, target_distribution
from graphcl.objectives.influence import cumulative_influence, transition_matrix, walk_power
from graphcl.objectives.partition import log_partition
from graphcl.objectives.partition_choice import choose_partition

__all__ = [
    "choose_partition",
    "clustering_divergence",
    "cumulative_influence",
    "influence_contrast",
    "log_partition",
    "target_distribution",
    "transition_matrix",
    "walk_power",
]
