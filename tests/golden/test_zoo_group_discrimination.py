"""GGD and Dink-Net as the authors' own code computes them: logits, losses, gradients and embeddings."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_geometric.data import Data

from graphcl.encoders import GNN
from graphcl.methods.bases.group_discrimination import GroupDiscriminationModule
from graphcl.methods.deep_clusterers.dink_net import DinkNetModule
from graphcl.objectives import dilation_shrink
from graphcl.training import Step
from tests.golden.arrays import Arrays

DISCRIMINATION = {"power": 5, "feature_rate": 0.2, "projector_layers": 1}


def encoder(weight: Tensor, bias: Tensor, slope: float) -> GNN:
    out, into = weight.shape
    gnn = GNN(into, out, out, 1, activation="prelu", activate_last=True).double()
    state = {"conv.0.lin.weight": weight, "conv.0.bias": bias, "activation.weight": torch.tensor([slope])}
    gnn.load_state_dict(state)
    return gnn


def whole(x: Tensor, edge_index: Tensor) -> Data:
    return Data(x=x, edge_index=edge_index, seeds=len(x), n_id=torch.arange(len(x)))


def fill(linear: torch.nn.Linear, weight: Tensor, bias: Tensor) -> None:
    linear.load_state_dict({"weight": weight, "bias": bias})


def test_ggd(golden: Path):
    file = np.load(golden / "zoo" / "ssl" / "ggd.npz")
    ggd = Arrays({name: torch.from_numpy(value) for name, value in file.items()})
    gnn = encoder(ggd["param.gcn.fc.weight"], ggd["param.gcn.bias"], float(ggd["param.gcn.act.weight"]))
    module = GroupDiscriminationModule(gnn, 6, **DISCRIMINATION).double()
    fill(module.projector[0], ggd["param.lin.weight"], ggd["param.lin.bias"])
    graph, dropped = whole(ggd["x"], ggd["edge_index"]), whole(ggd["x_dropped"], ggd["edge_index"])
    shuffled = whole(ggd["x_dropped"][ggd["perm"]], ggd["edge_index"])
    module.groups = lambda *_: (dropped, shuffled)
    loss = module(graph, Step("discriminate", 0, 0, torch.Generator()))["discrimination"]
    loss.backward()
    ggd.near(loss, "loss")
    ggd.near(torch.cat([module.scores(dropped), module.scores(shuffled)])[None], "logits")
    ggd.near(module.projector[0].weight.grad, "grad.lin.weight")
    ggd.near(module.projector[0].bias.grad, "grad.lin.bias")
    ggd.near(gnn.conv[0].lin.weight.grad, "grad.gcn.fc.weight")
    ggd.near(gnn.conv[0].bias.grad, "grad.gcn.bias")
    ggd.near(gnn.activation.weight.grad, "grad.gcn.act.weight")
    h = module.rows(graph)
    ggd.near(h, "local")
    smoother = module._smoother(graph, h)
    ggd.near(smoother.to_dense(), "adj_norm")
    ggd.near(module.embed(graph) - h, "power5")
    ggd.near(module.embed(graph), "embedding")
    inputs = {"x", "edge_index", "x_dropped", "perm"}
    assert {name for name in ggd if not name.startswith("param.")} == ggd.compared | inputs
    dropped_columns = (ggd["x"] != ggd["x_dropped"]).any(0).sum()
    assert dropped_columns == int(7 * 0.2)


@pytest.fixture
def dink(golden: Path) -> dict:
    cases = json.loads((golden / "zoo" / "clustering.json").read_text(encoding="utf-8"))
    edges = torch.tensor(cases["common"]["outputs"]["edge_index_sorted"])
    return {"edges": edges, **cases["dinknet_loss"]}


def test_dink_net(dink):
    given = {
        name: torch.tensor(value, dtype=torch.long if name == "shuffle_rows" else torch.double)
        for name, value in dink["inputs"].items()
    }
    expected = {name: torch.tensor(value, dtype=torch.double) for name, value in dink["outputs"].items()}
    gnn = encoder(given["W"].T, given["b"], float(given["prelu"]))
    settings = {**DISCRIMINATION, "alpha": float(given["tradeoff"]), "dilation": "coded", "n_init": 1}
    module = DinkNetModule(gnn, 4, 3, **settings).double()
    fill(module.projector[0], given["lin_weight"], given["lin_bias"])
    module.centres.data.copy_(given["centres"])
    graph, shuffled = whole(given["x"], dink["edges"]), whole(given["x"][given["shuffle_rows"]], dink["edges"])
    module.groups = lambda *_: (graph, shuffled)

    def near(actual: Tensor, name: str) -> None:
        np.testing.assert_allclose(actual.detach(), expected[name], rtol=1e-9, atol=1e-22, err_msg=name)

    with torch.no_grad():
        z = module.embed(graph)
    near(z, "embedding")
    step = Step("refine", 0, 0, torch.Generator())
    assert module.refresh(step, lambda: z)
    losses = module(graph, step)
    total = torch.stack(list(losses.values())).sum()
    total.backward()
    near(total, "loss_as_coded")
    near(losses["shrink"], "shrink")
    near(losses["dilation"], "dilation_as_coded")
    near(losses["discrimination"] / settings["alpha"], "disc")
    near(module.centres.grad, "grad_centres")
    near(gnn.conv[0].lin.weight.grad, "grad_gcn_weight_transposed")
    near(torch.cat([module.scores(graph), module.scores(shuffled)]), "logits")
    as_in_the_paper = dilation_shrink(z, given["centres"], dilation="paper")
    near(as_in_the_paper.dilation, "dilation_paper")
    near(sum(as_in_the_paper) + losses["discrimination"], "loss_paper")
    near(torch.cdist(z, given["centres"]).argmin(1), "assignment")
