"""The authors' numbers for the drop weights and probabilities of gCooL, and the encoder's forward passes."""

import re
from pathlib import Path

import pytest
import torch

from graphcl.augment import (
    degree_centrality,
    edge_drop_probabilities,
    edge_drop_weights,
    eigenvector_centrality,
    feature_drop_probabilities,
    feature_drop_weights,
    lazy_walk,
)
from graphcl.augment.importance import CAP, FLOOR
from graphcl.encoders import GNN, Projector
from tests.golden.arrays import Arrays, read

CENTRALITY = {"degree": "degree", "pr": "lazy-walk"}


@pytest.fixture(scope="module")
def cases(golden: Path) -> list[Arrays]:
    return read(golden / "gcool")


def matching(case: Arrays, pattern: str) -> list[re.Match]:
    """The names that match as a whole, with what the groups caught; at least one."""
    found = [match for name in case if (match := re.fullmatch(pattern, name))]
    assert found, f"no array is called {pattern}"
    return found


def node_numbers(case: Arrays, name: str) -> torch.Tensor:
    """The centrality that the published code takes for features."""
    n = int(case["num_nodes"])
    return (
        degree_centrality(case["edge_index"], n)
        if name == "degree"
        else lazy_walk(case["edge_index"], n, steps=10)
    )


def test_centralities(cases):
    for case in cases:
        edge_index, n = case["edge_index"], int(case["num_nodes"])
        case.near(degree_centrality(edge_index, n), "degree")
        for match in matching(case, r"pr_k(\d+)"):
            case.near(lazy_walk(edge_index, n, steps=int(match[1])), match[0])


def test_eigenvector_centrality_where_networkx_gives_one(cases):
    asked = [case for case in cases if case["evc_ok"]]
    assert asked
    for case in asked:
        c = eigenvector_centrality(case["edge_index"], int(case["num_nodes"]))
        case.near(c, "evc")
        weights = edge_drop_weights(case["edge_index"], c + FLOOR)
        case.near(weights, "edge_w_evc")


def test_edge_weights(cases):
    for case in cases:
        edge_index, n = case["edge_index"], int(case["num_nodes"])
        weights = edge_drop_weights(edge_index, degree_centrality(edge_index, n))
        case.near(weights, "edge_w_degree")
        walk = lazy_walk(edge_index, n)
        for match in matching(case, r"edge_w_pr200_(.+)"):
            ends = "target" if match[1] == "sink" else match[1]
            case.near(edge_drop_weights(edge_index, walk, ends=ends), match[0])


def test_edge_probabilities(cases):
    for case in cases:
        for match in matching(case, r"edge_dropprob_(degree|pr)_p(\d+)"):
            ours = edge_drop_probabilities(
                case["edge_index"],
                int(case["num_nodes"]),
                int(match[2]) / 100,
                centrality=CENTRALITY[match[1]],
            )
            case.near(ours, match[0])


@pytest.mark.parametrize("layout", ["dense", "csr"])
def test_column_weights_and_probabilities(cases, layout):
    for case in cases:
        for match in matching(case, r"feat_(w|dropprob)_(binary|dense)_(degree|pr)(?:_p(\d+))?"):
            x, c = case[f"x_{match[2]}"], node_numbers(case, match[3])
            x = x.to_sparse_csr() if layout == "csr" else x
            if match[1] == "w":
                ours = feature_drop_weights(x, c, rule=match[2])
            else:
                ours = feature_drop_probabilities(x, c, int(match[4]) / 100, rule=match[2])
            case.near(ours, match[0])


def test_an_unused_column_does_not_drop_all_others(cases):
    """There the published code drops every column at the cap, which its numbers show and ours must not repeat."""
    for case in cases:
        assert (case["zero_col_feat_dropprob_p20"] == CAP).all()
        x = case["x_binary"].clone()
        x[:, 1] = 0
        p = feature_drop_probabilities(x, node_numbers(case, "degree"), 0.2)
        others = torch.arange(x.size(1)) != 1
        alone = feature_drop_probabilities(x[:, others], node_numbers(case, "degree"), 0.2)
        torch.testing.assert_close(p[others], alone)
        assert p[1] == pytest.approx(0.2)


def encoder_of(case: Arrays) -> GNN:
    """Two GCN layers with one PReLU after both, with the widths and the weights of the file."""
    prefix = "fit_param.encoder."
    state = {key.removeprefix(prefix): value for key, value in case.items() if key.startswith(prefix)}
    hidden, width = state["conv.0.lin.weight"].shape
    out = state["conv.1.lin.weight"].size(0)
    model = GNN(width, hidden, out, 2, kind="gcn", activation="prelu", activate_last=True).double()
    model.load_state_dict(state)
    return model


def projector_of(case: Arrays) -> Projector:
    prefix = "fit_param.proj."
    state = {key.removeprefix(prefix): value for key, value in case.items() if key.startswith(prefix)}
    hidden, width = state["0.weight"].shape
    model = Projector(width, hidden, state["2.weight"].size(0)).double()
    model.load_state_dict(state)
    return model


@pytest.mark.parametrize("layout", ["dense", "csr"])
def test_encoder_and_projection(cases, layout):
    for case in cases:
        encoder, projector = encoder_of(case), projector_of(case)
        for view, edges in {"_full": "edge_index", "1": "fit_edge_index_1", "2": "fit_edge_index_2"}.items():
            x = case["fit_x" if view == "_full" else f"fit_x{view}"]
            z = encoder(x.to_sparse_csr() if layout == "csr" else x, case[edges])
            case.near(z, f"fit_z{view}")
            if view != "_full":
                case.near(projector(z), f"fit_h{view}")
