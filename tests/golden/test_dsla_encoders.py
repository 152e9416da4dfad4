"""The encoders of molecules, proteins and social graphs, with the weights and figures of the authors' own code."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from graphcl.encoders import MoleculeGIN, ProteinGIN, SocialGCN, mean_and_centre, mean_nodes
from graphcl.methods.bases.dsla_module import score_network
from tests.golden.dsla_arrays import EXACT, Arrays, load_weights, part, read, tensor

JUMPS = {"max": "max", "concat": "concat"}


def molecules_of(arrays: Arrays):
    return [tensor(arrays, name) for name in ("x", "edge_index", "edge_attr")], tensor(arrays, "batch")


@pytest.fixture
def small(golden) -> Arrays:
    return read(golden / "dsla", "encoder_chem_small")


def encoder_of(arrays: Arrays, **settings) -> MoleculeGIN:
    weights = part(arrays, "w.")
    layers = sum(name.startswith("batch_norms.") and name.endswith(".bias") for name in weights)
    model = MoleculeGIN(weights["x_embedding1.weight"].size(1), layers, **settings).double()
    load_weights(model, weights)
    return model


def test_molecules_in_evaluation(small):
    graph, batch = molecules_of(small)
    graphs = int(batch.max()) + 1
    z = encoder_of(small).eval()(*graph).detach()
    pooled = mean_nodes(z, batch, graphs)
    np.testing.assert_allclose(z, small["node_eval"], **EXACT)
    np.testing.assert_allclose(pooled, small["graph_mean_eval"], **EXACT)
    for jump in JUMPS:
        joined = encoder_of(small, jump=jump).eval()(*graph).detach()
        np.testing.assert_allclose(joined, small[f"node_eval_JK_{jump}"], **EXACT)
    score = score_network(z.size(1)).double()
    load_weights(score, part(small, "score_w."))
    scores = score(pooled).detach().squeeze(1)
    np.testing.assert_allclose(scores, small["scores_of_graph_mean_eval"], **EXACT)


def test_the_sum_over_layers_is_not_the_reference_bug(small):
    """The authors' JK = "sum" gives the first node's row alone; ours sums layers for every node."""
    graph, _ = molecules_of(small)
    ours = encoder_of(small, jump="sum").eval()(*graph).detach()
    theirs = small["node_eval_JK_sum"]
    assert theirs.ndim == 1
    assert ours.shape == small["node_eval"].shape
    np.testing.assert_allclose(ours[0], theirs, **EXACT)


def test_molecules_in_training(small):
    graph, batch = molecules_of(small)
    model = encoder_of(small).train()
    z = model(*graph)
    pooled = mean_nodes(z, batch, int(batch.max()) + 1)
    (tensor(small, "probe") * pooled).sum().backward()
    np.testing.assert_allclose(z.detach(), small["node_train"], **EXACT)
    np.testing.assert_allclose(pooled.detach(), small["graph_mean_train"], **EXACT)
    gradients, state = part(small, "grad."), part(small, "after_train_step.")
    assert gradients
    assert state
    for name, expected in gradients.items():
        np.testing.assert_allclose(model.get_parameter(name).grad, expected, **EXACT)
    for name, expected in state.items():
        np.testing.assert_allclose(model.get_buffer(name), expected, **EXACT)


def test_molecules_at_full_width(golden):
    arrays = read(golden / "dsla", "encoder_chem_300_formula")
    order = json.loads((golden / "dsla" / "encoder_chem_300_param_order.json").read_text())["param_order"]
    graph, batch = molecules_of(arrays)
    model = MoleculeGIN(arrays["node_eval"].shape[1]).double()
    assert [name for name, _ in model.named_parameters()] == order
    with torch.no_grad():
        for k, (name, parameter) in enumerate(model.named_parameters()):
            place = torch.arange(parameter.numel(), dtype=torch.float64)
            values = 0.1 * torch.sin(0.37 * place + 0.11 * k + 0.05)
            if name.startswith("batch_norms.") and name.endswith(".weight"):
                values = values + 1.0
            parameter.copy_(values.view_as(parameter))
        np.testing.assert_allclose(model.eval()(*graph), arrays["node_eval"], **EXACT)
        z = model.train()(*graph)
    np.testing.assert_allclose(z, arrays["node_train"], **EXACT)
    pooled = mean_nodes(z, batch, int(batch.max()) + 1)
    np.testing.assert_allclose(pooled, arrays["graph_mean_train"], **EXACT)


def test_proteins(golden):
    arrays = read(golden / "dsla", "encoder_bio_small")
    weights = part(arrays, "w.gnn.")
    layers = sum(name.endswith(".mlp.3.bias") for name in weights)
    model = ProteinGIN(weights["gnns.0.input_node_embeddings.weight"].size(1), layers).double()
    load_weights(model, weights)
    head = nn.Linear(*reversed(arrays["w.graph_pred_linear.weight"].shape)).double()
    load_weights(head, part(arrays, "w.graph_pred_linear."))
    x = tensor(arrays, "x").long()
    assert torch.equal(x.double(), tensor(arrays, "x").double())
    inputs = x, tensor(arrays, "edge_index"), tensor(arrays, "edge_attr")
    batch, centre = tensor(arrays, "batch"), tensor(arrays, "center_node_idx")
    with torch.no_grad():
        z = model.eval()(*inputs)
        np.testing.assert_allclose(z, arrays["node_eval"], **EXACT)
        np.testing.assert_allclose(head(mean_and_centre(z, batch, centre)), arrays["logits_eval"], **EXACT)
        logits = head(mean_and_centre(model.train()(*inputs), batch, centre))
        np.testing.assert_allclose(logits, arrays["logits_train"], **EXACT)


def test_social_graphs(golden):
    """The edges are asymmetric, so that it matters which ends a degree counts."""
    arrays = read(golden / "dsla", "encoder_tu_gcn_small")
    weights = part(arrays, "w.")
    rows, channels = weights["x_embedding.weight"].shape
    layers = sum(name.endswith(".linear.bias") for name in weights)
    model = SocialGCN(rows - 1, channels, layers).double()
    load_weights(model, weights)
    with torch.no_grad():
        for mode, expected in (("eval", "node_eval"), ("train", "node_train")):
            z = model.train(mode == "train")(tensor(arrays, "x"), tensor(arrays, "edge_index"))
            np.testing.assert_allclose(z, arrays[expected], **EXACT)
