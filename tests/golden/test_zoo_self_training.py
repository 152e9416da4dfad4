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
from graphcl.encoders.igae import IGAE
from graphcl.encoders.proximity_attention import ProximityAttention
from graphcl.heads import StudentHead
from graphcl.methods.deep_clusterers.daegc import DAEGCModule
from graphcl.methods.deep_clusterers.dfcn import DFCNModule
from graphcl.methods.deep_clusterers.sdcn import SDCNModule
from graphcl.objectives import adjacency_cross_entropy, target_distribution
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


def daegc_module(case: dict[str, Any]) -> DAEGCModule:
    parameters = parameters_of(case)
    layers = ProximityAttention(3, 4).double(), ProximityAttention(4, 2).double()
    for layer, name in zip(layers, ("conv1", "conv2"), strict=True):
        layer.load_state_dict(
            {
                "weight": parameters[f"{name}.W"],
                "own": parameters[f"{name}.a_self"],
                "other": parameters[f"{name}.a_neighs"],
            }
        )
    module = DAEGCModule(*layers, StudentHead(2, 2).double())
    module.head.place(torch.tensor(case["inputs"]["centres"], dtype=torch.float64))
    return module


def test_daegc(cases):
    """The proximity is stored in float32; the rest is compared from the stored one."""
    case = cases["daegc"]
    expected, stored = case["outputs"], torch.tensor(case["inputs"]["M"], dtype=torch.float64)
    module = daegc_module(case)
    batch = module.prepare(batch_of(cases, "daegc"))
    row, column = batch.near
    np.testing.assert_allclose(batch.proximity, stored[row, column], rtol=0, atol=1e-8)
    batch.proximity = stored[row, column]
    z = module.embed(batch)
    close(z, expected["z"])
    close(adjacency_cross_entropy(z, batch.near), expected["bce_target_A_plus_I"])
    losses = module(batch, Step("cluster", 0, 0, torch.Generator()))
    close(losses["divergence"] / 10, expected["kl"], tolerance=1e-8)  # a difference of nearly equal logs
    close(torch.stack(list(losses.values())).sum(), expected["loss_10kl_plus_bce"])


def dfcn_module(case: dict[str, Any]) -> DFCNModule:
    """With the axes of the features themselves in place of principal components."""
    parameters = parameters_of(case)
    module = DFCNModule(3, 3, (4, 5, 6), IGAE(3, (4, 5), 2, "tanh"), StudentHead(2, 2)).double()
    module.axes.copy_(torch.eye(3))
    for part, kind, names in ((module.encoder, "encoder", ENCODER), (module.decoder, "decoder", DECODER)):
        state = renamed(parameters, f"ae.{kind}.", names)
        part.load_state_dict({f"{2 * int(name[0])}{name[1:]}": value for name, value in state.items()})
    for part, kind, first in ((module.graph.encoder, "encoder", 1), (module.graph.decoder, "decoder", 4)):
        part.load_state_dict({str(i): parameters[f"gae.{kind}.gnn_{first + i}.weight"] for i in range(3)})
    module.attention_weight.data.fill_(case["inputs"]["gamma"])
    module.head.place(parameters["cluster_layer"])
    return module


def test_dfcn(cases, monkeypatch):
    monkeypatch.setattr(DFCNModule, "_fit_components", lambda module, x: None)
    case = cases["dfcn"]
    expected, module = case["outputs"], dfcn_module(case)
    assert case["inputs"]["a"] == 0.5
    batch = module.prepare(batch_of(cases, "dfcn"))
    close(batch.walk.to_dense(), case["inputs"]["P"])
    z, z_features, z_graph = module.parts(batch)
    for rows, name in ((z, "z_tilde"), (z_features, "z_ae"), (z_graph, "z_igae")):
        close(rows, expected[name])
    decoded = module.graph.decode(z, batch.walk)
    close((z_graph @ z_graph.T).sigmoid() + (decoded @ decoded.T).sigmoid(), expected["adj_hat"])
    close(module.soft(batch), expected["q"])
    close(target_distribution(module.head(z)).exp(), expected["p"])
    losses = module(batch, Step("cluster", 0, 0, torch.Generator()))
    names = {"features": "loss_ae", "smoothed": "loss_w", "structure": "loss_a", "divergence": "loss_kl"}
    for ours, weight in {"features": 1, "smoothed": 1, "structure": 0.1, "divergence": 10}.items():
        close(losses[ours] / weight, expected[names[ours]])
    close(torch.stack(list(losses.values())).sum(), expected["loss"])
