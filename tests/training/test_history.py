"""Histories in files: every number as it was, cells empty where there is none."""

import csv

import pytest

import graphcl
from graphcl.training import read_history, write_history

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
    assert read_history(path) == HISTORY


def test_a_method_without_training_has_a_heading_alone(tmp_path):
    karate = graphcl.datasets.load("karate").graph
    model = graphcl.FeatureKMeans(n_clusters=2).fit(karate)
    write_history(model.history_, tmp_path / "history.csv")
    assert (tmp_path / "history.csv").read_text() == "stage,epoch,loss\n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no epoch"),
        (b"stage,epoch,loss\n", "no epoch"),
        (b"a,b\n1,2\n", "no epoch"),
        (b"stage,epoch,loss\na,1,much\n", "much"),
        (b"stage,epoch,loss\na,1.5,0\n", "1.5"),
        (b"stage,epoch,loss,kl\na,1,0\n", "is not a history"),
        (b"stage,epoch,loss\na,1,0,7\n", "is not a history"),
        (b"stage,epoch,loss\n\xff\xfe,1,0\n", "utf-8"),
        (b'stage,epoch,loss\n"a"b,1,0\n', "expected after"),
    ],
)
def test_another_file_is_refused_in_one_line(tmp_path, content, why):
    path = tmp_path / "history.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=why) as caught:
        read_history(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
