"""Validation of graphs, hyper-parameters and callbacks; errors name the problem, the value and a remedy."""

from graphcl.validation.graph import check_graph
from graphcl.validation.graphs import check_both_directions, check_graphs
from graphcl.validation.parameters import check_callbacks, check_parameters

__all__ = ["check_both_directions", "check_callbacks", "check_graph", "check_graphs", "check_parameters"]
