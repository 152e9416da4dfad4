"""A loss of one's own on the library's parts: Barlow Twins between two views, in place of GRACE's InfoNCE.

[Bielak, Kajdanowicz, Chawla, "Graph Barlow Twins", 2021, arXiv 2106.02466].
"""

import torch
from torch import nn

import graphcl
from graphcl.augment import Dropping
from graphcl.encoders import GNN
from graphcl.heads import KMeans
from graphcl.methods.bases.views import ViewsModule
from graphcl.objectives.redundancy import standardise_columns
from graphcl.training import NodeBatches, Runtime, Stage, adam, embed_all, train
from graphcl.validation import check_graph


class BarlowTwinsModule(ViewsModule):
    """Two augmented views of a graph whose cross-correlation goes to the identity; no negatives."""

    def forward(self, batch, step):
        """sum_i (1 - C_ii)^2 + lambda sum_{i != j} C_ij^2 of the seeds' rows, lambda = 1 / d."""
        z1, z2 = (standardise_columns(self.projected(view)) for view in self.views(batch, step))
        correlation = z1.T @ z2 / len(z1)
        diagonal = correlation.diagonal()
        off_diagonal = correlation.square().sum() - diagonal.square().sum()
        return {"invariance": (1 - diagonal).square().sum(), "redundancy": off_diagonal / len(diagonal)}


if __name__ == "__main__":
    data, runtime = graphcl.datasets.load("planted-partition").graph, Runtime.launch("cpu", seed=0)
    torch.manual_seed(0)  # of the initial weights
    views = [Dropping(0.3, 0.2), Dropping(0.3, 0.2)]  # shares of the edges and of the columns of x
    module = BarlowTwinsModule(GNN(data.num_features, 64, 32), nn.Identity(), views)
    batches = NodeBatches(module.prepare(check_graph(data)))  # checked, and without its labels
    train(module, batches, [Stage("contrast", 50, adam(1e-3, weight_decay=1e-5))], runtime)
    labels = KMeans(5, normalize=True).fit_predict(embed_all(module, batches, runtime))
    print(f"ACC {graphcl.evaluation.clustering_scores(data.y, labels)['acc']:.3f}")
