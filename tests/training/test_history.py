"""Histories in files: every number as it was, cells empty where there is none."""

import csv

import graphcl
from graphcl.training import write_history

HISTORY = [
    {"stage": "pretrain", "epoch": 1, "loss": 0.1 + 0.2, "reconstruction": 0.1 + 0.2},
    {"stage": "a, b", "epoch": 1, "loss": 1e-300, "contrast": -5e22},
]


def test_round_trip(tmp_path):
    path = tmp_path / "deep" / "history.csv"
    write_history(HISTORY, path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["stage", "epoch", "loss", "reconstruction", "contrast"]
    assert [row["stage"] for row in rows] == ["pretrain", "a, b"]
    assert [float(row["loss"]) for row in rows] == [0.1 + 0.2, 1e-300]
    assert (rows[0]["contrast"], rows[1]["reconstruction"]) == ("", "")
    assert float(rows[1]["contrast"]) == -5e22


def test_a_method_without_training_has_a_heading_alone(tmp_path):
    karate = graphcl.datasets.load("karate").graph
    model = graphcl.FeatureKMeans(n_clusters=2).fit(karate)
    write_history(model.history_, tmp_path / "history.csv")
    assert (tmp_path / "history.csv").read_text() == "stage,epoch,loss\n"
