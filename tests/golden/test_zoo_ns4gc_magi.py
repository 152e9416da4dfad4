"""NS4GC and MAGI on the 6-node graph: the authors' losses, gradients, positives, encoder and read-out."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from torch import Tensor
from torch_geometric.data import Data

from graphcl.encoders import GNN
from graphcl.heads import spectral_embedding
from graphcl.methods.deep_clusterers.magi import MAGIModule
from graphcl.methods.deep_clusterers.ns4gc import NS4GCModule
from graphcl.objectives import modular_contrast, similarity_sparsity, similarity_terms
from graphcl.ops.random_walks.walk_matrices import cumulative_influence, transition_matrix
from graphcl.ops.random_walks.walk_positives import above_row_mean, expected_positives, mean_of_positives


@pytest.fixture(scope="module")
def cases(golden: Path) -> dict:
    return json.loads((golden / "zoo" / "clustering.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def common(cases) -> dict:
    return cases["common"]["outputs"]


def real(values) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def near(actual: Tensor, expected) -> None:
    np.testing.assert_allclose(actual.detach(), np.asarray(expected), rtol=1e-9, atol=1e-11)


def edges_of(common) -> Tensor:
    return torch.tensor(common["edge_index_sorted"])


@pytest.mark.parametrize("name", ["ns4gc_loss_cora", "ns4gc_loss_other"])
def test_ns4gc_loss_and_gradients(cases, common, name):
    given, expected = cases[name]["inputs"], cases[name]["outputs"]
    u, v = (real(common[view]).requires_grad_() for view in ("Z1", "Z2"))
    shape = {"threshold": given["s"], "temperature": given["tau"]}
    weights = {"neighbour_weight": given["lam"], "sparsity_weight": given["gam"]}
    loss = similarity_sparsity(u, v, edges_of(common), **shape, **weights)
    loss.backward()
    near(loss, expected["loss"])
    near(u.grad, expected["grad_z1"])
    near(v.grad, expected["grad_z2"])
    terms = similarity_terms(u, v, edges_of(common), **shape)
    near(torch.stack(terms), [expected[term] for term in ("ali", "nei", "spa")])


def test_ns4gc_encoder(cases, common):
    given = {name: real(value) for name, value in cases["ns4gc_encoder"]["inputs"].items()}
    network = GNN(3, 4, 2, activation="selu", degrees="out").double()
    state = {f"conv.{i}.lin.weight": given[f"W{i + 1}"].T for i in range(2)}
    network.load_state_dict(state | {f"conv.{i}.bias": given[f"b{i + 1}"] for i in range(2)})
    settings = {"threshold": 0.6, "temperature": 0.1, "neighbour_weight": 1.0, "sparsity_weight": 1.0}
    module = NS4GCModule(network, [], **settings)
    graph = Data(x=given["x"], edge_index=edges_of(common), seeds=6)
    near(module.embed(graph), cases["ns4gc_encoder"]["outputs"]["embedding"])


@pytest.mark.parametrize("name", ["magi_loss_gcn_tau03", "magi_loss_sage_tau09"])
def test_magi_loss_and_gradients(cases, common, name):
    given, expected = cases[name]["inputs"], cases[name]["outputs"]
    shape = {"temperature": given["tau"], "walk_length": 2, "dropout": 0.0, "min_max": given["minmax_scale"]}
    module = MAGIModule(torch.nn.Identity(), **shape)
    z = real(common["Z1"]).requires_grad_()
    positives = mean_of_positives(torch.tensor(given["positives"]), 6, torch.float64)
    loss = modular_contrast(module.finish(z), positives, temperature=given["tau"])
    loss.backward()
    near(loss, expected["loss"])
    near(z.grad, expected["grad_z"])


@pytest.mark.parametrize("length", [2, 3])
def test_magi_expected_positives(cases, common, length):
    expected = cases[f"magi_expected_positives_wl{length}"]["outputs"]
    walk = transition_matrix(edges_of(common), 6)
    near(torch.from_numpy(cumulative_influence(walk, length).toarray()), expected["expected_visits_per_walk"])
    assert expected_positives(edges_of(common), 6, length=length).tolist() == expected["positives"]


@pytest.mark.parametrize(("rule", "name"), [("floor", "positives_integer_rule"), ("mean", "positives_float_rule")])
def test_magi_threshold(cases, rule, name):
    case = cases["magi_threshold_integer_rule"]
    counts = csr_array(np.array(case["inputs"]["visit_counts_off_diagonal"])).tocoo()
    row, column, visits = (torch.from_numpy(part).long() for part in (counts.row, counts.col, counts.data))
    frequent = above_row_mean(row, visits, 4, rule=rule)
    pairs = torch.stack([row, column], dim=1)[frequent.entries].tolist()
    pairs += [[int(i), int(i)] for i in frequent.itself.nonzero()]
    assert sorted(pairs) == case["outputs"][name]


def test_magi_spectral_read_out(cases, common):
    expected = cases["magi_spectral_readout"]["outputs"]
    module = MAGIModule(torch.nn.Identity(), temperature=0.3, walk_length=2, dropout=0.0, min_max=True)
    z = module.finish(real(common["Z1"]))
    near(z @ z.sum(0) - 1, expected["degree_without_self"])
    rows, values = spectral_embedding(z, 2)
    near(values, expected["eigenvalues"])
    near((rows / rows.norm(dim=0)).abs(), expected["unit_columns_abs"])
