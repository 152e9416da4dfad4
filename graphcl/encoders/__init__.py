"""Encoders: from features, and edges where they use them, to embeddings."""

from graphcl.encoders.mlp import MLP, Autoencoder

__all__ = ["MLP", "Autoencoder"]
