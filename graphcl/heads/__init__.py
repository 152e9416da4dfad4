"""Heads: from embeddings to clusters."""

from graphcl.heads.community import CommunityHead
from graphcl.heads.fusion import AttentionFusion, ConcatFusion, MeanFusion
from graphcl.heads.kmeans import kmeans, kmeans_on_sample
from graphcl.heads.lloyd import lloyd
from graphcl.heads.nearest import nearest_centre
from graphcl.heads.starts import kmeans_starts
from graphcl.heads.student import StudentHead
from graphcl.heads.sums import cluster_sums

__all__ = [
    "AttentionFusion",
    "CommunityHead",
    "ConcatFusion",
    "MeanFusion",
    "StudentHead",
    "cluster_sums",
    "kmeans",
    "kmeans_on_sample",
    "kmeans_starts",
    "lloyd",
    "nearest_centre",
]
