"""Losses as curves in TensorBoard: pip install tensorboard, run this, then tensorboard --logdir runs."""

from torch.utils.tensorboard import SummaryWriter

import graphcl

data = graphcl.datasets.load("planted-partition", nodes=300, blocks=3, signal=3.0)

with SummaryWriter("runs/scgc-star") as writer:

    def show(report):
        """Every loss of an epoch, as a point of its curve."""
        for name, loss in report.losses.items():
            writer.add_scalar(f"{report.stage}/{name}", loss, report.epoch)

    model = graphcl.SCGCStar(n_clusters=3, hidden_channels=(64,), epochs=30).fit(data.graph, callbacks=[show])

print("ACC", graphcl.evaluation.clustering_scores(data.graph.y, model.labels_)["acc"])
