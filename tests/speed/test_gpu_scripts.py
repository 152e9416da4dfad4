"""The scripts that measure a GPU, with tiny sizes on the CPU; and the graphs that they make."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[2]
GPU = ROOT / "benchmarks" / "gpu"


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell")
def test_all_items_run(tmp_path):
    command = ["sh", str(GPU / "run.sh"), "--tiny", "--out", str(tmp_path)]
    environment = {**os.environ, "PYTHON": sys.executable, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "gpu.json").read_text(encoding="utf-8"))
    assert not [row for row in record["items"] if "error" in row], done.stderr
    assert len(record["items"]) == 14
    for row in record["items"]:
        assert row["seconds"] > 0
        assert row["peak_mb"] > 0
        assert ("share" in row) is (row["item"] != "TwoView, fit")
    table = (tmp_path / "gpu.md").read_text(encoding="utf-8")
    assert table.count("\n| ") == 1 + len(record["items"])


@pytest.fixture
def inputs(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(GPU), *sys.path])
    import inputs

    return inputs


def test_the_graph_has_a_power_law_and_blocks(inputs):
    graph = inputs.arxiv_like(inputs.Sizes(nodes=4000, edges=30_000))
    assert graph.x.shape == (4000, 128)
    assert 29_000 < graph.edge_index.size(1) <= 30_000
    degree = torch.bincount(graph.edge_index.flatten(), minlength=4000).double()
    assert degree.max() > 10 * degree.median()
    nearest = torch.cdist(graph.x[graph.edge_index[0, :500]], graph.x[graph.edge_index[1, :500]])
    apart = nearest.diagonal().mean() / nearest.mean()
    assert apart < 0.95, "ends of edges are alike"


def test_molecules_are_connected_and_plain(inputs):
    graphs = inputs.molecules(50)
    assert len(graphs) == 50
    for graph in graphs:
        n = graph.x.size(0)
        assert 10 <= n <= 45
        pairs = set(zip(*graph.edge_index.tolist(), strict=True))
        assert len(pairs) == graph.edge_index.size(1), "no edge twice"
        assert pairs == {(b, a) for a, b in pairs}
        assert all(a != b for a, b in pairs)
        reached, edges = {0}, graph.edge_index
        for _ in range(n):
            reached |= {b for a, b in pairs if a in reached}
        assert len(reached) == n
        back = {
            pair: edge.tolist()
            for pair, edge in zip(zip(*edges.tolist(), strict=True), graph.edge_attr, strict=True)
        }
        assert all(back[a, b] == back[b, a] for a, b in pairs)


def test_what_is_moved_adds_up(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(GPU), *sys.path])
    import moved

    layer = moved.dense(10, (3, 5))
    assert (layer.bytes, layer.flops) == (4 * 10 * 8, 2 * 10 * 15)
    twice = 2 * layer + layer
    assert (twice.bytes, twice.flops) == (3 * layer.bytes, 3 * layer.flops)
    assert moved.gcn(10, 20, (3, 5)).flops == layer.flops + 2 * 30 * 5


def test_the_clock_warms_up_and_ends(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(GPU), *sys.path])
    import timing

    calls = []
    result = timing.timed(lambda: calls.append(1), torch.device("cpu"), most=3, cap=60.0)
    assert len(calls) == timing.WARM_UP + 3
    assert result["timed"] == 3
    assert timing.timed(lambda: calls.append(1), torch.device("cpu"), most=3, cap=0.0)["timed"] == 1
