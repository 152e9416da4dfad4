"""Evaluations of frozen embeddings that are runs of their own: link prediction, and graph-level scores."""
