"""A method of one's own: the graph autoencoder, GAE [Kipf and Welling, 2016, arXiv 1611.07308]."""

from dataclasses import dataclass

import torch

import graphcl
from graphcl.methods.bases.gnn import EncoderModule, GNNEmbedder
from graphcl.training import Stage, adam


class GAEModule(EncoderModule):
    """Predicts the edges, against as many random pairs of nodes, by inner products of embeddings."""

    def forward(self, batch, step):
        z, edges = self.embed(batch), batch.get("seed_edge_index", batch.edge_index)  # of the seeds alone
        pairs = torch.randint(batch.seeds, edges.shape, generator=step.generator, device=z.device)
        inner = [(z.index_select(0, i) * z.index_select(0, j)).sum(1) for i, j in (edges, pairs)]
        return {"edges": torch.nn.functional.softplus(torch.stack([-inner[0], inner[1]])).mean(1).sum()}


@dataclass(kw_only=True, eq=False, repr=False)
class GAE(GNNEmbedder):  # in this folder: graphcl cluster own_method:GAE planted-partition --set epochs=50
    """Graph autoencoder; sampled batches, checkpoints, `n_clusters` and `--set` come with the base."""

    name = "my-gae"  # in a suite: methods = ["own_method:GAE", "dgi"]
    epochs: int = 100

    def _build(self, data):
        return GAEModule(self._encoder(data))

    def _stages(self):
        return [Stage("reconstruct", self.epochs, adam(lr=1e-3), induced=True, **self._sampling())]


if __name__ == "__main__":
    blocks = graphcl.datasets.load("planted-partition").graph
    labels = GAE(n_clusters=5, batch_size=128, fanouts=(10, 10), seed=0).fit_predict(blocks)
    print(f"ACC {graphcl.evaluation.clustering_scores(blocks.y, labels)['acc']:.3f}")
