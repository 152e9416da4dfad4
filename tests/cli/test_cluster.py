import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from graphcl.cli import main
from graphcl.methods import METHODS

SMALL = ("--set", "hidden_channels=[16]", "--set", "pretrain_epochs=2", "--set", "epochs=3")


@pytest.fixture
def graph_file(tmp_path):
    def write(**changes):
        ring = np.stack([np.arange(8), (np.arange(8) + 1) % 8])
        arrays = {"x": np.eye(8), "edge_index": ring, "y": np.arange(8) // 4, **changes}
        np.savez(tmp_path / "graph.npz", **{name: array for name, array in arrays.items() if array is not None})
        return tmp_path / "graph.npz"

    return write


def test_help_is_there_for_every_command(call):
    for command in (
        [],
        ["datasets"],
        ["methods"],
        ["cluster"],
        ["evaluate"],
        ["evaluate", "probe"],
        ["bench"],
        ["bench", "run"],
        ["bench", "table"],
        ["bench", "report"],
    ):
        status, out, _ = call(*command, "--help")
        assert status == 0
        assert "Usage" in out
    assert "GRAPHCL_DEBUG" in call("--help")[1]
    assert "run-one" not in call("--help")[1]
    assert "fork-runs" not in call("--help")[1]


def test_version(call):
    import graphcl

    assert call("--version") == (0, graphcl.__version__ + "\n", "")


def test_datasets_and_methods_are_listed(call):
    status, out, _ = call("datasets")
    assert status == 0
    karate = next(line for line in out.splitlines() if line.startswith("karate"))
    assert karate.split()[1:6] == ["-", "34", "78", "34", "2"]
    assert karate.split()[-1] == "yes"
    status, out, _ = call("methods")
    assert status == 0
    assert "scgc-star" in out
    names = [row["name"] for row in json.loads(call("methods", "--json")[1])]
    assert {"gcool", "dsla"} <= set(names)


@pytest.mark.parametrize("name", METHODS)
def test_every_setting_of_a_method_is_shown_and_explained(call, name):
    status, out, _ = call("methods", name, "--json")
    assert status == 0
    settings = {row["name"]: row for row in json.loads(out)}
    assert set(settings) == set(METHODS[name]._get_param_names())
    assert all(row["meaning"] for row in settings.values())
    assert [row["name"] for row in settings.values() if row["needed"]] in ([], ["n_clusters"])


def test_settings_are_those_of_a_recipe(call):
    status, out, _ = call("methods", "gcool", "--recipe", "amazon-photo")
    assert status == 0
    rows = {line.split()[0]: line.split()[1] for line in out.splitlines()[1:] if line[0] != " "}
    assert (rows["epochs"], rows["n_clusters"], rows["temperature"]) == ("2901", "None", "0.3")
    for arguments, message in (
        (["gcol"], "no method is named 'gcol' (did you mean gcool?)"),
        (["gcool", "--recipe", "photo"], "no method here has a recipe 'photo'"),
        (["--recipe", "cora"], "--recipe cora needs a method"),
    ):
        assert_one_line(call("methods", *arguments), message)


def test_datasets_describes_one_dataset(call, tmp_path, graph_file):
    status, out, err = call("datasets", "Karate")
    assert (status, err) == (0, "")
    rows = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert rows["licence"].strip() == "none stated"
    assert rows["components"].strip() == "1"
    assert rows["homophily"].startswith("0.859 of the edges")
    status, out, _ = call("datasets", graph_file())
    assert status == 0
    assert "compared with nothing" in out


def test_datasets_prints_json(call):
    status, out, err = call("datasets", "planted-partition", "--data", "nodes=60", "--data", "blocks=3", "--json")
    assert (status, err, out.count("\n")) == (0, "", 1)
    found = json.loads(out)
    assert (found["nodes"], found["class_sizes"]) == (60, {"0": 20, "1": 20, "2": 20})
    status, out, _ = call("datasets", "--json")
    assert status == 0
    assert [row["name"] for row in json.loads(out)][:2] == ["digits", "karate"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["kareta"], "no dataset is named 'kareta'"),
        (["karate", "--data", "k=3"], "karate: unknown parameter 'k' (it takes no parameters)"),
        (["--data", "k=3"], "--data k=3 needs a dataset: graphcl datasets NAME --data k=3"),
        (["no-such.npz"], "no-such.npz: no such file"),
    ],
)
def test_datasets_errors_are_one_line(call, arguments, message):
    status, out, err = call("datasets", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {message}")
    assert err.count("\n") == 1


def test_cluster_shows_a_table(call):
    status, out, err = call("cluster", "autoencoder-k-means", "karate", "--seeds", 2, *SMALL[:4])
    assert status == 0
    assert "ACC %" in out
    assert "autoencoder-k-means" in out
    assert "[2/2] autoencoder-k-means on karate, seed 1: acc 0." in err


def test_cluster_as_json_is_one_line_per_run_and_nothing_else():
    command = [sys.executable, "-m", "graphcl", "cluster", "scgc-star", "planted-partition", "--json", *SMALL]
    done = subprocess.run([*command, "--data", "nodes=60"], capture_output=True, text=True, check=True)
    [record] = map(json.loads, done.stdout.splitlines())
    assert record["dataset"] == "planted-partition"
    assert record["data"]["nodes"] == 60
    assert record["params"]["epochs"] == 3
    assert set(record["metrics"]) == {"acc", "nmi", "ari", "f1", "J", "modularity", "conductance"}


@pytest.mark.usefixtures("runs_in_this_process")
def test_cluster_keeps_results_and_runs_nothing_twice(call, tmp_path):
    out = tmp_path / "kept.jsonl"
    command = ("cluster", "scgc-star", "karate", "--out", out, "--json", *SMALL)
    first, again = call(*command), call(*command)
    assert first[0] == again[0] == 0
    assert first[1] == again[1] == out.read_text()
    assert "1 of 1 runs are on record" in again[2]
    assert list((tmp_path / "cache").iterdir())


@pytest.mark.usefixtures("runs_in_this_process")
def test_a_graph_without_classes_gets_structure_scores_only(call, graph_file):
    path = graph_file(y=None)
    status, out, _ = call("cluster", "k-means", path, "--set", "n_clusters=2", "--json")
    assert status == 0
    assert set(json.loads(out)["metrics"]) == {"J", "modularity", "conductance"}
    status, _, err = call("cluster", "k-means", path)
    assert (status, err) == (
        2,
        "error: graph.npz has no classes to take the number of clusters from; give it by --set n_clusters=K\n",
    )


def assert_one_line(result, message):
    status, out, err = result
    assert status == 2
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["k-means", "kareta"], "no dataset is named 'kareta'"),
        (["kmeans", "karate"], "no method is named 'kmeans' (did you mean k-means"),
        (["k-means", "karate", "--set", "n_int=3"], "no parameter 'n_int' (did you mean n_init?); choose among"),
        (["k-means", "karate", "--data", "k=3"], "unknown parameter 'k'"),
        (["k-means", "karate", "--set", "n_init=ten"], "n_init must be a valid integer; got 'ten'"),
        (["scgc-star", "karate", "--set", "tau=-1"], "tau must be greater than 0; got -1"),
        (["k-means", "karate", "--set", "n_init"], "a setting must read KEY=VALUE, as n_init=3; got 'n_init'"),
        (["k-means", "karate", "--set", "n_init=1", "--set", "n_init=2"], "comes twice"),
        (["k-means", "missing.npz"], "missing.npz"),
        (["k-means", "karate", "--root", "missing"], "missing"),
        (["k-means", "karate", "--set", "n_clusters=35"], "n_clusters must be at most the number of nodes"),
    ],
)
@pytest.mark.usefixtures("runs_in_this_process")
def test_bad_arguments(call, arguments, message):
    assert_one_line(call("cluster", *arguments), message)


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
@pytest.mark.usefixtures("runs_in_this_process")
def test_an_absent_device(call):
    assert_one_line(
        call("cluster", "scgc-star", "karate", "--set", "device=cuda"), "device must be auto or one of cpu"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": np.full((8, 2), np.nan)}, "NaN"),
        ({"edge_index": np.array([[0], [8]])}, "edge_index"),
        ({"x": np.empty((0, 3))}, "x"),
    ],
)
def test_bad_graphs(call, graph_file, changes, message):
    assert_one_line(call("cluster", "k-means", graph_file(**changes)), message)


def test_a_truncated_file(call, graph_file):
    path = graph_file()
    path.write_bytes(path.read_bytes()[:-100])
    assert_one_line(call("cluster", "k-means", path), "graph.npz")


def test_an_unwritable_output_is_found_before_any_run(call, tmp_path):
    (tmp_path / "file").write_text("")
    result = call("cluster", "k-means", "karate", "--out", tmp_path / "file" / "runs.jsonl")
    assert_one_line(result, "cannot be written: its folder is a file; choose another place")


def test_bench_tables_need_records(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_one_line(call("bench", "table"), "there are no records to show")
    assert_one_line(call("bench", "table", "missing.jsonl"), "missing.jsonl: No such file")
    assert_one_line(call("bench", "run", "missing.toml"), "missing.toml: No such file")


def test_tracebacks_on_demand(monkeypatch):
    monkeypatch.setenv("GRAPHCL_DEBUG", "1")
    with pytest.raises(ValueError, match="no method is named"):
        main(["cluster", "kmeans", "karate"])
