"""Ideas as parts of losses: golden numbers by plain loops over pairs."""

from pathlib import Path

import numpy as np
import pytest
import torch

from graphcl.objectives import (
    decoupled_contrast,
    grouped_info_nce,
    info_nce,
    kept_share,
    next_centre,
    nt_xent,
    pair_figures,
    positive_weights,
    swapped_prediction,
    view_spectrum,
)
from graphcl.objectives.all_pairs.pair_groups import grouped_logsumexp, mark_rows
from tests.golden.arrays import Arrays

POOL = {"symmetric": True, "same_view": True}


@pytest.fixture(params=["dense", "blocked"])
def summation(request) -> str:
    return request.param


def arrays(golden: Path, name: str) -> Arrays:
    file = np.load(golden / "ideas" / f"{name}.npz")
    return Arrays({key: torch.from_numpy(np.asarray(value)) for key, value in file.items()})


def test_decoupled_contrast(golden, summation):
    a = arrays(golden, "dcl")
    t = float(a["temperature"])
    for name, loss in (("dcl", decoupled_contrast), ("info", info_nce)):
        u, v = a["u"].clone().requires_grad_(), a["v"]
        value = loss(u, v, temperature=t, summation=summation, **POOL)
        value.backward()
        a.near(value, {"dcl": "dcl", "info": "info_nce"}[name])
        np.testing.assert_allclose(u.grad, a[f"{name}_grad_u"], atol=1e-8)  # of finite differences
    u, v = a["u"], a["v"]
    a.near(decoupled_contrast(u, v, temperature=t, same_view=True, summation=summation), "dcl_one_way")
    a.near(decoupled_contrast(u, v, temperature=t, summation=summation), "dcl_one_way_across")
    a.near(nt_xent(u, v, temperature=t), "dcl_one_way_across")
    weights = positive_weights(u, v, sigma=float(a["sigma"]))
    a.near(weights, "weights")
    a.near(decoupled_contrast(u, v, temperature=t, weights=weights, summation=summation, **POOL), "dclw")
    zero = u.clone()
    zero[5] = 0
    a.near(decoupled_contrast(zero, v, temperature=t, summation=summation, **POOL), "dcl_zero_row")


def test_negatives_by_cluster(golden, summation):
    a = arrays(golden, "cluster_negatives")
    t, labels = float(a["temperature"]), a["labels"]
    form = {"temperature": t, "summation": summation, **POOL}
    for weight, loss in zip(a["weight"].tolist(), a["loss"], strict=True):
        value = grouped_info_nce(a["u"], a["v"], labels, group_weight=weight, **form)
        assert value.item() == pytest.approx(loss.item(), abs=1e-9)
    marks = mark_rows(labels, torch.arange(6)).repeat(2, 1)
    pool, own = torch.cat([a["u"], a["v"]]), ((a["u"] * a["v"]).sum(1) / t).repeat(2)
    alone = grouped_logsumexp(pool, scale=1 / t, marks=marks, different=0.0)
    a.near((torch.logaddexp(alone, own) - own).mean(), "within")


def test_equal_graphs(golden, summation):
    a = arrays(golden, "duplicates")
    t = float(a["temperature"])
    a.near(nt_xent(a["u"], a["v"], temperature=t), "nt_xent")
    distinct = decoupled_contrast(a["u"], a["v"], temperature=t, groups=a["codes"], summation=summation)
    a.near(distinct, "nt_xent_distinct")


def test_coupling(golden):
    a = arrays(golden, "dcl")
    figures = pair_figures(a["u"], a["v"], temperature=float(a["temperature"]))
    a.near(figures["coupling"], "own_share_mean")
    assert figures["coupling_spread"].item() == pytest.approx(a["own_share"].std(correction=0).item(), abs=1e-12)


def test_the_spectrum_of_views(golden):
    a = arrays(golden, "view_spectrum")
    spectrum = view_spectrum(a["x"], a["y"], ridge=float(a["ridge"]))
    a.near(spectrum, "eigenvalues")
    a.near(spectrum.sum(), "total")
    share = kept_share(a["x"], a["y"])
    a.near(share, "ratio")
    a.near(share / (1 - share), "signal_to_noise")


def test_prototypes(golden):
    a = arrays(golden, "prototypes")
    s1, s2 = (a[name] @ a["prototypes"].T for name in ("u", "v"))
    temperatures = {"student": float(a["student"]), "teacher": float(a["teacher"])}
    a.near(swapped_prediction(s1, s2, s1, s2, a["centre"], **temperatures), "loss")
    a.near(next_centre(a["centre"], s1, s2, momentum=0.9), "next_centre")
