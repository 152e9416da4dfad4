"""Heads: from embeddings to clusters."""

from graphcl.heads.kmeans import kmeans, nearest_centre
from graphcl.heads.student import StudentHead

__all__ = ["StudentHead", "kmeans", "nearest_centre"]
