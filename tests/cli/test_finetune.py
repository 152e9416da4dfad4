"""`graphcl evaluate finetune` on a small file of molecules."""

import json

import pytest

import graphcl

SMALL = ("--set", "channels=8", "--set", "num_layers=1")
QUICK = ("--seeds", 2, "--epochs", 1, "--data", 'labels=["oxygen", "heavy"]', "--device", "cpu")


@pytest.fixture
def molecules(tmp_path, monkeypatch):
    """Chains with and without oxygen, and how many heavy atoms they have."""
    lines = [f"{'C' * (1 + i // 2)}{'O' if i % 2 else 'C'},{i % 2},{i % 4 // 2}" for i in range(80)]
    (tmp_path / "chains.csv").write_text("\n".join(["smiles,oxygen,heavy", *lines]))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return "chains.csv"


def test_a_table_with_the_model_first_and_every_baseline(call, molecules):
    status, out, err = call(
        "evaluate", "finetune", "attr-masking", molecules, *QUICK, *SMALL, "--split", "random", "--set", "epochs=1"
    )
    assert status == 0
    lines = out.splitlines()
    assert lines[0].startswith("attr-masking on chains.csv, random split, 2 seeds")
    names = [line.split()[0] for line in lines if "±" in line and not line.startswith(("differences", "±"))]
    assert names == [
        "finetuned",
        "frozen",
        "from-scratch",
        "untrained-frozen",
        "morgan+linear",
        "morgan+random-forest",
        "node-means+linear",
    ]
    assert "minus finetuned" in out
    assert err.count("\n") == 7


def test_a_model_in_a_file_as_json_lines(call, molecules):
    graphs = graphcl.datasets.load(molecules).graphs
    graphcl.AttrMasking(channels=8, num_layers=1, epochs=1, device="cpu").fit(graphs).save("model.pt")
    command = (
        "evaluate",
        "finetune",
        "model.pt",
        molecules,
        *QUICK,
        "--split",
        "random",
        "--no-baselines",
        "--json",
    )
    status, out, _ = call(*command)
    assert status == 0
    found = [json.loads(line) for line in out.splitlines()]
    assert [(one["row"], one["seed"]) for one in found] == [
        ("finetuned", 0),
        ("finetuned", 1),
        ("frozen", 0),
        ("frozen", 1),
    ]
    assert found[0]["metric"] == "roc-auc"
    assert set(found[0]["test_tasks"]) == {"oxygen", "heavy"}
    assert (found[0]["chosen"], found[0]["last_test"]) == ({"epoch": 1}, found[0]["test"])
    assert found[2]["last_test"] is None
    again = [json.loads(line) for line in call(*command)[1].splitlines()]
    assert [one["test"] for one in again] == [one["test"] for one in found]


def test_from_scratch_is_a_method_name(call, molecules):
    status, out, _ = call(
        "evaluate",
        "finetune",
        "from-scratch",
        molecules,
        *QUICK,
        *SMALL,
        "--split",
        "scaffold-balanced",
        "--no-baselines",
        "--json",
    )
    assert status == 2, "one scaffold, so that a part is empty"
    status, out, _ = call(
        "evaluate",
        "finetune",
        "from-scratch",
        molecules,
        *QUICK,
        *SMALL,
        "--split",
        "random",
        "--no-baselines",
        "--json",
    )
    assert status == 0
    assert [json.loads(line)["row"] for line in out.splitlines()] == ["from-scratch"] * 2 + [
        "untrained-frozen"
    ] * 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.pt", "chains.csv"), "nowhere.pt: no such model"),
        (("attr-maskin", "chains.csv"), "no method is named 'attr-maskin' (did you mean attr-masking?)"),
        (("scgc", "chains.csv"), "scgc learns from one graph, and has no encoder of graphs; choose among dsla,"),
        (("attr-masking", "karate"), "karate is one graph, where many are needed"),
        (("attr-masking", "chains.csv"), "chains.csv has no labels to predict"),
        (("attr-masking", "chains.csv", "--split", "skaffold"), "split must be none, scaffold, scaffold-balanced"),
        (
            ("attr-masking", "chains.csv", *QUICK, "--metric", "rmse"),
            "has binary tasks, for which rmse is no score",
        ),
        (
            ("attr-masking", "chains.csv", *QUICK, "--metric", "auc"),
            "metric must be one of roc-auc, ap, rmse; got 'auc'",
        ),
        (
            ("attr-masking", "chains.csv", *QUICK, "--split", "scaffold"),
            "chains.csv: a split needs indices of graphs",
        ),
        (
            ("attr-masking", "chains.csv", *QUICK, "--data", "split=random"),
            "split is no parameter here; give --split",
        ),
        (
            ("graph-cl", "chains.csv", *QUICK, "--split", "random", "--set", "domain=social"),
            "for the domain 'social'; take a model",
        ),
    ],
)
def test_bad_input_is_one_line(call, molecules, arguments, message):
    status, out, err = call("evaluate", "finetune", *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert (err[:7], err.count("\n")) == ("error: ", 1)


def test_several_processes_would_each_do_all_of_it(call, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "0")
    status, _, err = call("evaluate", "finetune", "from-scratch", "bbbp")
    assert status == 2
    assert "graphcl evaluate finetune is run by one process" in err
