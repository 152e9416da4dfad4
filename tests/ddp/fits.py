"""What the ranks run: estimators fitted on a small graph, as `graphcl train` and a user's script do."""

from pathlib import Path
from typing import Any

import torch

import graphcl
from graphcl.training import Checkpoint, GraphEstimator, Interrupted

WIDTHS = {"hidden_channels": 8, "out_channels": 4}
SAMPLED = {"batch_size": 14, "fanouts": (-1, -1), "epochs": 2, **WIDTHS}
FEATURES = {
    "hidden_channels": (8,),
    "out_channels": 4,
    "pretrain_epochs": 2,
    "pretrain_batch_size": 14,
    "n_init": 2,
}


def graph() -> Any:
    """37 nodes: the last step of 14 takes 9 of them, five on rank 0 and four on rank 1."""
    return graphcl.datasets.load("planted-partition", nodes=37, blocks=3, features=6, degree_in=6.0).graph


def estimator(name: str, settings: dict[str, Any]) -> GraphEstimator:
    return graphcl.METHODS[name](**{"seed": 3, "device": "cpu", **settings})


def fitted(name: str, settings: dict[str, Any]) -> dict[str, Any]:
    """What a fit leaves on this rank."""
    return left(estimator(name, settings).fit(graph()))


def left(model: GraphEstimator) -> dict[str, Any]:
    return {
        "state": model.module_.state_dict(),
        "embedding": model.embedding_,
        "labels": getattr(model, "labels_", None),
        "history": model.history_,
        "stages": [stage["name"] for stage in model.stages_],
    }


def fitted_graphs(name: str) -> dict[str, Any]:
    """The same of a method of whole graphs, on rings with a chord."""
    model = graphcl.METHODS[name](domain="social", channels=8, epochs=2, batch_size=6, seed=3, device="cpu")
    return left(model.fit([ring(size) for size in range(4, 15)]))


def ring(size: int) -> Any:
    from torch_geometric.data import Data

    one = torch.stack([torch.arange(size), (torch.arange(size) + 1) % size])
    edge_index = torch.cat([one, one.flip(0), torch.tensor([[0, 2], [2, 0]])], dim=1)
    return Data(x=torch.bincount(edge_index[0])[:, None], edge_index=edge_index)


def stopped_and_resumed(path: Path, settings: dict[str, Any], *, resume: bool) -> dict[str, Any] | int:
    """A training that rank 1 is asked to stop within its second epoch, or the rest of it."""
    checkpoint = Checkpoint(path, every=1e9)
    if resume:
        return left(estimator("scgc-star", settings).fit(graph(), checkpoint=checkpoint))

    steps = 0
    due = checkpoint.due

    def due_at_fifth() -> bool:
        nonlocal steps
        steps += 1
        checkpoint.stop = steps == 5 and graphcl.ops.machine.distributed.rank() == 1
        return due()

    checkpoint.due = due_at_fifth  # type: ignore[method-assign]
    try:
        estimator("scgc-star", settings).fit(graph(), checkpoint=checkpoint)
    except Interrupted:
        return steps
    raise AssertionError("it was not stopped")


def refused(name: str, settings: dict[str, Any]) -> str:
    """The error that each rank raises before anything is computed."""
    try:
        estimator(name, settings).fit(graph())
    except ValueError as error:
        return str(error)
    return ""
