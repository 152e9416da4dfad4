"""A graph in the layout of ogbn-papers100M: where it is large, features and embedding stay in files."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from graphcl.bench.ogb import evaluate
from graphcl.datasets import MappedFeatures, load
from graphcl.datasets.ogb import one_graph
from tests.datasets.ogb.layouts import NodeSet, node_set, write_node_set

NAME = "ogbn-papers100M"
SETTINGS = ("hidden_channels=8", "out_channels=8", "batch_size=4096", "fanouts=[5, 5]")
OPTIONS = tuple(text for setting in SETTINGS for text in ("--set", setting))


@pytest.fixture
def run(call, tmp_path, monkeypatch):
    """Run the command on the files of a folder; gives the report as JSON, and where the embedding stood."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "data").mkdir()

    def command(*options):
        places = ("--root", tmp_path / "data", "--out", tmp_path / "out")
        given = ("--dataset", NAME, "--method", "random-gnn", "--data", "counts=any", "--seeds", 1, "--draft")
        status, out, err = call("bench", "ogb", *given, *places, *options)
        assert status == 0, err
        return json.loads(Path(out.split()[1]).read_text())

    return tmp_path, command


def test_the_embedding_of_mapped_features_is_mapped_and_removed(run, monkeypatch):
    place, command = run
    write_node_set(place / "data", NAME.lower(), node_set(NAME.lower(), n=300, arcs=900))
    monkeypatch.setattr(one_graph, "MAPPED_BYTES", 1000)
    seen, probe = [], evaluate.ogb_probe

    def look(name, z, *given, **settings):
        seen.extend((place / "out").glob("embedding.*/embedding.npy"))
        assert np.array_equal(np.load(seen[0]), z.numpy())
        return probe(name, z, *given, **settings)

    monkeypatch.setattr(evaluate, "ogb_probe", look)
    assert 0 <= command(*OPTIONS)["form"]["test_mean"] <= 1
    assert len(seen) == 1
    assert not list((place / "out").glob("embedding.*"))


def planted(n: int, arcs: int) -> NodeSet:
    """172 classes in features and edges; features repeat, so that they are drawn and packed fast."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 172, n)
    centres = rng.standard_normal((172, 128)).astype(np.float32)
    source = rng.integers(0, n, arcs)
    near = np.argsort(y, kind="stable")  # neighbours in this order have the same class
    place = np.empty(n, np.int64)
    place[near] = np.arange(n)
    target = near[(place[source] + rng.integers(1, 1000, arcs)) % n]
    parts = {"train": np.arange(50_000), "valid": np.arange(50_000, 60_000), "test": np.arange(60_000, 70_000)}
    return NodeSet(np.stack([source, target]), centres[y], y, parts)


@pytest.mark.slow
def test_five_million_nodes(run, monkeypatch):
    place, command = run
    monkeypatch.setattr(np, "savez_compressed", np.savez)  # the layout is the same, and packing takes minutes
    write_node_set(place / "data", NAME.lower(), planted(5_000_000, 20_000_000))
    report = command(*OPTIONS, "--data", "features=float16")
    assert report["form"]["test_mean"] > 0.9

    def fail(*given):
        raise AssertionError(given)

    monkeypatch.setattr(one_graph, "unpack_array", fail)  # the second time, nothing is read anew
    found = load(NAME, place / "data", counts="any", features="float16")
    assert isinstance(found.graph.x, MappedFeatures)
    assert found.graph.num_nodes == 5_000_000
    if sys.platform == "linux":
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        assert int(status["RssAnon"].split()[0]) < 6e6  # kB; float32 features alone are 2.56e6
