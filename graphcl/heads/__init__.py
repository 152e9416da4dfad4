"""Clustering heads: k-means, and trainable soft assignments, on embeddings."""

from graphcl.heads.assignment import AssignmentHead
from graphcl.heads.community import CommunityHead
from graphcl.heads.kmeans import kmeans
from graphcl.heads.kmeans_choice import choose_kmeans
from graphcl.heads.kmeans_head import KMeans
from graphcl.heads.kmeans_sample import kmeans_on_sample
from graphcl.heads.lloyd import lloyd
from graphcl.heads.lloyd_blocks import lloyd_in_blocks
from graphcl.heads.mini_batch import mini_batch_kmeans
from graphcl.heads.nearest import nearest_centre
from graphcl.heads.row_blocks import nearest_in_blocks
from graphcl.heads.softmax import SoftmaxHead
from graphcl.heads.spectral import spectral_clusters, spectral_embedding
from graphcl.heads.squared_unit import SquaredUnitHead
from graphcl.heads.starts import kmeans_starts
from graphcl.heads.student import StudentHead

__all__ = [
    "AssignmentHead",
    "CommunityHead",
    "KMeans",
    "SoftmaxHead",
    "SquaredUnitHead",
    "StudentHead",
    "choose_kmeans",
    "kmeans",
    "kmeans_on_sample",
    "kmeans_starts",
    "lloyd",
    "lloyd_in_blocks",
    "mini_batch_kmeans",
    "nearest_centre",
    "nearest_in_blocks",
    "spectral_clusters",
    "spectral_embedding",
]
