"""Whole graphs in a suite: planned, run in this process and in another, shown in tables and on a page."""

import numpy as np
import pytest

from graphcl.bench import Journal, Record, Suite, build_table, expand, plan_training, run_tasks
from graphcl.bench.report import write_report
from graphcl.bench.runs.details import Details
from graphcl.bench.runs.execution import execute
from graphcl.bench.tables.render import to_markdown
from tests.tiny_graphs import write_rings_and_stars

PATH = "tests.tiny_graphs:TinyGraphClusters"
SMALL = {"epochs": 2, "device": "cpu"}

pytestmark = pytest.mark.filterwarnings("ignore:.* is no known copy of imdb-binary")


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def root(tmp_path):
    return write_rings_and_stars(tmp_path / "root")


def planned(root, method=PATH, **changes):
    suite = {"name": "tiny", "seeds": [0], "methods": [method], "datasets": ["imdb-binary"]}
    return expand(Suite(**{**suite, "params": {method: SMALL}, **changes}), root)


def test_a_plan_knows_classes_content_and_the_path_of_the_method(root):
    [task] = planned(root)
    assert (task.run.method, task.path) == ("tiny-graph-clusters", PATH)
    assert (task.run.params["n_clusters"], task.run.data["features"]) == (2, "degree")
    assert len(task.run.checksum) == 64
    [given] = planned(root, params={PATH: {**SMALL, "n_clusters": 3}})
    assert given.run.params["n_clusters"] == 3


def test_clusters_of_graphs_are_scored_against_their_classes_alone(root):
    [task] = planned(root)
    kept = []
    record = execute(task, lambda report: None, on_details=kept.append)
    assert set(record.metrics) == {"acc", "nmi", "ari", "f1"}
    assert record.metrics["acc"] == 1.0, "rings and stars differ in their degrees"
    assert set(record.files) == {f"IMDB-BINARY_{part}.txt" for part in ("A", "graph_indicator", "graph_labels")}
    assert Record.from_line(record.to_line()) == record
    [details] = kept
    assert details.contingency.sum() == len(details.points) == 8


def test_a_class_named_by_its_path_runs_in_another_process(root, outcome_of):
    [task] = planned(root)
    here = execute(task, lambda report: None)
    with pytest.warns(UserWarning, match="no known copy of imdb-binary"):
        there = outcome_of(task).record
    assert (there.key, there.metrics) == (here.key, here.metrics)


def test_tables_and_pages_of_graphs_have_no_structure_scores(root, tmp_path, listener, workers):
    with Journal(tmp_path / "runs.jsonl") as journal, pytest.warns(UserWarning, match="no known copy"):
        records = list(run_tasks(planned(root, seeds=[0, 1]), listener, journal=journal, workers=workers))
    assert len(records) == 2
    table = to_markdown(build_table(records))
    assert "| tiny-graph-clusters | 2 | 100.0 ± 0.0 |" in table
    assert "modularity" not in table
    write_report([tmp_path / "runs.jsonl"], tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "8 graphs, 2 classes" in page
    assert "all graphs; near ones have near embeddings" in page


@pytest.mark.parametrize(
    ("method", "dataset", "message"),
    [
        (PATH, "karate", "karate is one graph, which tiny-graph-clusters does not take; choose among two-view"),
        (PATH, "planted-multiplex", "of several relations, which tiny-graph-clusters does not take; choose among"),
        ("dgi", "imdb-binary", "imdb-binary holds 8 graphs, which dgi does not take; choose among dsla, attr-ma"),
        (
            "gcool-multiplex",
            "imdb-binary",
            "which gcool-multiplex does not take; choose among dsla",
        ),
        (
            "tests.embedding_only:GraphsOnly",
            "imdb-binary",
            "graphs-only finds no clusters: it has no n",
        ),
        ("no_such_module_here:Mine", "imdb-binary", "no_such_module_here cannot be imported"),
    ],
)
def test_wrong_pairings_name_what_fits(root, method, dataset, message):
    with pytest.raises(ValueError, match=message) as caught:
        planned(root, method, datasets=[dataset], params={})
    assert "\n" not in str(caught.value)


def test_graphs_without_one_class_each_are_not_scored(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "mine.smi").write_text("CCO\nC1CCCCC1\nC\n")
    file = str(tmp_path / "mine.smi")
    for params in ({}, {PATH: {"n_clusters": 2}}):
        with pytest.raises(ValueError, match=r"mine.smi has no class for each graph, so clusters cannot"):
            expand(Suite(name="a", seeds=[0], methods=[PATH], datasets=[file], params=params))
    training = plan_training(PATH, file, params={"n_clusters": 2})
    assert (training.estimator.n_clusters, plan_training(PATH, file).estimator.n_clusters) == (2, None)


def test_probes_of_graphs_are_refused(root):
    with pytest.raises(ValueError, match="imdb-binary holds many graphs, and probes are for nodes"):
        planned(root, probes=["linear"])


def test_details_of_an_embedding_only():
    details = Details.of([], None, np.array([0, 1, 1]), np.eye(3))
    assert (len(details.clusters), details.contingency.shape) == (0, (0, 2))
    assert details.point_clusters.tolist() == [-1, -1, -1]
    assert Details.from_bytes(details.to_bytes()).point_classes.tolist() == [0, 1, 1]


def test_probes_of_a_method_that_has_no_clusters(tmp_path, listener, workers):
    path = "tests.embedding_only:NodesOnly"
    suite = Suite(name="a", seeds=[0], methods=[path], datasets=["karate"], params={path: {"epochs": 2}})
    with pytest.raises(ValueError, match="nodes-only finds no clusters"):
        expand(suite)
    probed = Suite(**{**vars(suite), "probes": ["knn"]})
    with Journal(tmp_path / "runs.jsonl") as journal:
        [record] = run_tasks(expand(probed), listener, journal=journal, workers=workers)
    assert "knn/micro_f1" in record.metrics
    assert not {"acc", "modularity"} & set(record.metrics)
    write_report([tmp_path / "runs.jsonl"], tmp_path / "page.html")
    assert "This run learned an embedding only" in (tmp_path / "page.html").read_text()


def test_a_method_that_no_other_process_can_import_is_refused_before_any_run(monkeypatch):
    from graphcl.methods import register
    from tests.tiny import TinyPrototypes

    monkeypatch.setattr(TinyPrototypes, "__module__", "__main__")
    register(TinyPrototypes)
    with pytest.raises(ValueError, match="TinyPrototypes is defined in the script that is run"):
        expand(Suite(name="a", seeds=[0], methods=["tiny-prototypes"], datasets=["karate"]))
    assert plan_training("tiny-prototypes", "karate").estimator.n_clusters == 2, "a training runs in this process"
