"""Graphs in the formats that users have: edge lists, GraphML, GML, Matrix Market, SciPy and networkx."""
