"""SDCN, DAEGC and DFCN on one graph of six nodes, against the numbers of their published code."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.encoders import Autoencoder
from graphcl.encoders.fused_gcn import FusedGCN
from graphcl.heads import StudentHead
from graphcl.methods.sdcn import SDCNModule
from graphcl.objectives import target_distribution
from graphcl.training import Step
from tests.golden.compared import close


@pytest.fixture(scope="module")
def cases(golden: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((golden / "zoo" / "clustering.json").read_text(encoding="utf-8"))
    return content


def batch_of(cases: dict[str, Any], name: str) -> Data:
    edges = torch.tensor(cases["common"]["outputs"]["edge_index_sorted"])
    batch = Data(x=torch.tensor(cases[name]["inputs"]["x"], dtype=torch.float64), edge_index=edges)
    batch.seeds = batch.num_nodes
    return batch


def parameters_of(case: dict[str, Any]) -> dict[str, Tensor]:
    return {name: torch.tensor(value, dtype=torch.float64) for name, value in case["inputs"]["parameters"].items()}


def renamed(parameters: dict[str, Tensor], prefix: str, layers: list[str]) -> dict[str, Tensor]:
    """The state of a stack of linear layers, from the authors' names of its layers."""
    kinds = ("weight", "bias")
    return {f"{i}.{kind}": parameters[f"{prefix}{name}.{kind}"] for i, name in enumerate(layers) for kind in kinds}


ENCODER, DECODER = ["enc_1", "enc_2", "enc_3", "z_layer"], ["dec_1", "dec_2", "dec_3", "x_bar_layer"]


def sdcn_module(case: dict[str, Any]) -> SDCNModule:
    parameters = parameters_of(case)
    module = SDCNModule(Autoencoder(3, (3, 4, 5), 2), FusedGCN((3, 3, 4, 5, 2, 2)), StudentHead(2, 2)).double()
    module.autoencoder.encoder.layers.load_state_dict(renamed(parameters, "ae.", ENCODER))
    module.autoencoder.decoder.layers.load_state_dict(renamed(parameters, "ae.", DECODER))
    module.gcn.weights.load_state_dict({str(i): parameters[f"gnn_{i + 1}.weight"] for i in range(5)})
    module.head.place(parameters["cluster_layer"])
    return module


def test_sdcn(cases):
    case = cases["sdcn"]
    expected = case["outputs"]
    module = sdcn_module(case)
    batch = module.prepare(batch_of(cases, "sdcn"))
    close(batch.walk.to_dense(), case["inputs"]["P"])
    z = module.embed(batch)
    close(z, expected["z"])
    close(module.soft_by_student(batch), expected["q"])
    close(module.soft(batch), expected["predict"])
    close(target_distribution(module.head(z)).exp(), expected["p"])
    close(module.autoencoder.decoder(z), expected["x_bar"])
    losses = module(batch, Step("cluster", 0, 0, torch.Generator()))
    for ours, theirs, weight in (
        ("divergence", "kl", 0.1),
        ("gcn_divergence", "ce", 0.01),
        ("reconstruction", "re", 1),
    ):
        close(losses[ours] / weight, expected[theirs])
    total = torch.stack(list(losses.values())).sum()
    close(total, expected["loss"])
    total.backward()
    gradients, norms = sdcn_gradients(module), dict(expected["grad_norms"])
    del gradients["gnn_1.weight"], norms["gnn_1.weight"]  # at a kink, see the next test
    assert close_norms(gradients, norms)


def test_sdcn_at_the_kink_of_its_first_layer(cases):
    """Four inputs of the first ReLU are 0 up to rounding; the authors' gradient is between the one-sided ones."""
    case, sides = cases["sdcn"], []
    for side in (-1e-13, 1e-13):
        module = sdcn_module(case)
        weight = module.gcn.weights[0]
        weight.data[1, 0] += side
        batch = module.prepare(batch_of(cases, "sdcn"))
        torch.stack(list(module(batch, Step("cluster", 0, 0, torch.Generator())).values())).sum().backward()
        sides.append(weight.grad.norm().item())
    assert sides[0] < case["outputs"]["grad_norms"]["gnn_1.weight"] < sides[1] < sides[0] * 1.001


def sdcn_gradients(module: SDCNModule) -> dict[str, Tensor]:
    found = {"cluster_layer": module.head.centres.grad}
    found |= {f"gnn_{i + 1}.weight": weight.grad for i, weight in enumerate(module.gcn.weights)}
    for part, names in ((module.autoencoder.encoder, ENCODER), (module.autoencoder.decoder, DECODER)):
        for layer, name in zip(part.layers, names, strict=True):
            found |= {f"ae.{name}.weight": layer.weight.grad, f"ae.{name}.bias": layer.bias.grad}
    return found


def close_norms(gradients: dict[str, Tensor], norms: dict[str, float]) -> bool:
    for name, gradient in gradients.items():
        close(gradient.norm(), norms[name])
    return set(gradients) == set(norms)


def test_sdcn_in_float32_to_its_precision(cases):
    batch = batch_of(cases, "sdcn")
    batch.x = batch.x.float()
    module = sdcn_module(cases["sdcn"]).float()
    losses = module(module.prepare(batch), Step("cluster", 0, 0, torch.Generator()))
    np.testing.assert_allclose(sum(losses.values()).item(), cases["sdcn"]["outputs"]["loss"], rtol=1e-6)
