"""Encoders: GNNs, MLPs and linear smoothing from features and edges to embeddings; readouts and projectors."""

from graphcl.encoders.fusion import AttentionFusion, ConcatFusion, MeanFusion
from graphcl.encoders.gnn import GNN
from graphcl.encoders.graph_layers import join_layers
from graphcl.encoders.mlp import MLP, Autoencoder
from graphcl.encoders.molecule import MoleculeGIN, count_bonds
from graphcl.encoders.nystrom import NystromMap, draw_landmarks, mean_squared_distance
from graphcl.encoders.projector import Predictor, Projector
from graphcl.encoders.protein import ProteinGIN
from graphcl.encoders.readout import max_nodes, mean_and_centre, mean_nodes, sum_nodes
from graphcl.encoders.skip_convolution import ChannelSkip, RootSkip
from graphcl.encoders.smoothing import normalized_adjacency, personalized_pagerank, simple_spectral_convolution
from graphcl.encoders.social import SocialGCN
from graphcl.encoders.spectrum import Axes, principal_axes, reduce_features, right_singular_vectors
from graphcl.encoders.term_weights import holds_counts, inverse_document_frequency

__all__ = [
    "GNN",
    "MLP",
    "AttentionFusion",
    "Autoencoder",
    "Axes",
    "ChannelSkip",
    "ConcatFusion",
    "MeanFusion",
    "MoleculeGIN",
    "NystromMap",
    "Predictor",
    "Projector",
    "ProteinGIN",
    "RootSkip",
    "SocialGCN",
    "count_bonds",
    "draw_landmarks",
    "holds_counts",
    "inverse_document_frequency",
    "join_layers",
    "max_nodes",
    "mean_and_centre",
    "mean_nodes",
    "mean_squared_distance",
    "normalized_adjacency",
    "personalized_pagerank",
    "principal_axes",
    "reduce_features",
    "right_singular_vectors",
    "simple_spectral_convolution",
    "sum_nodes",
]
