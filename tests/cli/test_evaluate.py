import json

import numpy as np
import pytest


@pytest.mark.usefixtures("runs_in_this_process")
def test_probe_prints_mean_and_spread(call):
    arguments = ("smooth-k-means", "planted-partition", "--seeds", 2, "--data", "nodes=120", "--data", "blocks=3")
    every = ("--probe", "linear", "--probe", "knn", "--probe", "k-means")
    status, out, _ = call("evaluate", "probe", *arguments, *every)
    lines = out.splitlines()
    assert status == 0
    assert lines[0].startswith(
        "smooth-k-means on planted-partition, 2 runs; labels read once, after the last step"
    )
    assert lines[0].endswith("random splits")
    assert "micro-F1 %  macro-F1 %" in lines[1]
    assert lines[2].startswith("linear probe")
    assert lines[2].count(" ± ") == 3
    assert lines[3].startswith("k-NN probe")
    assert lines[5].startswith("k-means")
    assert "oracle" not in out


@pytest.mark.usefixtures("runs_in_this_process")
def test_probe_as_json_is_one_record_per_run(call, tmp_path):
    out_file = tmp_path / "runs.jsonl"
    small = ("--set", "hidden_channels=[16]", "--set", "pretrain_epochs=2", "--epochs", 3)
    command = ("evaluate", "probe", "scgc-star", "karate", *small, "--json", "--out", out_file)
    status, out, _ = call(*command)
    assert status == 0
    record = json.loads(out)
    assert record["params"]["epochs"] == 3
    assert {"probe/accuracy", "probe/micro_f1", "probe/macro_f1", "oracle/probe/accuracy"} <= set(
        record["metrics"]
    )
    again = call(*command)
    assert again[1] == out
    assert "1 of 1 runs are on record" in again[2]


@pytest.fixture
def graph_file(tmp_path):
    def write(**changes):
        ring = np.stack([np.arange(30), (np.arange(30) + 1) % 30])
        np.savez(tmp_path / "graph.npz", x=np.eye(30), edge_index=ring, **changes)
        return tmp_path / "graph.npz"

    return write


@pytest.mark.usefixtures("runs_in_this_process")
def test_the_kmeans_probe_needs_no_split(call, graph_file):
    half = np.arange(30) < 15
    path = graph_file(y=np.arange(30) // 15, train_mask=half, val_mask=~half, test_mask=half)
    status, out, _ = call("evaluate", "probe", "random-gnn", path, "--probe", "k-means")
    assert status == 0
    assert "(revision 1), no splits" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["k-means", "karate", "--split", "own"], "karate: own splits need masks for train, val and test"),
        (["k-means", "karate", "--split", "public"], "split must be one of auto, own, random; got 'public'"),
        (["k-means", "karate", "--probe", "svm"], "no probe is named 'svm'; choose among linear, knn, k-means"),
        (["k-means", "karate", "--epochs", 3], "k-means has no parameter 'epochs'"),
        (["scgc", "karate", "--epochs", 3, "--set", "epochs=4"], "the setting 'epochs' comes twice; give it once"),
        (["kmeans", "karate"], "no method is named 'kmeans' (did you mean k-means"),
    ],
)
def test_bad_arguments_are_one_line(call, arguments, message):
    status, out, err = call("evaluate", "probe", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err


def test_graphs_that_cannot_be_probed_are_one_line(call, graph_file):
    half = np.arange(30) < 15
    absent = {"train_mask": half, "val_mask": ~half & (np.arange(30) < 20), "test_mask": np.arange(30) >= 20}
    for changes, message in (
        ({}, "graph.npz has no classes to probe for; give y, or cluster it instead"),
        ({"y": np.zeros(30, dtype=int)}, "graph.npz: a probe needs two classes of at least three nodes; got 1"),
        ({"y": np.arange(30) // 15, **absent}, "own split 0 has no node of class 1 in train"),
        ({"y": np.arange(30) % 2, "train_mask": half}, "val and test missing, there: train"),
    ):
        status, out, err = call("evaluate", "probe", "k-means", graph_file(**changes), "--set", "n_clusters=2")
        assert (status, out) == (2, "")
        assert err.count("\n") == 1
        assert message in err
