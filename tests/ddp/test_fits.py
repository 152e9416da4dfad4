"""Estimators on two ranks: one model on both, the steps of one process, and a resumption by any number."""

import pytest
import torch

from graphcl import METHODS
from tests.ddp import fits

SCGC = {**fits.FEATURES, "n_clusters": 3, "epochs": 2, "batch_size": 14, "positives": 2}
ONE_LAYER = {**fits.SAMPLED, "num_layers": 1, "fanouts": (3,), "n_clusters": 3}
CASES = {
    "grace": {**fits.SAMPLED, "contrast_nodes": 8},
    "gca": fits.SAMPLED,
    "gcool": {**fits.SAMPLED, "n_communities": 3, "stride": 1, "rate": 1.0, "epochs": 3},
    "dgi": ONE_LAYER,
    "ggd": ONE_LAYER,
    "dink-net": {**ONE_LAYER, "refine_epochs": 2, "n_init": 2},
    "cca-ssg": fits.SAMPLED,
    "g-bt": fits.SAMPLED,
    "vicreg": fits.SAMPLED,
    "bgrl": fits.SAMPLED,
    "prototypes": {**fits.SAMPLED, "n_prototypes": 4},
    "graph-mae2": {**fits.SAMPLED, "num_layers": 1, "heads": 2, "remask": "random", "momentum": 0.5},
    "afgrl": {**ONE_LAYER, "clusters": 4, "runs": 2},
    "mvgrl": ONE_LAYER,
    "graph-mae": {**fits.SAMPLED, "num_layers": 1, "heads": 2},
    "dmon": ONE_LAYER,
    "mincut": ONE_LAYER,
    "neuromap": {**fits.SAMPLED, "n_clusters": 3},
    "dgcluster": {**fits.SAMPLED, "num_layers": 2, "n_clusters": 3},
    "ns4gc": fits.SAMPLED,
    "magi": {**fits.SAMPLED, "num_layers": 1, "fanouts": (3,), "walks": 3},
    "scgc": SCGC,
    "scgc-star": {**SCGC, "select": "agreement", "select_every": 1},
    "autoencoder-k-means": {**fits.FEATURES, "n_clusters": 3},
    "s3gc": {"out_channels": 4, "epochs": 2, "batch_size": 14, "walks": 2, "n_clusters": 3},
}
OF_GRAPHS = ["dsla", "graph-cl", "attr-masking", "edge-pred", "simgrace", "infograph", "infomax"]
OF_GRAPHS += ["graph-mae-graphs", "joao", "context-pred", "mvgrl-graphs"]
PLAIN = {**fits.SAMPLED, "edge_rates": (0.0, 0.0), "feature_rates": (0.0, 0.0), "lr": 0.01}


def assert_one_model(ranks):
    first, second = ranks
    for name, value in first["state"].items():
        assert torch.equal(value, second["state"][name]), name
    for name in ("embedding", "labels"):
        assert first[name] is None or torch.equal(first[name], second[name]), name
    assert first["history"] == second["history"]
    assert first["stages"] == second["stages"]
    assert first["embedding"].isfinite().all()


@pytest.mark.parametrize("name", CASES)
def test_both_ranks_have_one_model(pool, name):
    ranks = pool.run(fits.fitted, name, CASES[name])
    assert_one_model(ranks)
    untrained = dict.fromkeys((key for key in CASES[name] if key.endswith("epochs")), 0)
    assert not torch.equal(ranks[0]["embedding"], fits.fitted(name, {**CASES[name], **untrained})["embedding"])


