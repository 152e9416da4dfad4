"""Scores of a clustering, taken after training: against known classes, or from the graph alone."""

from graphcl.evaluation.clustering import clustering_scores, contingency
from graphcl.evaluation.structure import conductance, modularity, structure_scores

__all__ = ["clustering_scores", "conductance", "contingency", "modularity", "structure_scores"]
