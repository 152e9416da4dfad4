import json

import pytest

from tests.tiny_graphs import write_rings_and_stars

unknown_files = pytest.mark.filterwarnings("ignore:.*no known copy.*", "ignore:.*have an equal one.*")


@pytest.fixture
def rings(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return "imdb-binary", "--root", write_rings_and_stars(tmp_path, number=16)


def test_links_print_uniform_and_hard_scores(call):
    status, out, err = call("evaluate", "links", "random-gnn", "karate", "--seeds", 2, "--decoder", "dot")
    lines = out.splitlines()
    assert status == 0, err
    assert lines[0].startswith("random-gnn on karate, 2 runs; links: held-out edges (5 % val, 10 % test) removed")
    assert "AP %" in lines[1]
    assert lines[2].startswith("dot product, uniform")
    assert lines[3].startswith("dot product, hard")
    assert lines[2].count(" ± ") == 6


def test_links_as_json_are_on_record(call, tmp_path):
    command = ("evaluate", "links", "adamic-adar", "karate", "--leaky", "--json", "--out", tmp_path / "runs.jsonl")
    status, out, _ = call(*command)
    record = json.loads(out)
    assert status == 0
    assert record["method"] == "adamic-adar"
    assert "LEFT VISIBLE" in record["protocol"]
    assert {key.split("/")[0] for key in record["metrics"]} == {"leaky"}
    assert call(*command)[1] == out, "from the file"
    assert len((tmp_path / "runs.jsonl").read_text().splitlines()) == 1


@unknown_files
def test_graphs_print_classification_and_clustering(call, rings):
    status, out, err = call("evaluate", "graphs", "wl-subtree", *rings, "--folds", 4, "--probe", "logistic")
    lines = out.splitlines()
    assert status == 0, err
    assert lines[0].startswith("wl-subtree on imdb-binary, 1 run; labels read once")
    assert lines[2].split() == ["logistic", "regression", "100.0", "0.0"]
    status, out, err = call(
        "evaluate", "graphs", "edge-pred", *rings, "--probe", "k-means", "--json",
        "--set", "domain=social", "--set", "epochs=1", "--set", "channels=8",
    )  # fmt: skip
    assert status == 0, err
    assert {"kmeans/acc", "kmeans/nmi", "kmeans/ari"} == set(json.loads(out)["metrics"])


@unknown_files
def test_links_within_many_graphs(call, rings):
    status, out, err = call(
        "evaluate", "links", "edge-pred", *rings, "--json", "--decoder", "dot",
        "--set", "domain=social", "--set", "epochs=1", "--set", "channels=8",
    )  # fmt: skip
    assert status == 0, err
    assert {"dot/ap", "dot/hard/mrr"} <= set(json.loads(out)["metrics"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["links", "adamic", "karate"], "no method is named 'adamic'"),
        (["links", "adamic-adar", "karate", "--set", "epochs=3"], "adamic-adar has no settings; leave --set and"),
        (
            ["links", "k-means", "karate", "--decoder", "cosine"],
            "no decoder is named 'cosine'; choose among",
        ),
        (["links", "dsla", "karate"], "karate is one graph, which dsla does not take"),
        (["graphs", "wl-subtree", "karate"], "karate is one graph, where many are needed"),
        (["graphs", "dgi", "karate", "--probe", "tree"], "no graph probe is named 'tree'; choose among logistic"),
        (["graphs", "wl-subtree", "karate", "--set", "a=1"], "wl-subtree has no settings; leave --set and"),
    ],
)
def test_bad_arguments_are_one_line(call, arguments, message):
    status, out, err = call("evaluate", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert message in err