@pytest.mark.parametrize("name", OF_GRAPHS)
def test_both_ranks_have_one_encoder_of_graphs(pool, name):
    assert_one_model(pool.run(fits.fitted_graphs, name))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("grace", PLAIN),
        ("gca", PLAIN),
        ("cca-ssg", {**fits.SAMPLED, "edge_rate": 0.0, "feature_rate": 0.0}),
        ("g-bt", {**fits.SAMPLED, "edge_rate": 0.0, "feature_rate": 0.0, "norm": "layer"}),
        ("bgrl", {**PLAIN, "norm": "layer"}),  # batch norm sees other samples
        ("gcool", {**PLAIN, "n_communities": 3, "stride": 1, "rate": 1e-6}),  # communities are a process's own
        ("scgc-star", {**SCGC, "alpha": 0.0, "beta": 1.0}),
        ("autoencoder-k-means", CASES["autoencoder-k-means"]),
    ],
)
def test_two_ranks_do_the_steps_of_one(pool, name, settings):
    """Where nothing is drawn besides the order: the joint batch has one gradient, on one process or on two."""
    ours, single = pool.run(fits.fitted, name, settings)[0], fits.fitted(name, settings)
    rows, expected = (z - z.mean(0) for z in (ours["embedding"], single["embedding"]))  # CCA-SSG knows no mean
    torch.testing.assert_close(rows, expected, rtol=1e-3, atol=1e-4)
    for there, here in zip(ours["history"], single["history"], strict=True):
        name = list(here)[3]  # the first of the named losses
        assert there[name] == pytest.approx(here[name], rel=1e-4)


def test_negatives_of_ones_own_are_a_choice(pool):
    own = pool.run(fits.fitted, "grace", {**PLAIN, "across_ranks": False})
    assert_one_model(own)
    joint = pool.run(fits.fitted, "grace", {**PLAIN, "across_ranks": True})
    assert own[0]["history"][0]["loss"] < joint[0]["history"][0]["loss"] - 0.3, "fewer negatives"


def test_a_training_is_resumed_by_two_ranks_and_by_one(pool, tmp_path):
    """Another number does the same steps, whose draws differ."""
    settings = {**SCGC, "epochs": 3}
    whole = pool.run(fits.fitted, "scgc-star", settings)[0]
    results = []
    for resume in (
        lambda path: pool.run(fits.stopped_and_resumed, path, settings, resume=True)[0],
        lambda path: fits.stopped_and_resumed(path, settings, resume=True),
    ):
        path = tmp_path / "state.pt"
        assert pool.run(fits.stopped_and_resumed, path, settings, resume=False) == [5, 5], "after the same step"
        results.append(resume(path))
    two, one = results
    assert torch.equal(two["embedding"], whole["embedding"])
    assert two["history"] == whole["history"]
    assert one["history"][:1] == whole["history"][:1]
    assert [row["epoch"] for row in one["history"]] == [row["epoch"] for row in whole["history"]]
    assert one["history"][-1]["loss"] == pytest.approx(whole["history"][-1]["loss"], rel=0.3)
    assert not torch.equal(one["embedding"], whole["embedding"])


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("grace", fits.WIDTHS, "stage 'contrast' takes all 37 seeds at once, which 2 processes cannot divide"),
        ("scgc-star", {**fits.FEATURES, "n_clusters": 3}, "stage 'cluster' takes all 37 seeds at once"),
        ("sdcn", {**fits.FEATURES, "n_clusters": 3}, "stage 'cluster' takes all 37 seeds at once"),
        ("daegc", {"n_clusters": 3}, "stage 'pretrain' takes all 37 seeds at once"),
        ("dfcn", {"n_clusters": 3}, "stage 'features' takes all 37 seeds at once"),
        ("grace", {**fits.SAMPLED, "batch_size": 1}, "batch_size must give each of 2 processes a seed"),
        ("k-means", {"n_clusters": 3}, "k-means is not trained by steps, so 2 processes have nothing to divide"),
        ("random-gnn", {}, "random-gnn is not trained by steps"),
        ("grace", {**fits.SAMPLED, "device": "cuda:0"}, "device must be auto, cuda or cpu for several processes"),
    ],
)  # fmt: skip
def test_what_cannot_be_divided_is_refused_on_all_ranks(pool, name, settings, expected):
    assert all(expected in message for message in pool.run(fits.refused, name, settings))


def test_every_method_that_trains_is_tried():
    assert set(CASES) | set(OF_GRAPHS) >= set(METHODS) - {
        "two-view", "smooth-k-means", "ssgc", "sagsc", "ms2cag", "random-gnn", "k-means", "leiden",
        "gcool-multiplex", "sdcn", "daegc", "dfcn",
    }  # fmt: skip
