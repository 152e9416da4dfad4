"""The authors' numbers for the drop weights and probabilities of gCooL, and the encoder's forward passes."""

import re
from pathlib import Path

import numpy as np
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

CLOSE = {"rtol": 1e-9, "atol": 1e-11}
CENTRALITY = {"degree": "degree", "pr": "lazy-walk"}

Case = dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def cases(golden: Path) -> list[Case]:
    files = sorted((golden / "gcool").glob("*.npz"))
    assert files
    return [{key: torch.from_numpy(value) for key, value in np.load(file).items()} for file in files]


def matching(case: Case, pattern: str) -> list[tuple[re.Match, torch.Tensor]]:
    """The arrays whose whole name matches, with what the groups caught; at least one."""
    found = [(match, value) for name, value in case.items() if (match := re.fullmatch(pattern, name))]
    assert found, f"no array is called {pattern}"
    return found


def node_numbers(case: Case, name: str) -> torch.Tensor:
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
        torch.testing.assert_close(degree_centrality(edge_index, n), case["degree"], **CLOSE)
        for match, expected in matching(case, r"pr_k(\d+)"):
            torch.testing.assert_close(lazy_walk(edge_index, n, steps=int(match[1])), expected, **CLOSE)


def test_eigenvector_centrality_where_networkx_gives_one(cases):
    asked = [case for case in cases if case["evc_ok"]]
    assert asked
    for case in asked:
        c = eigenvector_centrality(case["edge_index"], int(case["num_nodes"]))
        torch.testing.assert_close(c, case["evc"], **CLOSE)
        weights = edge_drop_weights(case["edge_index"], c + FLOOR)
        torch.testing.assert_close(weights, case["edge_w_evc"], **CLOSE)


def test_edge_weights(cases):
    for case in cases:
        edge_index, n = case["edge_index"], int(case["num_nodes"])
        weights = edge_drop_weights(edge_index, degree_centrality(edge_index, n))
        torch.testing.assert_close(weights, case["edge_w_degree"], **CLOSE)
        walk = lazy_walk(edge_index, n)
        for match, expected in matching(case, r"edge_w_pr200_(.+)"):
            ends = "target" if match[1] == "sink" else match[1]
            torch.testing.assert_close(edge_drop_weights(edge_index, walk, ends=ends), expected, **CLOSE)


def test_edge_probabilities(cases):
    for case in cases:
        for match, expected in matching(case, r"edge_dropprob_(degree|pr)_p(\d+)"):
            ours = edge_drop_probabilities(
                case["edge_index"],
                int(case["num_nodes"]),
                int(match[2]) / 100,
                centrality=CENTRALITY[match[1]],
            )
            torch.testing.assert_close(ours, expected, **CLOSE)


@pytest.mark.parametrize("layout", ["dense", "csr"])
def test_column_weights_and_probabilities(cases, layout):
    for case in cases:
        for match, expected in matching(case, r"feat_(w|dropprob)_(binary|dense)_(degree|pr)(?:_p(\d+))?"):
            x, c = case[f"x_{match[2]}"], node_numbers(case, match[3])
            x = x.to_sparse_csr() if layout == "csr" else x
            if match[1] == "w":
                ours = feature_drop_weights(x, c, rule=match[2])
            else:
                ours = feature_drop_probabilities(x, c, int(match[4]) / 100, rule=match[2])
            torch.testing.assert_close(ours, expected, **CLOSE)


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
