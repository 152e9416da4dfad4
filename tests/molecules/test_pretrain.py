"""The script that pre-trains on molecules: what it runs, what it goes on with, and what it leaves alone."""

import sys
from itertools import pairwise
from pathlib import Path

import pytest

import graphcl
from graphcl.cli.assignments import parse_assignments

SCRIPTS = Path(__file__).parents[2] / "benchmarks" / "molecules"


@pytest.fixture
def runs(monkeypatch, tmp_path):
    """What the script runs when it is started, once for each call; nothing is trained for long."""
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    import pretrain

    def train(arguments):
        commands.append(arguments)
        ring = graphcl.datasets.load("molecules", smiles=str(tmp_path / "ring.smi")).graphs
        model = graphcl.AttrMasking(channels=4, epochs=1, device="cpu").fit(ring)
        model.save(arguments[arguments.index("--out") + 1])
        Path(arguments[arguments.index("--history") + 1]).write_text("")

    def run(*more):
        commands.clear()
        paths = ("--folder", str(tmp_path), "--histories", str(tmp_path), "--table", str(tmp_path / "table.md"))
        monkeypatch.setattr(sys, "argv", ["pretrain.py", *paths, *more])
        pretrain.main()
        return commands

    commands: list[list[str]] = []
    (tmp_path / "ring.smi").write_text("C1CCCCC1\nCCO\n")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(pretrain, "train", train)
    return run


def test_every_run_has_the_same_data_and_steps(runs, capsys, tmp_path):
    commands = runs("--molecules", "7", "--epochs", "2")
    assert [arguments[:3] for arguments in commands] == [
        ["train", method, "zinc-moses"] for method in ("dsla", "dsla", "attr-masking", "graph-cl", "simgrace")
    ]
    for arguments in commands:
        assert arguments[arguments.index("--data") + 1] == "first=7"
        settings = parse_assignments(b for a, b in pairwise(arguments) if a == "--set")
        graphcl.METHODS[arguments[1]].from_recipe("zinc-moses", **settings)
        assert (settings.pop("epochs"), settings.pop("precision")) == (2, "bf16")
        assert settings in ({"mode": "exact"}, {"mode": "reference"}, {})
    lines = capsys.readouterr().out.splitlines()
    named = ["dsla-exact", "dsla-reference", "attr-masking", "graph-cl", "simgrace"]
    assert [line.split()[1] for line in lines] == named
    assert "accuracy" in lines[0]
    table = (tmp_path / "table.md").read_text()
    assert table.startswith("7 molecules of MOSES, 2 epochs, bf16, one seed.")
    assert all(line in table for line in lines)


def test_what_is_there_is_not_run_again_and_what_was_interrupted_goes_on(runs, tmp_path):
    assert all("--resume" not in arguments for arguments in runs("--molecules", "7"))
    assert runs("--molecules", "7") == []
    (tmp_path / "dsla-reference-7x10.pt").rename(tmp_path / "dsla-reference-7x10.pt.checkpoint")
    [arguments] = runs("--molecules", "7")
    assert "mode=reference" in arguments
    assert arguments[-1] == "--resume"
    assert len(runs("--molecules", "8")) == 5
