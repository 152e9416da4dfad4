"""Encoders: GNNs, MLPs and linear smoothing from features and edges to embeddings; readouts and projectors."""

from graphcl.encoders.feature_maps.blockwise_svd import blockwise_axes, whitening
from graphcl.encoders.feature_maps.nystrom import NystromMap, draw_landmarks, mean_squared_distance
from graphcl.encoders.feature_maps.polynomial_filter import (
    geometric_weights,
    heat_weights,
    pagerank_weights,
    power_series,
    released_geometric_weights,
    ssgc_weights,
)
from graphcl.encoders.feature_maps.quadratic_map import quadratic_features
from graphcl.encoders.feature_maps.smoothing import (
    normalized_adjacency,
    personalized_pagerank,
    row_normalized_adjacency,
    simple_spectral_convolution,
)
from graphcl.encoders.feature_maps.spectrum import Axes, principal_axes, reduce_features, right_singular_vectors
from graphcl.encoders.feature_maps.term_weights import holds_counts, inverse_document_frequency, tf_idf
from graphcl.encoders.fusion import AttentionFusion, ConcatFusion, MeanFusion
from graphcl.encoders.gnn import GNN
from graphcl.encoders.graph_level.category_gnn import CategoryGNN
from graphcl.encoders.graph_level.graph_layers import join_layers
from graphcl.encoders.graph_level.molecule import MoleculeGIN, count_bonds
from graphcl.encoders.graph_level.protein import ProteinGIN
from graphcl.encoders.graph_level.readout import max_nodes, mean_and_centre, mean_nodes, sum_nodes
from graphcl.encoders.graph_level.social import SocialGCN
from graphcl.encoders.mlp import MLP, Autoencoder
from graphcl.encoders.projector import Expander, Predictor, Projector
from graphcl.encoders.shortcut_mlp import ShortcutMLP
from graphcl.encoders.skip_convolution import ChannelSkip, RootSkip

__all__ = [
    "GNN",
    "MLP",
    "AttentionFusion",
    "Autoencoder",
    "Axes",
    "CategoryGNN",
    "ChannelSkip",
    "ConcatFusion",
    "Expander",
    "MeanFusion",
    "MoleculeGIN",
    "NystromMap",
    "Predictor",
    "Projector",
    "ProteinGIN",
    "RootSkip",
    "ShortcutMLP",
    "SocialGCN",
    "blockwise_axes",
    "count_bonds",
    "draw_landmarks",
    "geometric_weights",
    "heat_weights",
    "holds_counts",
    "inverse_document_frequency",
    "join_layers",
    "max_nodes",
    "mean_and_centre",
    "mean_nodes",
    "mean_squared_distance",
    "normalized_adjacency",
    "pagerank_weights",
    "personalized_pagerank",
    "power_series",
    "principal_axes",
    "quadratic_features",
    "reduce_features",
    "released_geometric_weights",
    "right_singular_vectors",
    "row_normalized_adjacency",
    "simple_spectral_convolution",
    "ssgc_weights",
    "sum_nodes",
    "tf_idf",
    "whitening",
]
