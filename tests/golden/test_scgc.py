"""The numbers of the authors' own code for SCGC and SCGC*: matrices, losses, gradients, three Adam steps."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from torch import Tensor
from torch_geometric.data import Data

from graphcl.encoders import Autoencoder
from graphcl.heads import StudentHead
from graphcl.methods.deep_clusterers.scgc import SCGCModule
from graphcl.objectives import clustering_divergence, influence_contrast, target_distribution
from graphcl.ops.graph_matrices.sparse import from_scipy, unit_rows
from graphcl.ops.random_walks.walk_matrices import cumulative_influence, transition_matrix, walk_power
from graphcl.training import NodeBatches, Runtime, Stage, adam, train

EXACT = {"rtol": 0, "atol": 1e-10}
MATRICES = {"infl": cumulative_influence, "power": walk_power}


@pytest.fixture(scope="module")
def contrast(golden: Path) -> dict[str, np.ndarray]:
    return dict(np.load(golden / "scgc" / "contrast.npz"))


def graphs(arrays: dict[str, np.ndarray]) -> list[str]:
    return sorted(key.removesuffix("_edges") for key in arrays if key.endswith("_edges"))


def walk_of(arrays: dict[str, np.ndarray], graph: str):
    return transition_matrix(torch.from_numpy(arrays[f"{graph}_edges"].T), int(arrays[f"{graph}_n"]))


def test_transition_matrix(contrast):
    assert graphs(contrast)
    for graph in graphs(contrast):
        walk = walk_of(contrast, graph).toarray()
        np.testing.assert_allclose(walk, contrast[f"{graph}_adj_norm"], **EXACT)
        np.testing.assert_allclose(walk, contrast[f"{graph}_adj_norm_f32"], rtol=0, atol=1e-6)


def test_weighted_lines_reproduce_the_reference_loader(golden):
    """Duplicate lines add up and a self loop counts twice, as its README says: one unit of weight per line."""
    arrays = np.load(golden / "scgc" / "loader_quirks.npz")
    edge_index = torch.from_numpy(arrays["edges"].T)
    weight = torch.ones(edge_index.size(1))
    walk = transition_matrix(edge_index, int(arrays["n"]), weight).toarray()
    np.testing.assert_allclose(walk, arrays["adj_norm_f32"], rtol=0, atol=1e-6)


def test_walks_and_cosines(contrast):
    checked = 0
    for name in contrast:
        if match := re.fullmatch(r"(.+)_(infl|power)_R(\d+)", name):
            graph, kind, order = match.groups()
            ours = MATRICES[kind](walk_of(contrast, graph), int(order)).toarray()
            np.testing.assert_allclose(ours, contrast[name], **EXACT)
            checked += 1
        elif name.endswith("_cos"):
            u = unit_rows(torch.from_numpy(contrast[name.removesuffix("_cos") + "_z"]))
            np.testing.assert_allclose((u @ u.T).fill_diagonal_(0), contrast[name], **EXACT)
            checked += 1
    assert checked


@pytest.mark.parametrize("summation", ["dense", "blocked"])
def test_contrast_and_its_gradient(contrast, summation, monkeypatch):
    monkeypatch.setattr("graphcl.objectives.all_pairs.blocks.ROWS", 7)
    monkeypatch.setattr("graphcl.objectives.all_pairs.blocks.COLUMNS", 11)
    losses = [name for name in contrast if name.endswith("_loss")]
    assert losses
    for name in losses:
        graph, kind, order, tau = re.fullmatch(r"(.+)_(infl|power)_R(\d+)_tau([\d.]+)_loss", name).groups()
        positives = from_scipy(MATRICES[kind](walk_of(contrast, graph), int(order)), torch.float64)
        z = torch.from_numpy(contrast[f"{graph}_z"]).requires_grad_()
        loss = influence_contrast(z, positives, tau=float(tau), summation=summation)
        loss.backward()
        np.testing.assert_allclose(loss.item(), contrast[name], **EXACT)
        np.testing.assert_allclose(z.grad, contrast[name.replace("_loss", "_grad")], **EXACT)


def test_assignment_target_and_divergence(golden):
    arrays = np.load(golden / "scgc" / "assign.npz")
    cases = [name.removesuffix("_kl") for name in arrays if name.endswith("_kl")]
    assert cases
    for case in cases:
        z = torch.from_numpy(arrays[f"{case}_z"]).requires_grad_()
        centres = torch.from_numpy(arrays[f"{case}_mu"])
        head = StudentHead(*centres.shape).double().place(centres)
        log_q = head(z)
        log_p = target_distribution(log_q.detach())
        loss = clustering_divergence(log_q, log_p)
        loss.backward()
        np.testing.assert_allclose(log_q.detach().exp(), arrays[f"{case}_q"], **EXACT)
        np.testing.assert_allclose(log_p.exp(), arrays[f"{case}_p"], **EXACT)
        np.testing.assert_allclose(loss.item(), arrays[f"{case}_kl"], **EXACT)
        np.testing.assert_allclose(z.grad, arrays[f"{case}_kl_grad_z"], **EXACT)
        np.testing.assert_allclose(head.centres.grad, arrays[f"{case}_kl_grad_mu"], **EXACT)
    target = target_distribution(torch.from_numpy(arrays["q_skew"]).log()).exp()
    np.testing.assert_allclose(target, arrays["p_skew"], **EXACT)


class Placed(SCGCModule):
    """SCGC whose centres stay where the golden weights put them, and which remembers its forward values."""

    def start(self, step, embed_all):
        self.seen: list[dict[str, Tensor]] = []

    def forward(self, batch, step):
        losses = super().forward(batch, step)
        z = self.embed(batch)
        q = self.head(z)
        values = {"z": z, "q": q.exp(), "p": target_distribution(q).exp()}
        if self.reconstruct:
            values["xbar"] = self.autoencoder.decoder(z)
        self.seen.append(values)
        return losses


ENCODER = ["ae.enc_1", "ae.enc_2", "ae.enc_3", "ae.z_layer"]
DECODER = ["ae.dec_1", "ae.dec_2", "ae.dec_3", "ae.x_bar_layer"]
VARIANTS = {
    "step_scgc_trim.npz": {"influence": "cumulative", "reconstruct": False},
    "step_scgc.npz": {"influence": "last", "reconstruct": True},
}


def load_weights(module: SCGCModule, arrays: dict[str, np.ndarray], prefix: str) -> dict[str, Tensor]:
    """The reference's names for our parameters, loaded with the reference's values."""
    layers = dict(zip(ENCODER, module.autoencoder.encoder.layers, strict=True))
    if module.reconstruct:
        layers |= dict(zip(DECODER, module.autoencoder.decoder.layers, strict=True))
    names = {"cluster_layer": module.head.centres}
    for name, layer in layers.items():
        names[f"{name}.weight"], names[f"{name}.bias"] = layer.weight, layer.bias
    with torch.no_grad():
        for name, parameter in names.items():
            parameter.copy_(torch.from_numpy(arrays[f"{prefix}{name}"]))
    return names


@pytest.mark.parametrize("layout", ["dense", "sparse"])
@pytest.mark.parametrize("file", VARIANTS)
def test_three_adam_steps(golden, contrast, file, layout):
    arrays = dict(np.load(golden / "scgc" / file))
    alpha, beta, tau, lr, order = arrays["hp_alpha_beta_tau_lr_order"]
    x = torch.from_numpy(arrays["x"])
    widths = [arrays[f"param0_ae.enc_{i}.weight"].shape[0] for i in (1, 2, 3)]
    autoencoder = Autoencoder(x.size(1), widths, arrays["param0_ae.z_layer.weight"].shape[0])
    head = StudentHead(*arrays["param0_cluster_layer"].shape)
    settings = {"alpha": alpha, "beta": beta, "tau": tau, "order": int(order), **VARIANTS[file]}
    module = Placed(autoencoder, head, **settings).double()
    names = load_weights(module, arrays, "param0_")

    graph = Data(x=x, edge_index=torch.from_numpy(contrast["karate_edges"].T), num_nodes=len(x))
    graph = module.prepare(graph)
    np.testing.assert_allclose(graph.row_positives.to_dense(), arrays["M"], **EXACT)
    if layout == "sparse":
        graph.x = from_scipy(csr_array(graph.x.numpy()), torch.float64)

    def first_gradients(report):
        if report.epoch == 1:
            for name, parameter in names.items():
                np.testing.assert_allclose(parameter.grad, arrays[f"grad0_{name}"], **EXACT)

    stage = Stage("cluster", 3, adam(float(lr), parameters=lambda module: list(names.values())))
    training = train(
        module, NodeBatches(graph), [stage], Runtime(torch.device("cpu")), callbacks=[first_gradients]
    )

    for step, (values, row) in enumerate(zip(module.seen, training.history, strict=True)):
        for name, value in values.items():
            np.testing.assert_allclose(value.detach(), arrays[f"step{step}_{name}"], rtol=0, atol=1e-8)
        np.testing.assert_allclose(row["contrast"], alpha * arrays[f"step{step}_nc"], rtol=0, atol=1e-8)
        np.testing.assert_allclose(row["divergence"], beta * arrays[f"step{step}_kl"], rtol=0, atol=1e-8)
        reconstruction = row.get("reconstruction", 0.0)
        np.testing.assert_allclose(reconstruction, arrays[f"step{step}_re"], rtol=0, atol=1e-8)
        np.testing.assert_allclose(row["loss"], arrays[f"step{step}_loss"], rtol=0, atol=1e-8)
    for name, parameter in names.items():
        np.testing.assert_allclose(parameter.detach(), arrays[f"param3_{name}"], rtol=0, atol=1e-8)
