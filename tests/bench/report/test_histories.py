"""A page on trainings: its charts hold what the histories say, and names in files stay text."""

import re
from xml.etree import ElementTree as ET

import pytest

from graphcl.bench.report import write_histories
from graphcl.bench.report.histories import build_histories
from graphcl.training import write_history
from tests.bench.report.reading import Page

LONG = [
    {"stage": "pretrain", "epoch": t, "loss": 2.0 / t, "edits": 1.0 / t, "spearman": 0.2 * t} for t in (1, 2, 3)
]
SHORT = [
    {"stage": "pretrain", "epoch": 1, "loss": 1.5, "prediction": 1.5},
    {"stage": "tune", "epoch": 1, "loss": float("nan"), "kl": 0.25},
]


@pytest.fixture(scope="module")
def text():
    return build_histories({"long": LONG, "<b>short": SHORT})


def charts(text):
    found = [ET.fromstring(chart) for chart in re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL)]  # noqa: S314  (ours)
    return {chart.attrib["aria-label"]: chart for chart in found}


def test_each_column_of_a_stage_has_a_chart_and_each_training_a_line(text):
    drawn = charts(text)
    assert list(drawn) == [
        *(f"{name} over the epochs of stage pretrain" for name in ("loss", "edits", "spearman", "prediction")),
        "kl over the epochs of stage tune",
    ]
    loss, edits, _, prediction, _ = drawn.values()
    classes = [
        [mark.attrib["class"] for mark in chart.iter() if "line" in mark.get("class", "")]
        for chart in drawn.values()
    ]
    assert classes == [["c0 line", "c1 line dot"], ["c0 line"], ["c0 line"], ["c1 line dot"], ["c1 line dot"]]
    assert loss.attrib["viewBox"] == edits.attrib["viewBox"] == prediction.attrib["viewBox"]


def test_a_table_says_where_each_training_ended(text):
    page = Page(text)
    assert page.rows("numbers") == [
        ["training", "epochs", "loss", "edits", "spearman", "prediction"],
        ["long", "3", "0.667", "0.333", "0.6", "-"],
        ["<b>short", "1", "1.5", "-", "-", "1.5"],
        ["training", "epochs", "kl"],
        ["long", "0", "-"],
        ["<b>short", "1", "0.25"],
    ]


def test_files_of_one_name_are_told_apart(tmp_path):
    files = [tmp_path / folder / "losses.csv" for folder in ("a", "b")]
    for file in files:
        write_history(LONG, file)
    write_histories(files, tmp_path / "page.html")
    rows = Page((tmp_path / "page.html").read_text(encoding="utf-8")).rows("numbers")
    assert [row[0] for row in rows[1:]] == [str(file) for file in files]
