"""Clustering heads: k-means, and trainable soft assignments, on embeddings."""

from graphcl.heads.community import CommunityHead
from graphcl.heads.kmeans import kmeans, kmeans_on_sample
from graphcl.heads.kmeans_head import KMeans
from graphcl.heads.lloyd import lloyd
from graphcl.heads.nearest import nearest_centre
from graphcl.heads.starts import kmeans_starts
from graphcl.heads.student import StudentHead

__all__ = [
    "CommunityHead",
    "KMeans",
    "StudentHead",
    "kmeans",
    "kmeans_on_sample",
    "kmeans_starts",
    "lloyd",
    "nearest_centre",
]
