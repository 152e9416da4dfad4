"""Encoders: from features, and edges where they use them, to embeddings."""

from graphcl.encoders.mlp import MLP, Autoencoder
from graphcl.encoders.rows import by_rows
from graphcl.encoders.smoothing import normalized_adjacency, personalized_pagerank, simple_spectral_convolution
from graphcl.encoders.spectrum import Axes, principal_axes, reduce_features, right_singular_vectors
from graphcl.encoders.term_weights import holds_counts, inverse_document_frequency

__all__ = [
    "MLP",
    "Autoencoder",
    "Axes",
    "by_rows",
    "holds_counts",
    "inverse_document_frequency",
    "normalized_adjacency",
    "personalized_pagerank",
    "principal_axes",
    "reduce_features",
    "right_singular_vectors",
    "simple_spectral_convolution",
]
