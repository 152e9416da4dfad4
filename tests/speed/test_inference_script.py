"""The script that measures inference and k-means of a million nodes, on two thousand."""

import mmap
import sys
from pathlib import Path

import pytest

SPEED = Path(__file__).parents[2] / "benchmarks" / "speed"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="RssAnon is Linux's")
def test_the_ways_agree_on_a_small_graph(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "path", [str(SPEED), *sys.path])
    import inference

    def here(work, **settings):
        return {**settings, "cpu_seconds": 0.0, "wall_seconds": 0.0, "value": work(**settings)()}

    monkeypatch.setattr(inference, "measure", here)
    memory, file, whole, blocks, mini = inference.rows_of(2000, str(tmp_path))
    assert memory["figure"] == file["figure"]
    assert blocks["figure"] == pytest.approx(whole["figure"], rel=0.02)
    assert mini["figure"] == pytest.approx(whole["figure"], rel=0.05)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.npy", "z.npy"]
    with inference.Anonymous() as memory:
        held = mmap.mmap(-1, 40_000_000, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)  # never of freed memory
        held[::4096] = b"1" * len(range(0, 40_000_000, 4096))
    assert memory.growth_mb > 30
    held.close()
