"""Scores of a clustering, taken after training: against known classes, or from the graph alone."""

from graphcl.agreement import Agreement
from graphcl.evaluation.agreement import agreement
from graphcl.evaluation.clustering import clustering_scores, contingency
from graphcl.evaluation.structure import conductance, modularity, structure_scores

__all__ = [
    "Agreement",
    "agreement",
    "clustering_scores",
    "conductance",
    "contingency",
    "modularity",
    "structure_scores",
]
