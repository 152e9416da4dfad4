"""Batches: samples of nodes, parts of a graph, batches of graphs, and how they are drawn."""
