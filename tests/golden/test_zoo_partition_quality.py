"""Losses of DMoN, MinCut, Neuromap and DGCluster on the six-node graph, and their gradients."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from graphcl.heads import SquaredUnitHead
from graphcl.objectives import (
    cluster_collapse,
    cluster_orthogonality,
    map_equation,
    min_cut,
    soft_modularity,
    walk_flow,
)

Cases = dict[str, dict[str, Any]]
as_released = partial(soft_modularity, resolution=0.5, scale=0.5)


@pytest.fixture(scope="module")
def cases(golden: Path) -> Cases:
    whole: Cases = json.loads((golden / "zoo" / "clustering.json").read_text())
    return whole


def double(values: Any) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def edges_of(cases: Cases) -> Tensor:
    return torch.tensor(cases["common"]["outputs"]["edge_index_sorted"])


def near(actual: Tensor, expected: Any) -> None:
    torch.testing.assert_close(actual.detach(), double(expected), rtol=1e-9, atol=1e-11)


def normalised(edges: Tensor) -> Tensor:
    """D^-1/2 A D^-1/2 without loops."""
    norm = torch.bincount(edges[0]).double().rsqrt()
    return norm[edges[0]] * norm[edges[1]]


@pytest.mark.parametrize("k", [2, 3])
def test_dmon(cases, k):
    edges, out = edges_of(cases), cases[f"dmon_k{k}"]["outputs"]
    for quality, value, gradient in (
        (soft_modularity, "spectral_paper", "grad_logits_paper_plus_collapse"),
        (as_released, "spectral_google_code", "grad_logits_google_plus_collapse"),
    ):
        logits = double(cases["common"]["outputs"][f"logits{k}"]).requires_grad_()
        assign = logits.softmax(1)
        modularity, collapse = quality(assign, edges), cluster_collapse(assign)
        (collapse - modularity).backward()
        near(-modularity, out[value])
        near(collapse, out["collapse"])
        near(logits.grad, out[gradient])
        near(cluster_orthogonality(assign), out["orthogonality_pyg"])
    hard = torch.eye(k, dtype=torch.float64)[logits.argmax(1)]
    near(soft_modularity(hard, edges), out["modularity_hard"])


@pytest.mark.parametrize("k", [2, 3])
def test_min_cut(cases, k):
    edges, out = edges_of(cases), cases[f"mincut_k{k}"]["outputs"]
    logits = double(cases["common"]["outputs"][f"logits{k}"]).requires_grad_()
    assign = logits.softmax(1)
    near(min_cut(assign, edges, normalised(edges)), out["mincut_normalised_A"])
    cut, orthogonality = min_cut(assign, edges), cluster_orthogonality(assign)
    (cut + orthogonality).backward()
    near(cut, out["mincut_raw_A"])
    near(orthogonality, out["orthogonality"])
    near(logits.grad, out["grad_logits"])


def test_closed_forms(cases):
    edges, out = edges_of(cases), cases["partition_closed_forms"]["outputs"]
    uniform = torch.full((6, 3), 1 / 3, dtype=torch.float64)
    split = torch.eye(2, dtype=torch.float64)[[0, 0, 0, 1, 1, 1]]
    one = torch.eye(2, dtype=torch.float64)[[0] * 6]
    names = ("uniform_S_any_k", "perfect_split_012_345", "all_in_one_k2")
    for assign, name in zip((uniform, split, one), names, strict=True):
        near(-soft_modularity(assign, edges), out[name]["dmon_spectral_paper"])
        near(cluster_collapse(assign), out[name]["collapse"])
        near(min_cut(assign, edges), out[name]["mincut"])
        expected = out[name].get("orthogonality", out[name].get("orthogonality_k3"))
        near(cluster_orthogonality(assign), expected)
    near(-as_released(uniform, edges), out["uniform_S_any_k"]["dmon_spectral_google"])


@pytest.mark.parametrize("k", [2, 3])
def test_neuromap(cases, k):
    edges, case = edges_of(cases), cases[f"neuromap_k{k}"]
    logits = double(cases["common"]["outputs"][f"logits{k}"]).requires_grad_()
    length = map_equation(logits.softmax(1), edges, teleport=case["inputs"]["alpha"])
    length.backward()
    near(length, case["outputs"]["codelength_bits"])
    near(logits.grad, case["outputs"]["grad_logits"])
    flow = walk_flow(edges, 6)
    if "p" in case["outputs"]:
        near(flow.visits, case["outputs"]["p"])
        near(torch.zeros(6, 6).double().index_put(tuple(edges), flow.edges), case["outputs"]["flow"])


def test_neuromap_of_hard_partitions(cases):
    edges, out = edges_of(cases), cases["neuromap_partitions"]["outputs"]
    triangles = torch.eye(2, dtype=torch.float64)[[0, 0, 0, 1, 1, 1]]
    near(map_equation(triangles, edges), out["two_triangles"])
    near(map_equation(torch.ones(6, 1).double(), edges), out["one_module"])
    near(map_equation(torch.ones(6, 1).double(), edges), out["entropy_of_p_bits"])
    near(map_equation(torch.eye(6).double(), edges), out["singletons"])
    near(walk_flow(edges, 6, teleport=0.4).visits, out["p_equals_degree_over_2m"])


def test_neuromap_on_directed_edges(cases):
    case = cases["neuromap_directed"]
    matrix = double(case["inputs"]["adjacency"])
    edges = matrix.nonzero().T
    flow = walk_flow(edges, 6, matrix[tuple(edges)], teleport=case["inputs"]["alpha"])
    near(flow.visits, case["outputs"]["p"])
    near(torch.zeros(6, 6).double().index_put(tuple(edges), flow.edges), case["outputs"]["flow"])
    near(flow.edges.sum(), case["outputs"]["flow_total"])
    triangles = torch.eye(2, dtype=torch.float64)[[0, 0, 0, 1, 1, 1]]
    near(map_equation(triangles, edges), case["outputs"]["codelength_two_triangles"])


def test_dgcluster_without_labels(cases):
    edges, case = edges_of(cases), cases["dgcluster_loss"]
    rows = double(case["inputs"]["pre_activation"]).requires_grad_()
    head = SquaredUnitHead(4).double()
    o = head.assign(rows)
    loss = -soft_modularity(o, edges)
    loss.backward()
    near(o, case["outputs"]["output"])
    near(loss, case["outputs"]["loss_label_free"])
    near(rows.grad, case["outputs"]["grad_pre_activation_label_free"])
    near(o.mean(0).square().sum().square(), case["outputs"]["reg"])
