"""Methods named by their path, and whole graphs, from the shell; and what `graphcl --help` imports."""

import json
import subprocess
import sys

import numpy as np
import pytest

import graphcl
from tests.tiny_graphs import write_rings_and_stars

GRAPHS = "tests.tiny_graphs:TinyGraphClusters"
NODES = "tests.tiny:TinyPrototypes"
SMALL = ("--set", "epochs=2", "--set", "device=cpu")

pytestmark = pytest.mark.filterwarnings("ignore:.* is no known copy of imdb-binary")

MODULE = """
from dataclasses import dataclass
from typing import ClassVar
from graphcl import FeatureKMeans

@dataclass(kw_only=True, eq=False, repr=False)
class Mine(FeatureKMeans):
    \"\"\"k-means with one start.\"\"\"

    name: ClassVar[str] = "k-means-of-mine"
    n_init: int = 1
"""


@pytest.fixture
def root(tmp_path):
    return write_rings_and_stars(tmp_path / "root")


@pytest.mark.parametrize("command", ["--help", "cluster --help", "bench run --help", "--version"])
def test_help_imports_no_torch(command):
    code = (
        "import sys\nfrom graphcl.cli import main\n"
        f"try: main({command.split()})\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'sklearn', 'torch_geometric', 'graphcl.training'}\n"
        "print('heavy:', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "heavy: []"


@pytest.mark.usefixtures("runs_in_this_process")
def test_whole_graphs_are_clustered(call, root):
    status, out, err = call("cluster", GRAPHS, "imdb-binary", "--root", root, *SMALL, "--json")
    assert status == 0
    record = json.loads(out)
    assert (record["method"], record["params"]["n_clusters"]) == ("tiny-graph-clusters", 2)
    assert set(record["metrics"]) == {"acc", "nmi", "ari", "f1"}
    assert "tiny-graph-clusters on imdb-binary, seed 0: acc 1.000" in err
    status, out, _ = call("cluster", GRAPHS, "imdb-binary", "--root", root, *SMALL)
    assert "tiny-graph-clusters" in out
    assert "ACC %" in out
    assert "modularity" not in out


def test_a_suite_of_whole_graphs(call, root, tmp_path):
    suite = tmp_path / "suite.toml"
    suite.write_text(
        f'name = "own"\nseeds = 1\nmethods = ["{GRAPHS}"]\ndatasets = ["imdb-binary"]\n'
        f'[params."{GRAPHS}"]\nepochs = 2\ndevice = "cpu"\n'
    )
    status, out, err = call("bench", "run", suite, "--root", root, "--out", tmp_path)
    assert status == 0, err
    assert "tiny-graph-clusters" in out
    assert call("bench", "table", tmp_path / "own.jsonl")[1] == out
    assert call("bench", "report", tmp_path / "own.jsonl", "--out", tmp_path / "own.html")[0] == 0


def test_clusters_of_whole_graphs_go_to_a_file(call, root, tmp_path):
    model, labels, z = (tmp_path / name for name in ("model.pt", "labels.npy", "z.npy"))
    command = ("train", GRAPHS, "imdb-binary", "--root", root, "--out", model, "--labels", labels, *SMALL)
    assert call(*command)[0] == 0
    assert np.unique(np.load(labels)[::2]).size == 1
    status, _, err = call("embed", model, "imdb-binary", "--root", root, "--out", z)
    assert (status, np.load(z).shape) == (0, (8, 4)), err
    status, _, err = call(
        *command[:5], "--out", tmp_path / "b.pt", "--labels", tmp_path / "b.npy", "--set", "n_clusters=none"
    )
    assert (status, err) == (
        2,
        "error: --labels needs a number of clusters, and the dataset has no classes; --set n_clusters=K\n",
    )


def test_a_module_of_the_current_folder_runs_in_a_process_of_its_own(tmp_path):
    (tmp_path / "my_kmeans_here.py").write_text(MODULE)
    script = "import sys; sys.path.remove(''); from graphcl.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", script, "cluster", "my_kmeans_here:Mine", "karate", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert (record["method"], record["params"]["n_init"]) == ("k-means-of-mine", 1)


def test_an_embedding_by_a_method_of_ones_own(call, tmp_path):
    model, z = tmp_path / "model.pt", tmp_path / "z.npy"
    assert call("train", NODES, "karate", "--out", model, *SMALL)[0] == 0
    assert call("embed", model, "karate", "--out", z, "--method", NODES) == (0, "", "")
    assert np.load(z).shape == (34, 4)
    graphcl.METHODS._added.pop("tiny-prototypes")
    status, _, err = call("embed", model, "karate", "--out", z, "--overwrite")
    assert status == 2
    assert "or name its class by method= (--method), as my_module:MyMethod" in err


@pytest.mark.usefixtures("runs_in_this_process")
def test_probes_settings_and_lists(call):
    status, out, _ = call("evaluate", "probe", NODES, "karate", *SMALL)
    assert status == 0
    assert "tiny-prototypes on karate, 1 run" in out
    status, out, _ = call("methods", NODES, "--json")
    assert "prototypes" not in out
    assert [row["name"] for row in json.loads(out) if row["needed"]] == ["n_clusters"]
    kinds = {row["name"]: row["kind"] for row in json.loads(call("methods", "--json")[1])}
    assert (kinds["tiny-prototypes"], kinds["dgi"], kinds["graph-cl"]) == ("clusterer", "embedder", "graphs")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("cluster tests.tiny:Nothing karate", "tests.tiny has no 'Nothing'; name something that it defines"),
        ("cluster tests.tiny:PrototypesModule karate", "is no method: it must derive from graphcl.training.Graph"),
        ("cluster no_such_module_here:Mine karate", "no_such_module_here cannot be imported (ModuleNotFoundError"),
        ("cluster tests.tiny:TinyPrototypes@best karate", "tests.tiny:TinyPrototypes has no recipe 'best'"),
        ("train tests.embedding_only:NodesOnly karate --labels a.npy --out a.pt", "nodes-only finds no clusters"),
        (f"cluster {GRAPHS} karate", "karate is one graph, which tiny-graph-clusters does not take; choose among"),
        ("cluster dgi imdb-binary", "imdb-binary holds 8 graphs, which dgi does not take; choose among dsla"),
        (
            "train graph-cl@default imdb-binary --data features=degree --out a.pt",
            "does not fit graph-cl, which takes one category for each node of a social graph; add --set domain=",
        ),
    ],
)
def test_what_does_not_fit_is_one_line(call, root, tmp_path, monkeypatch, line, message):
    monkeypatch.setenv("GRAPHCL_DATA", str(root))
    monkeypatch.chdir(tmp_path)
    status, out, err = call(*line.split())
    assert (status, out) == (2, "")
    assert message in err
    assert (err[:7], err.count("\n")) == ("error: ", 1)
    assert not list(tmp_path.glob("a.pt*"))
