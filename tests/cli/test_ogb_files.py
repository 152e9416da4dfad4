"""From files in OGB's layouts to the leaderboard report: one dataset of each kind, by the real reader."""

import json
from pathlib import Path

import pytest
import torch

from graphcl.datasets import load
from graphcl.evaluation import ogb_score
from tests.datasets.ogb.layouts import node_set, write_link_set, write_molecule_set, write_node_set

NARROW = ("--set", "hidden_channels=8", "--set", "out_channels=8")


@pytest.fixture
def ogb(call, tmp_path, monkeypatch):
    """Run the command on the files of a folder; gives the report as JSON."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "data"
    root.mkdir()

    def run(dataset, method, *options):
        places = ("--root", root, "--out", tmp_path / "out", "--data", "counts=any")
        status, out, err = call(
            "bench", "ogb", "--dataset", dataset, "--method", method, "--seeds", 1, "--draft", *places, *options
        )
        assert status == 0, err
        page, plain = out.split()
        assert Path(page).read_text().startswith(f"# {dataset}: {method}")
        return json.loads(Path(plain).read_text())

    return root, run


def test_nodes(ogb):
    root, run = ogb
    write_node_set(root, "ogbn-arxiv", node_set("ogbn-arxiv", n=300, arcs=600))
    (root / "ogb" / "ogbn_arxiv" / "RELEASE_v1.txt").write_text("made by a test\n")
    report = run("ogbn-arxiv", "random-gnn", *NARROW)
    assert "the data is not OGB's: made by a test" in report["draft"]
    dataset = load("ogbn-arxiv", root, counts="any")
    test = dataset.splits["test"]
    most = dataset.graph.y[dataset.splits["train"]].mode()[0]
    chance = ogb_score("ogbn-arxiv", dataset.graph.y[test], torch.full((int(test.sum()),), int(most)))
    assert chance + 0.1 < report["form"]["test_mean"] <= 1


def test_links(ogb):
    root, run = ogb
    write_link_set(root)
    assert 0 <= run("ogbl-collab", "random-gnn", *NARROW)["form"]["test_mean"] <= 1


def test_molecules(ogb):
    root, run = ogb
    write_molecule_set(root, n=80)
    small = ("--set", "channels=8", "--set", "num_layers=1", "--set", "epochs=1")
    assert 0 <= run("ogbg-molhiv", "attr-masking", *small)["form"]["test_mean"] <= 1
