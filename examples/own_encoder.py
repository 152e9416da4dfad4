"""An encoder of one's own, trained by GRACE: an MLP whose rows are smoothed by APPNP.

An encoder is any module of (x, edge_index), PyG's layers and models included; `encoder=` trains a copy of it.
"""

import torch
from torch import Tensor, nn
from torch_geometric.nn import APPNP

import graphcl
from graphcl.heads import KMeans


class SmoothedMLP(nn.Module):
    """Two linear layers, then personalised PageRank over the edges [Gasteiger et al., ICLR 2019]."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(in_channels, 64), nn.ReLU(), nn.Linear(64, out_channels))
        self.propagate = APPNP(K=2, alpha=0.15)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        return self.propagate(self.mlp(x), edge_index)


if __name__ == "__main__":
    graph = graphcl.datasets.load("planted-partition").graph
    torch.manual_seed(0)  # of the initial weights: a copy of the encoder is trained as it is given
    encoder = SmoothedMLP(graph.num_features, 64)
    model = graphcl.GRACE(encoder=encoder, out_channels=64, num_layers=2, epochs=50, seed=0).fit(graph)
    labels = KMeans(5, normalize=True, seed=0).fit_predict(model.embedding_)
    print(f"ACC {graphcl.evaluation.clustering_scores(graph.y, labels)['acc']:.3f}")
