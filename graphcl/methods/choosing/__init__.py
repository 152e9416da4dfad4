"""Choosing without labels: among several clusterings of a graph, and the number of clusters."""
