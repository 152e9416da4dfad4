"""Choices without labels from the shell: of a method, and of the number of clusters."""

import json

import numpy as np
import pytest

from graphcl.cli.commands import auto

BLOCKS = ("planted-partition", "--data", "nodes=150", "--data", "blocks=3", "--data", "signal=3.0")


@pytest.fixture(autouse=True)
def quick_methods(monkeypatch):
    monkeypatch.setattr(auto, "METHODS_TRIED", ("k-means", "two-view"))


def test_choose_k_prints_every_number_and_marks_the_best(call):
    status, out, _ = call("choose-k", *BLOCKS, "--range", "2:5", "--set", "starts=1")
    assert status == 0
    rows = [line.split() for line in out.splitlines() if line.split()[0].isdigit()]
    assert [row[0] for row in rows] == ["2", "3", "4", "5"]
    assert [row[0] for row in rows if row[-1] == "best"] == ["3"]
    assert "Trust it only if it stands out" in out


def test_choose_k_as_json(call):
    status, out, _ = call("choose-k", *BLOCKS, "--range", "3:4", "--json", "--set", "rounds=0")
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [row["n_clusters"] for row in rows] == [3, 4]
    assert rows[0]["best"]
    assert sum(rows[1]["sizes"]) == 150
    assert len(rows[1]["R2"]) == 4


@pytest.mark.parametrize("name", ["curve.svg", "curve.png"])
def test_choose_k_draws(call, tmp_path, name):
    pytest.importorskip("matplotlib")
    path = tmp_path / "plots" / name
    assert call("choose-k", *BLOCKS, "--range", "2:4", "--set", "starts=1", "--plot", path)[0] == 0
    assert path.read_bytes()[:5] in (b"<?xml", b"\x89PNG\r")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--range", "5:2"], "--range must read LOW:HIGH with 1 <= LOW <= HIGH, as 2:12; got '5:2'"),
        (["--range", "7"], "--range must read LOW:HIGH"),
        (["--range", "2:x"], "--range must read LOW:HIGH"),
        (["--range", "2:999"], "--range must end at the number of nodes; got 999 for 34 nodes"),
        (["--plot", "curve.pdf"], "a plot must end in .svg or .png; got curve.pdf"),
        (["--set", "n_clusters=3"], "n_clusters is no setting here; use --range"),
        (["--set", "hops=3"], "two-view has no parameter 'hops'"),
    ],
)
def test_choose_k_errors_are_one_line(call, arguments, message):
    status, out, err = call("choose-k", "karate", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err


def test_a_plot_needs_matplotlib(call, monkeypatch):
    monkeypatch.setattr("graphcl.cli.choice_plot.find_spec", lambda name: None)
    status, _, err = call("choose-k", "karate", "--plot", "curve.svg")
    assert (status, err) == (
        2,
        "error: a plot needs matplotlib; pip install 'graphcl[plot]', or leave --plot out\n",
    )


def test_cluster_auto_prints_j_of_each_and_chooses(call):
    status, out, err = call("cluster", "auto", *BLOCKS, "--seeds", 2)
    assert status == 0
    rows = [line.split() for line in out.splitlines() if line.startswith(("k-means", "two-view"))]
    assert len(rows) == 4
    assert float(rows[0][2]) == max(float(row[2]) for row in rows)
    assert ["chosen" in row for row in rows] == [True, False, False, False]
    assert "they were read after the choice" in out
    assert "two-view, seed 1 ..." in err


def test_cluster_auto_does_not_look_at_classes(call, tmp_path):
    """The same graph with other classes: the same runs, J and choice."""
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], 30)
    arrays = {
        "x": rng.normal(size=(90, 8)) + 2 * rng.normal(size=(3, 8))[group],
        "edge_index": np.stack([np.arange(90), (np.arange(90) + 1) % 90]),
    }
    found = []
    for number, y in enumerate((group, rng.permutation(group))):
        path = tmp_path / f"{number}.npz"
        np.savez(path, y=y, **arrays)
        status, out, _ = call("cluster", "auto", path, "--json")
        assert status == 0
        rows = [json.loads(line) for line in out.splitlines()]
        assert {"acc", "nmi"} <= set(rows[0])
        found.append([[row[key] for key in ("method", "seed", "J", "chosen")] for row in rows])
    assert found[0] == found[1]


def test_cluster_auto_without_classes(call, tmp_path):
    path = tmp_path / "ring.npz"
    np.savez(path, x=np.eye(8), edge_index=np.stack([np.arange(8), (np.arange(8) + 1) % 8]))
    status, out, _ = call("cluster", "auto", path, "--set", "n_clusters=2")
    assert status == 0
    assert "ACC" not in out
    status, out, err = call("cluster", "auto", path)
    assert (status, out) == (2, "")
    assert "give it by --set n_clusters=K, or look for it with graphcl choose-k" in err
    status, _, err = call("cluster", "auto", "karate", "--out", tmp_path / "runs.jsonl")
    assert status == 2
    assert "auto compares several; leave --out out" in err
