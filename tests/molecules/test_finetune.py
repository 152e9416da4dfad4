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
        quick = ("--datasets", "chains", "--seeds", "2", "--epochs", "1", "--device", "cpu")
        monkeypatch.setattr(sys, "argv", ["finetune.py", "--folder", str(tmp_path), *places, *quick, *more])
        finetune.main()
        return (tmp_path / "table.md").read_text()

    monkeypatch.setattr(finetune, "load", lambda name, **parameters: labelled())
    return start


def test_every_row_is_in_the_table_and_run_once(run, tmp_path, capsys):
    with pytest.raises(SystemExit, match="holds no model"):
        run()
    model = graphcl.AttrMasking(channels=4, num_layers=1, epochs=0, device="cpu").fit(labelled().graphs)
    model.save(tmp_path / "one.pt")
    table = run()
    names = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]
    assert names == ["from-scratch", "untrained-frozen", "one, finetuned", "one, frozen", "node-means+linear"]
    assert "### chains, scaffold split, 2 seeds, 1 epochs of fine-tuning" in table
    lines = [json.loads(line) for line in (tmp_path / "runs.jsonl").read_text().splitlines()]
    assert [len(line["runs"]) for line in lines] == [2] * 5
    capsys.readouterr()
    assert run() == table
    assert capsys.readouterr().out == ""
    run("--epochs", "2")
    assert len((tmp_path / "runs.jsonl").read_text().splitlines()) == 10
