"""The experiment on Dink-Net's second stage: what it looks at, and which rows it shows."""

import sys
from pathlib import Path

import pytest

from graphcl import DinkNet
from graphcl.datasets import load
from graphcl.evaluation import clustering_scores

SCRIPTS = Path(__file__).parents[2] / "benchmarks" / "probes"
SMALL = {"out_channels": 16, "epochs": 5, "n_init": 2}


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    monkeypatch.delitem(sys.modules, "dink_refinement", raising=False)
    import dink_refinement

    return dink_refinement


def test_every_epoch_is_followed_from_k_means_to_the_labels_of_the_method(script, monkeypatch):
    recipe = script.Watched.from_recipe
    monkeypatch.setattr(script.Watched, "from_recipe", lambda name, **given: recipe(name, **{**given, **SMALL}))
    rows = script.follow("karate", 0, 12)
    graph = load("karate").graph
    plain = DinkNet(n_clusters=load("karate").num_classes, refine_epochs=12, **SMALL).fit(graph)
    assert [row["epoch"] for row in rows] == list(range(13))
    assert rows[0]["loss"] is None
    assert rows[-1]["acc"] == pytest.approx(100 * clustering_scores(graph.y, plain.labels_)["acc"], abs=0.01)
    assert rows[-1]["norm"] == pytest.approx(plain.cluster_centers_.norm(dim=1).mean().item(), rel=1e-5)
    assert rows[-1]["loss"] < rows[1]["loss"]
    assert rows[0]["drift"] < 1e-4
    shown = script.chosen(rows)
    assert list(shown.values())[:2] == [rows[0], rows[-1]]
    assert list(shown.values())[2]["acc"] == max(row["acc"] for row in rows[1:])
    [*_, first, last, oracle] = script.lines(rows, "karate")
    assert first.startswith("| 0 | first stage, k-means | 0 |")
    assert last.startswith("| 0 | second stage, last epoch | 12 |")
    assert oracle.startswith("| 0 | oracle: its best epoch by label |")
