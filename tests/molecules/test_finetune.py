"""The script that fine-tunes on molecules: the rows of its table, and that nothing is run twice."""

import json
import sys
from pathlib import Path

import pytest

import graphcl
from tests.labelled_molecules import labelled

SCRIPTS = Path(__file__).parents[2] / "benchmarks" / "molecules"


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    import finetune

    def start(*more):
        places = ("--results", str(tmp_path / "runs.jsonl"), "--table", str(tmp_path / "table.md"))
        options = ("--folder", str(tmp_path), *places, "--device", "cpu", *more)
        monkeypatch.setattr(sys, "argv", ["finetune.py", *options])
        finetune.main()
        return (tmp_path / "table.md").read_text()

    monkeypatch.setattr(finetune, "load", lambda name, **parameters: labelled())
    monkeypatch.setattr(finetune, "DATASETS", ("chains", "more"))
    monkeypatch.setattr(finetune, "SCHEDULES", {"reduced": (1, 2), "published": (2, 3)})
    monkeypatch.setattr(finetune, "ONE_SEED", "more")
    monkeypatch.setattr(finetune, "CORE_TUNED", {"chains": ("one", (0.1,))})
    return start


def test_every_row_is_in_the_table_and_run_once(run, tmp_path, capsys):
    with pytest.raises(SystemExit, match="holds no model"):
        run()
    model = graphcl.AttrMasking(channels=4, num_layers=1, epochs=0, device="cpu").fit(labelled().graphs)
    model.save(tmp_path / "one.pt")
    table = run("--datasets", "chains")
    names = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]
    assert names == [
        "from-scratch",
        "untrained-frozen",
        "node-means+linear",
        "one, finetuned",
        "one, frozen",
        "one, finetuned, contrast 0.1",
    ]
    assert "### chains, scaffold split, 1 epoch of fine-tuning, 2 seeds" in table
    assert [line["seed"] for line in lines_of(tmp_path)] == [0, 1] * 6
    capsys.readouterr()
    assert run("--datasets", "chains") == table
    assert capsys.readouterr().out == ""
    table = run()
    assert "### more, scaffold split, 1 epoch of fine-tuning, 1 seed" in table
    assert len(lines_of(tmp_path)) == 12 + 5
    assert "2 epochs of fine-tuning, 3 seeds" in run("--datasets", "chains", "--schedule", "published")
    assert len(lines_of(tmp_path)) == 12 + 5 + 18


def lines_of(folder):
    return [json.loads(line) for line in (folder / "runs.jsonl").read_text().splitlines()]
