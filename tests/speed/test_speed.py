"""The speed scripts: the authors' recipe is theirs, and growth is measured as it is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from graphcl.heads import StudentHead
from graphcl.objectives import clustering_divergence, influence_contrast, target_distribution
from tests.objectives.walking import positives

SPEED = Path(__file__).parents[2] / "benchmarks" / "speed"


@pytest.fixture(autouse=True)
def _scripts(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(SPEED), *sys.path])


def test_the_reenacted_losses_are_those_of_the_library():
    import authors_recipe

    matrix, _ = positives(20, 2)
    z, centres = torch.randn(20, 4, dtype=torch.float64), torch.randn(3, 4, dtype=torch.float64)
    theirs = authors_recipe.contrast(authors_recipe.cosines(z), matrix.to_dense(), 0.5)
    torch.testing.assert_close(theirs, influence_contrast(z, matrix, tau=0.5))
    q = authors_recipe.assign(z, centres)
    log_q = StudentHead(3, 4).double().place(centres)(z)
    torch.testing.assert_close(q.log(), log_q)
    theirs = F.kl_div(q.log(), authors_recipe.sharpen(q), reduction="batchmean")
    torch.testing.assert_close(theirs, clustering_divergence(log_q, target_distribution(log_q)).detach())
    walk, _ = positives(20, 1)
    torch.testing.assert_close(authors_recipe.walk_sums(walk.to_dense(), 2), matrix.to_dense())


def test_the_reenacted_recipe_runs():
    import authors_recipe

    settings = authors_recipe.Settings(2, 1.0, 0.1, 0.25, 2, 1e-3, epochs=3, hidden=(8,), out=2, pretrain_epochs=1)
    labels = authors_recipe.run(torch.randn(12, 5), torch.ones(12, 12).fill_diagonal_(0), settings)
    assert labels.shape == (12,)
    assert len(settings.seconds) == 3


def test_the_exponent_of_growth():
    from measure import slope

    assert slope([10, 100, 1000], [2.0, 20.0, 200.0]) == pytest.approx(1)
    assert slope([10, 100, 1000], [1.0, 100.0, 10_000.0]) == pytest.approx(2)


@pytest.mark.parametrize(("has", "found"), [(True, "0.30"), (False, "no bfloat16 on this CPU")])
def test_bfloat16_is_measured_where_it_is_there(monkeypatch, has, found):
    import scgc_recipe

    def measured(_work, _repeats, **settings):
        precisions.append(settings["precision"])
        seconds = 0.3 if settings["precision"] == "bf16" else 1.0
        return {**settings, "cpu_seconds": seconds, "growth_mb": 1.0, "value": {"epoch": 0.8}}

    precisions: list[str] = []
    claims: dict[str, str] = {}
    monkeypatch.setattr(sys, "argv", ["scgc_recipe.py"])
    monkeypatch.setattr(scgc_recipe, "measure", measured)
    monkeypatch.setattr(scgc_recipe, "report", lambda _name, found, *_: claims.update(found))
    monkeypatch.setattr(scgc_recipe, "computes_bfloat16", lambda _: has)
    scgc_recipe.main()
    assert claims["the same in bfloat16 (at most 0.25)"] == found
    assert claims["step at n = 10,000, theirs / ours (at least 4)"] == "1.0"
    assert precisions.count("bf16") == (2 if has else 0)


def test_compiling_without_a_compiler_is_a_finding():
    script = """if True:
        import compile as script
        from graphcl.datasets import load
        settings = {"n_clusters": 2, "hidden_channels": (4,), "pretrain_epochs": 0, "n_init": 1, "device": "cpu"}
        script.data_and_settings = lambda _: (load("planted-partition", nodes=50).graph, settings)
        eager, failed = [script.training("planted", part, 4)() for part in ("nothing", "encoder")]
        assert eager["step"] <= eager["first"]
        print(script.verdict(script.compared(failed, eager)))
    """
    hidden = {"PATH": "", "CXX": "no-such-compiler", "PYTHONPATH": os.pathsep.join([str(SPEED), *sys.path])}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **hidden})
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("cannot: InvalidCxxCompiler: No working C++ compiler found")


@pytest.mark.parametrize(
    ("first", "step", "found"),
    [
        (30.0, 0.5, "pays: a step 2.00 times as fast, 20 s to compile, +80 s saved"),
        (130.0, 0.5, "does not pay: a step 2.00 times as fast, 120 s to compile, -20 s saved"),
        (10.0, 0.9, "does not pay: a step 1.11 times as fast, 0 s to compile, +20 s saved"),
    ],
)
def test_compiling_pays_if_a_recipe_is_faster_for_it(first, step, found):
    import compile as script

    row = script.compared({"first": first, "step": step}, {"first": 10.0, "step": 1.0})
    assert script.verdict(row) == found


def test_ranks_are_compared_with_one_process(monkeypatch, tmp_path):
    import ranks

    def measured(method, processes, sizes):
        assert sizes[:-1] == ["--nodes", "1000", "--epochs", "2", "--batch-sizes"]
        size = int(sizes[-1])
        seconds = 3.0 / processes if size == 64 else 6.0
        return {"method": method, "batch_size": size, "epoch_seconds": seconds, "loss": 0.5}

    claims: dict[str, str] = {}
    given = ["--nodes", "1000", "--epochs", "2", "--batch-sizes", "64", "2048"]
    monkeypatch.setattr(sys, "argv", ["ranks.py", *given])
    monkeypatch.setattr(ranks, "launch", measured)
    monkeypatch.setattr(ranks, "report", lambda _name, found, *_: claims.update(found))
    ranks.main()
    assert claims["dgi, 64 seeds: seconds an epoch, one process / two"] == "2.00"
    assert claims["dgi, 2,048 seeds: seconds an epoch, one process / two"] == "1.00"
    threads = torch.get_num_threads()
    for method in ranks.METHODS:
        ranks.work(method, tmp_path, nodes=1000, epochs=2, batch_size=256)
        torch.set_num_threads(threads)
        record = json.loads((tmp_path / "0.json").read_text())
        assert record["method"] == method
        assert record["epoch_seconds"] > 0 < record["peak_mb"]
        assert record["loss"] > 0
