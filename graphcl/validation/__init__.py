"""Checks between a user's input and the computation; each error says what, got, and what to do."""

from graphcl.validation.graph import check_graph
from graphcl.validation.graphs import check_both_directions, check_graphs
from graphcl.validation.parameters import check_callbacks, check_parameters

__all__ = ["check_both_directions", "check_callbacks", "check_graph", "check_graphs", "check_parameters"]
