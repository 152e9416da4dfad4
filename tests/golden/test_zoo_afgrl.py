"""AFGRL as the authors' own code computes it: rows, positives, loss, gradients, and the teacher after a step."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.encoders import GNN
from graphcl.methods.embedders.afgrl import AFGRLModule
from graphcl.training.schedules import target_momentum
from tests.golden.arrays import Arrays

ENCODER = {
    "stacked_gnn.0.lin.weight": "conv.0.lin.weight",
    "stacked_gnn.0.bias": "conv.0.bias",
    "stacked_bns.0.weight": "norm.0.module.weight",
    "stacked_bns.0.bias": "norm.0.module.bias",
    "stacked_prelus.0.weight": "activation.0.weight",
}
PREDICTOR = {"0": "0", "1": "1.module", "2": "2", "3": "3"}


@pytest.fixture(scope="module")
def afgrl(golden: Path) -> Arrays:
    file = np.load(golden / "zoo" / "ssl" / "afgrl.npz")
    return Arrays({key: torch.from_numpy(value) for key, value in file.items()})


def own_name(name: str) -> str:
    part, rest = name.split(".", 1)
    if part == "student_predictor":
        number, kind = rest.split(".")
        return f"predictor.{PREDICTOR[number]}.{kind}"
    return f"{'encoder' if part == 'student_encoder' else 'teacher'}.{ENCODER[rest]}"


def module_of(afgrl: Arrays) -> AFGRLModule:
    settings = {"norm": "batch", "norm_momentum": 0.01, "separate_activations": True, "activate_last": True}
    encoder = GNN(7, 6, 6, 1, activation="prelu", **settings)
    module = AFGRLModule(encoder, 6, neighbours=4, clusters=3, runs=2, renewal=1, momentum=0.9, seed=0)
    module.predictor[0], module.predictor[3] = torch.nn.Linear(6, 8), torch.nn.Linear(8, 6)
    module.predictor[1] = type(module.predictor[1])(8)
    prefix = "param."
    state = {own_name(key.removeprefix(prefix)): value for key, value in afgrl.items() if key.startswith(prefix)}
    names = {name for name, _ in module.named_parameters()}
    assert set(state) == names
    module.double().load_state_dict(state, strict=False)
    return module.train()


def pairs_in_order(pairs: Tensor) -> Tensor:
    return pairs[:, torch.argsort(pairs[0] * 16 + pairs[1])]


def test_afgrl(afgrl):
    module = module_of(afgrl)
    module.labels.rows = afgrl["cluster_labels"]
    batch = Data(x=afgrl["x"], edge_index=afgrl["edge_index"], seeds=16, n_id=torch.arange(16))
    student, teacher = module.rows(batch), module.teacher_rows(batch)
    afgrl.near(student, "student")
    pairs = module.positives(batch, student, teacher)
    theirs = afgrl["positive_pairs"]
    afgrl["positive_pairs"] = pairs_in_order(theirs)
    afgrl.near(pairs_in_order(pairs), "positive_pairs")
    loss = module.distance(student, teacher, pairs)
    loss.backward()
    afgrl.near(loss, "loss")
    everything = afgrl["torch2_explicit_zeros_positive_pairs"]
    afgrl.near(module_of(afgrl).distance(student, teacher, everything), "torch2_explicit_zeros_loss")
    gradients = {name: p.grad for name, p in module.named_parameters() if p.grad is not None}
    for key in [key for key in afgrl if key.startswith("grad.")]:
        afgrl.near(gradients.pop(own_name(key.removeprefix("grad."))), key)
    assert not gradients


def test_the_teacher_after_a_step(afgrl):
    """Their counter steps once for each tensor: each has the momentum of another step."""
    module = module_of(afgrl)
    counts = len(afgrl["ema_beta_by_counter"])
    ours = torch.tensor([target_momentum(done, 100, 0.9) for done in range(counts)], dtype=torch.double)
    afgrl.near(ours, "ema_beta_by_counter")
    before = {name: value.clone() for name, value in module.teacher.named_parameters()}
    names = [own_name(f"teacher_encoder.{key}").removeprefix("teacher.") for key in ENCODER]
    assert set(names) == set(before)
    keys = {own: f"teacher_after_first_update.{key}" for key, own in ENCODER.items()}
    student = dict(module.encoder.named_parameters())
    for counter, name in enumerate(given_order(afgrl)):
        own = ENCODER[name]
        beta = float(afgrl["ema_beta_by_counter"][counter])
        afgrl.near(beta * before[own] + (1 - beta) * student[own], keys[own])


def given_order(afgrl: Arrays) -> list[str]:
    prefix = "teacher_after_first_update."
    return [key.removeprefix(prefix) for key in afgrl if key.startswith(prefix)]


def test_no_array_is_left_out(afgrl):
    test_afgrl(afgrl)
    test_the_teacher_after_a_step(afgrl)
    given = {key for key in afgrl if key.startswith("param.")}
    given |= {"x", "edge_index", "cluster_labels", "topk", "torch2_explicit_zeros_positive_pairs"}
    given |= {"n_encoder_parameters", "ema_counter_after_one_update"}
    assert set(afgrl) == afgrl.compared | given
