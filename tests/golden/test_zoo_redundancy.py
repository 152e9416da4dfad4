"""G-BT and VICReg as the authors' own code computes them: losses, gradients, encoders, and the schedule."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.optim import SGD
from torch_geometric.data import Data

from graphcl.encoders import GNN
from graphcl.methods.embedders.gbt import GBTModule
from graphcl.methods.embedders.vicreg import VICRegModule
from graphcl.objectives import barlow_twins, vicreg, vicreg_terms
from graphcl.training import Step, warmup_cosine
from tests.fixed_views import Rows, given
from tests.golden.arrays import Arrays


def arrays(golden: Path, name: str) -> Arrays:
    file = np.load(golden / "zoo" / "ssl" / f"{name}.npz")
    return Arrays({key: torch.from_numpy(value) for key, value in file.items()})


def with_gradients(loss, first, second):
    first, second = (h.clone().requires_grad_() for h in (first, second))
    value = loss(first, second)
    value.backward()
    return value, first.grad, second.grad


@pytest.fixture(scope="module")
def gbt(golden: Path) -> Arrays:
    return arrays(golden, "gbt")


def test_barlow_twins_and_its_gradients(gbt):
    loss, grad_a, grad_b = with_gradients(barlow_twins, gbt["z_a"], gbt["z_b"])
    gbt.near(loss, "loss")
    gbt.near(grad_a, "grad_a")
    gbt.near(grad_b, "grad_b")
    module = GBTModule(Rows(), [given(gbt["z_a"]), given(gbt["z_b"])])
    batch = Data(x=gbt["z_a"], edge_index=torch.empty(2, 0).long(), seeds=len(gbt["z_a"]))
    losses = module(batch, Step("decorrelate", 0, 0, torch.Generator()))
    gbt.near(torch.stack(list(losses.values())).sum(), "loss")


@pytest.mark.parametrize(("name", "layers"), [("two", 2), ("three", 3)])
def test_the_encoders_of_g_bt(gbt, name, layers):
    settings = {"norm": "batch", "norm_momentum": 0.01, "activation": "prelu", "separate_activations": True}
    hidden, out = len(gbt[f"{name}_param._conv1.bias"]), len(gbt[f"{name}_param._conv{layers}.bias"])
    gnn = GNN(7, hidden, out, layers, **settings).double()
    state = gnn.state_dict()
    for depth in range(layers):
        state[f"conv.{depth}.lin.weight"] = gbt[f"{name}_param._conv{depth + 1}.lin.weight"]
        state[f"conv.{depth}.bias"] = gbt[f"{name}_param._conv{depth + 1}.bias"]
        if depth < layers - 1:
            state[f"norm.{depth}.module.weight"] = gbt[f"{name}_param._bn{depth + 1}.weight"]
            state[f"norm.{depth}.module.bias"] = gbt[f"{name}_param._bn{depth + 1}.bias"]
            state[f"activation.{depth}.weight"] = gbt[f"{name}_param._act{depth + 1}.weight"]
    gnn.load_state_dict(state)
    gbt.near(gnn(gbt["x"], gbt["edge_index"]), f"{name}_train")
    gbt.near(gnn.eval()(gbt["x"], gbt["edge_index"]), f"{name}_eval")


def test_the_schedule_of_g_bt(gbt):
    """One step an epoch; theirs was 100 epochs of 1000."""
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=5e-4)
    schedule = warmup_cosine(0.1, whole_at_end=True)(optimizer, 1000)
    rates = []
    for _ in range(1000):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    gbt.near(torch.tensor(rates, dtype=torch.float64)[gbt["own_schedule_epoch"]], "own_schedule_lr")


def test_no_array_of_g_bt_is_left_out(gbt):
    test_barlow_twins_and_its_gradients(gbt)
    test_the_encoders_of_g_bt(gbt, "two", 2)
    test_the_encoders_of_g_bt(gbt, "three", 3)
    test_the_schedule_of_g_bt(gbt)
    inputs = {"z_a", "z_b", "x", "edge_index", "own_schedule_epoch"}
    assert {name for name in gbt if "_param." not in name} == gbt.compared | inputs


def test_vicreg_and_its_gradients(golden):
    """PyGCL adds up the variances of both views, where graphssl and the original have their mean."""
    golden_vicreg = arrays(golden, "vicreg")
    z1, z2 = golden_vicreg["z1"], golden_vicreg["z2"]
    loss, grad_z1, grad_z2 = with_gradients(lambda a, b: vicreg(a, b, variance_weight=50.0), z1, z2)
    golden_vicreg.near(loss, "loss_pygcl")
    golden_vicreg.near(grad_z1, "grad_z1")
    golden_vicreg.near(grad_z2, "grad_z2")
    terms = vicreg_terms(z1, z2)
    golden_vicreg.near(terms.invariance, "invariance")
    golden_vicreg.near(2 * terms.variance, "variance_sum")
    golden_vicreg.near(terms.covariance, "covariance_sum")
    golden_vicreg.near(vicreg(z1, z2), "loss_graphssl")
    weights = {"invariance_weight": 25.0, "variance_weight": 25.0, "covariance_weight": 1.0}
    module = VICRegModule(Rows(), torch.nn.Identity(), [given(z1), given(z2)], **weights)
    batch = Data(x=z1, edge_index=torch.empty(2, 0).long(), seeds=len(z1))
    losses = module(batch, Step("regularise", 0, 0, torch.Generator()))
    golden_vicreg.near(torch.stack(list(losses.values())).sum(), "loss_original_halved_variance")
    assert set(golden_vicreg) == golden_vicreg.compared | {"z1", "z2"}
