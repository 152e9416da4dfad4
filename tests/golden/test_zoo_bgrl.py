"""BGRL as the authors' own code computes it: rows, loss, gradients, statistics, target and schedules."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.optim import SGD
from torch_geometric.data import Data

from graphcl.encoders import GNN, Predictor
from graphcl.methods.embedders.bgrl import BGRLModule
from graphcl.training import Step, warmup_cosine
from graphcl.training.schedules import target_momentum
from tests.golden.arrays import Arrays

PARTS = {"conv": (0, 3), "norm": (1, 4), "activation": (2, 5)}
"""Which of the authors' modules is which of ours, layer by layer."""


def theirs(name: str) -> str:
    """The authors' name of a parameter or buffer of our encoder."""
    part, depth, rest = name.split(".", 2)
    return f"model.module_{PARTS[part][int(depth)]}.{rest}"


@pytest.fixture
def bgrl(golden: Path) -> Arrays:
    file = np.load(golden / "zoo" / "ssl" / "bgrl.npz")
    return Arrays({name: torch.from_numpy(value) for name, value in file.items()})


def encoder(arrays: Arrays, name: str) -> GNN:
    gnn = GNN(
        *(7, 6, 5, 2),
        norm="batch",
        norm_momentum=0.99,
        activation="prelu",
        activate_last=True,
        separate_activations=True,
    ).double()
    given = {key: arrays[f"param.{name}.{theirs(key)}"] for key, _ in gnn.named_parameters()}
    gnn.load_state_dict({**gnn.state_dict(), **given})
    return gnn


def view(arrays: Arrays, number: int):
    def given(data: Data) -> Data:
        data.x, data.edge_index = arrays[f"x{number}"], arrays[f"edge_index{number}"]
        return data

    return given


def module(arrays: Arrays) -> BGRLModule:
    predictor = Predictor(5, 8).double()
    predictor.load_state_dict({key: arrays[f"param.predictor.net.{key}"] for key in predictor.state_dict()})
    networks = encoder(arrays, "online_encoder"), encoder(arrays, "target_encoder"), predictor
    return BGRLModule(*networks, [view(arrays, 1), view(arrays, 2)], momentum=0.9)


def test_a_step_of_bgrl(bgrl):
    ours, batch = module(bgrl), Data(x=bgrl["x"], edge_index=bgrl["edge_index"], seeds=12)
    step = Step("bootstrap", 0, 0, torch.Generator())
    for number in (1, 2):
        one = view(bgrl, number)(Data(seeds=12))
        bgrl.near(module(bgrl).projected(one), f"q{number}")
        bgrl.near(module(bgrl).target_rows(one), f"y{number}")
    loss = ours(batch, step)["prediction"]
    loss.backward()
    bgrl.near(loss, "loss")
    for key, parameter in ours.encoder.named_parameters():
        bgrl.near(parameter.grad, f"grad.online_encoder.{theirs(key)}")
    for key, parameter in ours.projector.named_parameters():
        bgrl.near(parameter.grad, f"grad.predictor.net.{key}")
    for key, buffer in ours.encoder.named_buffers():
        bgrl.near(buffer.double(), f"online_buffer_after.{theirs(key)}")
    bgrl.near(ours.eval().embed(batch), "embedding_eval_after")
    with torch.no_grad():
        ours.after_step(step)
    for key, parameter in ours.target.named_parameters():
        bgrl.near(parameter, f"target_after_mm_0.9.{theirs(key)}")
        assert parameter.grad is None
    steps = bgrl["schedule_step"].tolist()
    momenta = torch.tensor([target_momentum(s, 10_000, 0.99) for s in steps], dtype=torch.float64)
    bgrl.near(momenta, "schedule_mm")
    bgrl.near(rates()[bgrl["schedule_step"]], "schedule_lr")
    inputs = {"x", "edge_index", "x1", "edge_index1", "x2", "edge_index2", "schedule_step"}
    assert {name for name in bgrl if not name.startswith("param.")} == bgrl.compared | inputs


def rates() -> torch.Tensor:
    """The learning rate of each of 10,000 steps, by torch's schedule."""
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=5e-4)
    schedule = warmup_cosine(0.1)(optimizer, 10_000)
    return torch.tensor([5e-4 * schedule.lr_lambdas[0](step) for step in range(10_000)], dtype=torch.float64)
