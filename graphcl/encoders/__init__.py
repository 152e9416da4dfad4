"""Encoders: from features, and edges where they use them, to embeddings."""

from graphcl.encoders.gnn import GNN
from graphcl.encoders.mlp import MLP, Autoencoder
from graphcl.encoders.projector import Predictor, Projector
from graphcl.encoders.smoothing import normalized_adjacency, simple_spectral_convolution
from graphcl.encoders.spectrum import Axes, principal_axes, reduce_features, right_singular_vectors

__all__ = [
    "GNN",
    "MLP",
    "Autoencoder",
    "Axes",
    "Predictor",
    "Projector",
    "normalized_adjacency",
    "principal_axes",
    "reduce_features",
    "right_singular_vectors",
    "simple_spectral_convolution",
]
