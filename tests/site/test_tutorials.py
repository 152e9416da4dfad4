"""The pages that a new reader starts with are run, every block of them, from an empty folder."""

import csv

import networkx as nx
import numpy as np
import pytest
import torch

from tests.site.pages import run_commands, run_page

pytestmark = pytest.mark.usefixtures("runs_in_this_process")


def rows_of(path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_first_page_from_an_edge_list_to_a_table(tmp_path, monkeypatch):
    """A reader who has nothing but this page clusters an edge list of her own and has a table for her paper."""
    run_page("index.md", tmp_path, monkeypatch)
    _, *rows = rows_of(tmp_path / "labels.csv")
    assert sorted(name for name, _ in rows) == sorted(nx.les_miserables_graph())
    assert len({cluster for _, cluster in rows}) == 6
    table = (tmp_path / "table.tex").read_text(encoding="utf-8")
    assert r"\toprule" in table
    assert all(method in table for method in ("two-view", "smooth-k-means"))


def test_cluster_my_graph(tmp_path, monkeypatch):
    ran = run_page("tutorials/cluster-my-graph.md", tmp_path, monkeypatch)
    assert "77" in ran.printed[0], "the number of nodes of the edge list"
    assert len(rows_of(tmp_path / "labels.csv")) == 78
    assert "Cosette" in ran.names["with_valjean"]
    assert ran.names["found"] > 0.9
    assert ran.names["agreement"]["nmi"] > 0.7
    assert any("SmoothKMeans {'modularity':" in text for text in ran.printed)


def test_compare_methods(tmp_path, monkeypatch):
    ran = run_page("tutorials/compare-methods.md", tmp_path, monkeypatch)
    assert ran.names["best"] in {"two-view", "smooth-k-means"}
    assert len(ran.names["records"]) == 12
    assert r"\midrule" in (tmp_path / "table.tex").read_text(encoding="utf-8")
    assert len(rows_of(tmp_path / "table.csv")) > 6
    assert (tmp_path / "cd.svg").read_text(encoding="utf-8").startswith("<svg")


def test_own_method(tmp_path, monkeypatch):
    ran = run_page("tutorials/own-method.md", tmp_path, monkeypatch)
    assert ran.names["scores"]["acc"] > 0.8
    assert ran.names["sampled"].embedding_.shape == (300, 32)
    assert "gae" in ran.printed[-1]
    assert "smooth-k-means" in ran.printed[-1]


def test_molecules(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    ran = run_page("tutorials/molecules.md", tmp_path, monkeypatch)
    clusters = ran.names["clusters"]
    assert clusters[:10].unique().numel() == clusters[10:].unique().numel() == 1
    assert clusters[0] != clusters[10]
    assert np.load(tmp_path / "z.npy").shape == (20, 16)


def test_large_graph(tmp_path, monkeypatch):
    ran = run_page("tutorials/large-graph.md", tmp_path, monkeypatch)
    assert ran.names["stored"].x.shape[0] == len(ran.names["truth"]) == 20_000
    assert ran.names["z"].shape == (20_000, 32)
    assert isinstance(ran.names["z"], torch.Tensor)
    scores = {line.split()[0]: float(line.split()[1]) for line in ran.printed[-1].splitlines()}
    assert min(scores["SmoothKMeans"], scores["TwoView"]) > 0.95
    assert scores["DGI"] > 0.5


def test_a_block_that_fails_fails_its_page(tmp_path, monkeypatch):
    with pytest.raises(AssertionError, match="graphcl cluster no-such-method karate"):
        run_commands("graphcl cluster no-such-method karate", {})
