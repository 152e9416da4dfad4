"""MVGRL on nodes, as the authors' own code computes it: matrices, rows, logits, loss, gradients, embedding."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from graphcl.augment import pagerank_diffusion
from graphcl.encoders import GNN
from graphcl.encoders.propagation import WeightedGNN
from graphcl.methods.embedders.mvgrl import MVGRLModule
from graphcl.objectives import group_discrimination
from tests.golden.arrays import Arrays

SHAPE = {"num_layers": 1, "activation": "prelu", "activate_last": True}
NAMES = {"bias": "conv.0.bias", "fc.weight": "conv.0.lin.weight", "act.weight": "activation.weight"}
ENCODERS = {"gcn1": "encoder", "gcn2": "diffusion_encoder"}


@pytest.fixture(scope="module")
def mvgrl(golden: Path) -> Arrays:
    """`graph_*` belongs to their form for whole graphs, whose networks are never trained."""
    file = np.load(golden / "zoo" / "ssl" / "mvgrl.npz")
    node = {name: torch.from_numpy(value) for name, value in file.items() if not name.startswith("graph_")}
    return Arrays(
        {name: value.squeeze(0) if value.dim() > 1 and len(value) == 1 else value for name, value in node.items()}
    )


def own_names(prefix: str) -> dict[str, str]:
    names = {
        f"{prefix}.{theirs}.{name}": f"{ours}.{own}"
        for theirs, ours in ENCODERS.items()
        for name, own in NAMES.items()
    }
    return {
        **names,
        f"{prefix}.disc.f_k.weight": "discriminator.weight",
        f"{prefix}.disc.f_k.bias": "discriminator.bias",
    }


def module_of(mvgrl: Arrays) -> MVGRLModule:
    encoders = GNN(7, 5, 5, **SHAPE), WeightedGNN(7, 5, 5, **SHAPE)
    module = MVGRLModule(*encoders, 5, alpha=0.2, top_k=12, loop_weight=2.0).double()
    state = {own: mvgrl[name] for name, own in own_names("param").items()}
    state["discriminator.weight"] = state["discriminator.weight"].view(1, 5, 5)
    module.load_state_dict(state)
    return module


def graph_of(mvgrl: Arrays, module: MVGRLModule) -> Data:
    """The graph with their dense diffusion, in float64; ours is in float32."""
    data = Data(x=mvgrl["x"], edge_index=mvgrl["edge_index"], seeds=12)
    out = module.prepare(data)
    target, source = mvgrl["ppr_alpha_0p2"].nonzero(as_tuple=True)
    out.diffusion_edge_index = torch.stack([source, target])
    out.diffusion_weight = mvgrl["ppr_alpha_0p2"][target, source]
    out.diffusion_sum = mvgrl["ppr_alpha_0p2"].sum(1)
    return out


def test_the_diffusion(mvgrl):
    edges, weight = pagerank_diffusion(mvgrl["edge_index"], 12, alpha=0.2, top_k=12, tolerance=1e-8)
    S = torch.zeros(12, 12).index_put((edges[1], edges[0]), weight)
    torch.testing.assert_close(S, mvgrl["ppr_alpha_0p2"].float(), rtol=1e-5, atol=1e-7)


def test_nodes(mvgrl):
    module = module_of(mvgrl)
    batch = graph_of(mvgrl, module)
    matrix = module.encoder._messages(batch.x, batch.edge_index, batch.edge_weight, None, None)
    mvgrl.near(matrix.to_dense(), "adj_norm_node_code")
    plain = module.encoder._messages(batch.x, mvgrl["edge_index"], None, None, None)
    mvgrl.near(plain.to_dense(), "adj_norm_one_loop")
    for rows, name in zip(module.both(batch), ("h_adj", "h_diff"), strict=True):
        mvgrl.near(rows, name)
    mvgrl.near(module.both(batch)[0].mean(0), "summary_before_sigmoid_view1")
    mvgrl.near(module.embed(batch), "embedding")
    real, corrupted = module.scores(batch, batch.x[mvgrl["perm"]])
    mvgrl.near(torch.cat([real, corrupted]), "logits")
    loss = group_discrimination(real, corrupted)
    loss.backward()
    mvgrl.near(loss, "loss")
    gradients = {
        name: parameter.grad.squeeze(0) if parameter.dim() == 3 else parameter.grad
        for name, parameter in module.named_parameters()
    }
    for name, own in own_names("grad").items():
        mvgrl.near(gradients.pop(own), name)
    assert not gradients


def test_no_array_of_nodes_is_left_out(mvgrl):
    """The heat kernel is a defect of their code that nothing there uses."""
    test_nodes(mvgrl)
    given = {name for name in mvgrl if name.startswith("param.")}
    assert set(mvgrl) == mvgrl.compared | given | {"x", "edge_index", "perm", "ppr_alpha_0p2", "heat_as_coded_t5"}
