"""The page on results, from the shell."""

from pathlib import Path

import pytest

SUITE = """
name = "tiny"
seeds = 2
methods = ["k-means"]
datasets = ["karate"]
"""


@pytest.mark.usefixtures("runs_in_this_process")
def test_run_and_report(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tiny.toml").write_text(SUITE)
    status, _, err = call("bench", "report")
    assert status == 2
    assert "there are no records to show; graphcl bench run makes some" in err
    assert call("bench", "run", "tiny.toml")[0] == 0
    kept = {path.name: path.read_bytes() for path in Path("runs/tiny").iterdir()}
    assert len(kept) == 2
    assert call("bench", "run", "tiny.toml")[0] == 0
    assert {path.name: path.read_bytes() for path in Path("runs/tiny").iterdir()} == kept

    assert call("bench", "report") == (0, "runs/report.html\n", "")
    page = Path("runs/report.html").read_text(encoding="utf-8")
    assert "pictures and clusters of seed 0" in page
    assert "34 nodes, 2 classes" in page
    assert call("bench", "report", "runs/tiny.jsonl", "--out", "deep/page.html") == (0, "deep/page.html\n", "")
    assert Path("deep/page.html").read_text(encoding="utf-8") == page
    status, _, err = call("bench", "report", "absent.jsonl")
    assert status == 2
    assert "absent.jsonl" in err
