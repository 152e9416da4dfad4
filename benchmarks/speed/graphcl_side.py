"""One method of graphcl on Cora at PyAGC's settings, from reading the data to clusters: our side of peers.py.

    GRAPHCL_DATA=... python benchmarks/speed/graphcl_side.py dgi --epochs 300

It prints a line of JSON: the scores and the settings.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from graphcl import __version__
from graphcl.datasets import load
from graphcl.evaluation import clustering_scores
from graphcl.methods import get
from graphcl.recipes import check_recipe

ONE_LAYER = {"out_channels": 512, "num_layers": 1, "activation": "prelu", "n_init": 10}
SETTINGS: dict[str, dict[str, Any]] = {
    "ns4gc": {"n_init": 10},
    "dmon": {
        "encoder": "gcn", "row_normalize": True, "out_channels": 64, "num_layers": 1, "activation": "selu",
        "dropout": 0.5, "head_dropout": 0.0, "logits": "centres", "collapse_weight": 1.0, "lr": 1e-3,
        "weight_decay": 1e-5,
    },
    "dgi": {**ONE_LAYER, "lr": 1e-3},
    "cca-ssg": {
        "hidden_channels": 512, "out_channels": 512, "num_layers": 2, "activation": "relu", "n_init": 10,
        "edge_rate": 0.4, "feature_rate": 0.1, "decorrelation_weight": 1e-3, "lr": 1e-3,
    },
    "dink-net": {
        **ONE_LAYER, "lr": 1e-2, "feature_rate": 0.0, "refine_lr": 1e-3, "alpha": 1.0, "dilation": "paper",
    },
}  # fmt: skip
"""Those of PyAGC's train.conf.yaml for Cora, see pyagc_side.py, by our names; besides what `RECIPES` have."""

RECIPES = {"ns4gc": "pyagc-cora"}


def main() -> None:
    """Read, train, cluster, score, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", choices=SETTINGS)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--refine-epochs", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rows", type=Path, help="also write the embedding to this file (.npy)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    data = load("cora")
    settings = {**SETTINGS[options.name], "epochs": options.epochs, "seed": options.seed, "device": "cpu"}
    if options.refine_epochs:
        settings["refine_epochs"] = options.refine_epochs
    recipe = RECIPES.get(options.name, "default")
    check_recipe(recipe, [options.name])
    model = get(options.name).from_recipe(recipe, n_clusters=data.num_classes, **settings)
    scores = clustering_scores(data.graph.y, model.fit_predict(data.graph))
    if options.rows:
        np.save(options.rows, model.embedding_.numpy())
    print(json.dumps({"version": __version__, "acc": scores["acc"], "nmi": scores["nmi"]}))


if __name__ == "__main__":
    main()
