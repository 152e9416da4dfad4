"""The examples are short, run as they stand, and print one line with a score."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import nn

from graphcl.training import Step
from tests.easy import planted

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))


def test_there_is_one_for_each_part():
    assert [path.stem for path in SCRIPTS] == ["own_encoder", "own_loss", "own_method", "tensorboard_curves"]


class StubWriter:
    """What the example needs of TensorBoard's writer; keeps the scalars."""

    def __init__(self, folder):
        self.scalars = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        StubWriter.written = self.scalars

    def add_scalar(self, tag, value, step):
        self.scalars.setdefault(tag, {})[step] = value


@pytest.fixture
def tensorboard(monkeypatch, tmp_path):
    """TensorBoard, which is not among the packages that tests need, and a folder that its files may go to."""
    module = ModuleType("torch.utils.tensorboard")
    module.SummaryWriter = StubWriter
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.chdir(tmp_path)


def test_tensorboard_gets_every_loss_of_every_epoch(tensorboard):
    model = runpy.run_path(str(EXAMPLES / "tensorboard_curves.py"))["model"]
    expected: dict[str, dict[int, float]] = {}
    for row in model.history_:
        for name in set(row) - {"stage", "epoch", "loss"}:
            expected.setdefault(f"{row['stage']}/{name}", {})[row["epoch"]] = row[name]
    assert StubWriter.written == expected
    assert {"pretrain/reconstruction", "cluster/contrast"} <= set(expected)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_an_example_is_short_and_prints_a_score(path, capsys, tensorboard):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 40
    runpy.run_path(str(path), run_name="__main__")
    [line] = capsys.readouterr().out.splitlines()
    name, score = line.split()
    assert name == "ACC"
    assert float(score) > 0.95


def test_the_loss_is_that_of_barlow_twins():
    module = runpy.run_path(str(EXAMPLES / "own_loss.py"))["BarlowTwinsModule"]
    z = torch.randn(40, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    graph = planted()
    graph.x, graph.seeds = z.float(), 40
    shifted = [lambda batch: batch, lambda batch: batch.clone().update({"x": batch.x.roll(1, 0)})]
    losses = module(nn.Identity(), nn.Identity(), shifted)
    losses.rows = lambda view: view.x.double()
    values = losses(graph, Step("contrast", 0, 0, torch.Generator()))
    correlation = torch.corrcoef(torch.cat([z, z.roll(1, 0)], dim=1).T)[:3, 3:] * 39 / 40
    invariance = sum((1 - correlation[i, i]) ** 2 for i in range(3))
    redundancy = sum(correlation[i, j] ** 2 for i in range(3) for j in range(3) if i != j) / 3
    torch.testing.assert_close(values["invariance"], invariance, atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(values["redundancy"], redundancy, atol=1e-6, rtol=1e-6)


def test_the_method_runs_beside_those_of_graphcl(tmp_path):
    """By its name on the command line, found in the current folder alone, in a process of its own."""
    (tmp_path / "own_method.py").write_text((EXAMPLES / "own_method.py").read_text(encoding="utf-8"))
    script = "import sys; sys.path.remove(''); from graphcl.cli import main; main(sys.argv[1:])"
    arguments = ("cluster", "own_method:GAE", "planted-partition", "--set", "epochs=20", "--json")
    command = [sys.executable, "-c", script, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert (record["method"], record["params"]["n_clusters"], record["params"]["epochs"]) == ("my-gae", 5, 20)
    assert record["metrics"]["acc"] > 0.9
