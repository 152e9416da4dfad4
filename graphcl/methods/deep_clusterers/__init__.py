"""Clustering of nodes by a network that is trained, or by embeddings that are made for it; one method a file."""
