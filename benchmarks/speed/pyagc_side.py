"""One method of PyAGC on Cora by its own package, from reading the data to clusters: the other side of peers.py.

    PYTHONPATH=FOLDER python benchmarks/speed/pyagc_side.py NAME --epochs 200 --root FOLDER/data

Written after the authors' benchmark/NAME/main.py (github.com/Cloudy1225/PyAGC at 24d3c78) on their classes: their
loader, encoder, model, training step and k-means (in torch, ten restarts), with the settings of their
train.conf.yaml, `default` and then `Cora`. Left out is what ours has no counterpart of: the log, the checkpoint
that they write whenever the loss falls, further runs of k-means, and stopping early, so that both sides run the
same number of epochs. It prints a line of JSON: the scores and what ran.
"""

import argparse
import json
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch_geometric.data import Data
from torch_geometric.nn import MLP


@dataclass(frozen=True)
class Config:
    """What train.conf.yaml says of a method on Cora."""

    epochs: int
    hidden_channels: int
    num_layers: int
    act: str
    act_last: bool = False
    lr: float = 1e-3
    wd: float = 0.0
    dropout: float = 0.0
    refine_epochs: int = 0
    refine_lr: float = 0.0
    own: dict[str, float] = field(default_factory=dict)


VIEWS = {"p_fm": 0.2, "p_ed": 0.3}
CONFIGS = {
    "NS4GC": Config(200, 64, 2, "relu", wd=1e-5, own={"s": 0.6, "tau": 0.1, "lam": 1.0, "gam": 1.0, **VIEWS}),
    "DMoN": Config(1000, 64, 1, "selu", wd=1e-5, dropout=0.5, own={"lam": 1.0}),
    "DGI": Config(300, 512, 1, "prelu", act_last=True),
    "CCASSG": Config(50, 512, 2, "relu", own={"lam": 1e-3, "p_fm": 0.1, "p_ed": 0.4}),
    "DinkNet": Config(
        200, 512, 1, "prelu", act_last=True, lr=0.01, refine_epochs=50, refine_lr=1e-3, own={"alpha": 1.0}
    ),
}
"""By the names of their classes."""


def build(name: str, config: Config, data: Data, n_clusters: int) -> Any:
    """Their model with their encoder, whose other settings are its defaults (it takes no `cached` for GCN)."""
    from pyagc import models
    from pyagc.encoders import create_tuned_gnn
    from pyagc.transforms import GSSLTransform

    width, own = config.hidden_channels, dict(config.own)
    encoder = create_tuned_gnn(
        "gcn",
        in_channels=data.num_features,
        hidden_channels=width,
        num_layers=config.num_layers,
        dropout=config.dropout,
        act=config.act,
        act_last=config.act_last,
    )
    if name in ("NS4GC", "CCASSG"):
        rates = {"p_feat_mask": own.pop("p_fm"), "p_edge_drop": own.pop("p_ed")}
        views = [GSSLTransform(**rates), GSSLTransform(**rates)]
        return getattr(models, name)(encoder, *views, **own)
    if name == "DMoN":
        return models.DMoN(encoder, width, n_clusters, **own)
    if name == "DinkNet":
        projector = MLP(in_channels=width, hidden_channels=width, out_channels=width, num_layers=1)
        return models.DinkNet(encoder, projector, n_clusters, width, **own)
    return models.DGI(width, encoder, **own)


def train(model: Any, data: Data, lr: float, wd: float, epochs: int, **options: Any) -> None:
    """Their full-batch step, `epochs` times."""
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=wd)
    for epoch in range(epochs):
        model.train_full(data, optimizer, epoch, verbose=False, **options)


def clusters(
    name: str,
    config: Config,
    data: Data,
    n_clusters: int,
    epochs: int,
    refine_epochs: int,
    rows: Path | None = None,
) -> torch.Tensor:
    """Labels after training: by k-means on unit rows, which are written to a file if asked, or the model's own."""
    from pyagc.clusters import KMeansClusterHead

    model = build(name, config, data, n_clusters)
    first = {"pretrain": True} if name == "DinkNet" else {}
    train(model, data, config.lr, config.wd, epochs, **first)
    if name == "DMoN":
        return model.infer_full(data)
    model.eval()
    with torch.no_grad():
        z = torch.nn.functional.normalize(model.embed(data.x, data.edge_index), dim=-1)
    if rows:
        np.save(rows, z.numpy())
    head = KMeansClusterHead(n_clusters, backend="torch", n_init=10, max_iter=300, random_state=0)
    labels = head.fit_predict(z)
    if not refine_epochs:
        return labels
    model.cluster_head.reset_cluster_centers(head.cluster_centers.detach())
    train(model, data, config.refine_lr, config.wd, refine_epochs, pretrain=False)
    return model.infer_full(data)


def main() -> None:
    """Read, train, cluster, score, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", choices=CONFIGS)
    parser.add_argument("--root", required=True, help="holds cora/raw, and takes what PyG makes of it")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--refine-epochs", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rows", type=Path, help="also write the rows that k-means reads to this file (.npy)")
    options = parser.parse_args()
    from pyagc.data import get_dataset
    from pyagc.metrics import label_metrics
    from pyagc.utils import set_seed

    torch.set_num_threads(1)
    set_seed(options.seed)
    x, edge_index, y = get_dataset("Cora", root=options.root)
    data, config = Data(x=x, edge_index=edge_index), CONFIGS[options.name]
    lengths = options.epochs, options.refine_epochs
    labels = clusters(options.name, config, data, int(y.max()) + 1, *lengths, rows=options.rows)
    scores = label_metrics(y, labels, metrics=("ACC", "NMI"))
    print(json.dumps({"version": version("pyagc"), **{k.lower(): float(v) for k, v in scores.items()}}))


if __name__ == "__main__":
    main()
