import json
from pathlib import Path

import pytest

from graphcl.bench.ogb import evaluate, plan
from graphcl.bench.runs import provenance
from graphcl.datasets.ogb.sets import SETS
from graphcl.recipes import reading
from tests.ogb_sets import load_tiny

SMALL = (
    "--set",
    "epochs=2",
    "--set",
    "hidden_channels=8",
    "--set",
    "out_channels=8",
    "--set",
    "projector_channels=8",
)
CLEAN = {"commit": "0123456789abcdef", "dirty": False}


@pytest.fixture(autouse=True)
def tiny_data(monkeypatch):
    monkeypatch.setattr(plan, "load", load_tiny)


@pytest.fixture
def ogb(call, tmp_path):
    """Run the command; gives its exit status, the report as JSON and as a page, and stderr."""

    def run(dataset, method, *options):
        status, out, err = call(
            "bench", "ogb", "--dataset", dataset, "--method", method, "--out", tmp_path, *options
        )
        if status:
            return status, None, None, err
        page, plain = out.split()
        return status, json.loads(Path(plain).read_text()), Path(page).read_text(), err

    return run


def git_state_of(monkeypatch, state):
    from graphcl.bench.evaluations import outcome

    monkeypatch.setattr(provenance, "git_state", lambda: state)
    monkeypatch.setattr(outcome, "git_state", lambda: state)


def official(monkeypatch, name, parts):
    from dataclasses import replace

    monkeypatch.setitem(SETS, name, replace(SETS[name], parts=parts))


def test_node_property_from_dataset_to_report(ogb, monkeypatch):
    status, report, page, err = ogb("ogbn-arxiv", "grace", "--seeds", 2, "--draft", "--clusters", *SMALL)
    assert status == 0, err
    assert page.startswith("# ogbn-arxiv: grace (frozen + linear probe)\n\n> **DRAFT, not to be submitted**: ")
    assert "ogbn-arxiv takes at least 10 seeds; got 2" in page
    assert "train, val and test are 60 / 24 / 24, and 90,941 / 29,799 / 48,603 officially" in page
    form = report["form"]
    assert form["ogb_version"] == "1.3.6"
    assert form["external_data"] == "No"
    tests = [seed["test"] for seed in report["seeds"]]
    assert form["test_mean"] == pytest.approx(sum(tests) / 2)
    assert form["test_std"] == pytest.approx(abs(tests[0] - tests[1]) / 2**0.5), "unbiased"
    assert min(tests) > 0.6
    assert form["tuned_hyper_parameters"].startswith("probe_weight_decay: [0.1")
    assert "*" in form["tuned_hyper_parameters"]
    assert "epochs: 2" in report["fixed_hyper_parameters"]
    encoder = 8 * 8 + 8 + 8 * 8 + 8
    projector = 2 * (8 * 8 + 8)
    assert form["parameters"] == encoder + projector + (8 + 1) * 3
    assert form["command"].startswith("graphcl bench ogb --dataset ogbn-arxiv --method grace --seeds 2 --clusters")
    assert form["contact_email"] is None
    assert set(report["clusters"]) == {"acc", "nmi", "ari", "f1"}
    assert "| 1 | SimTeG+TAPE+RevGAT | Yes | 0.7803 ± 0.0007 |" in page
    assert "ogb-web at f4c21f1, 2026-05-12: of 81 rows" in page
    assert "no rank is claimed" in page
    assert "| GRACE | 69.34 | not run |" in page


def test_mlp_probe_and_untrained_encoder(ogb):
    status, report, page, err = ogb("ogbn-arxiv", "random-gnn", "--seeds", 1, "--draft", "--probe", "mlp")
    assert status == 0, err
    assert report["form"]["test_std"] is None
    assert "probe_lr: [0.01" in report["form"]["tuned_hyper_parameters"]
    assert "probe_epoch: the one of the best validation score of each seed (" in page


def test_a_run_on_file_is_not_repeated(ogb, monkeypatch):
    options = ("ogbn-arxiv", "random-gnn", "--seeds", 2, "--draft")
    first = ogb(*options)[1]
    monkeypatch.setattr(evaluate, "ogb_probe", None)
    again = ogb(*options)[1]
    assert again["seeds"] == first["seeds"]
    assert again["seconds"] == first["seconds"]


def test_an_interrupted_command_goes_on(ogb, monkeypatch):
    seen, probe = [], evaluate.ogb_probe

    def stop_at_second(*arguments, **options):
        seen.append(options["seed"])
        if len(seen) == 2:
            raise KeyboardInterrupt
        return probe(*arguments, **options)

    monkeypatch.setattr(evaluate, "ogb_probe", stop_at_second)
    options = ("ogbn-arxiv", "random-gnn", "--seeds", 3, "--draft")
    status, _, _, err = ogb(*options)
    assert status == 130
    assert "run the same command to go on" in err
    status, report, _, err = ogb(*options)
    assert status == 0, err
    assert seen == [0, 1, 1, 2]
    assert [seed["seed"] for seed in report["seeds"]] == [0, 1, 2]


def test_an_entry_that_may_be_submitted(ogb, monkeypatch):
    git_state_of(monkeypatch, CLEAN)
    official(monkeypatch, "ogbn-arxiv", (60, 24, 24))
    status, report, page, err = ogb("ogbn-arxiv", "random-gnn", "--tried", "num_layers=[1, 2]")
    assert status == 0, err
    assert len(report["seeds"]) == 10, "as the board wants"
    assert report["draft"] == []
    assert "DRAFT" not in page
    assert report["form"]["code"] == f"commit {CLEAN['commit']}"
    assert report["form"]["tuned_hyper_parameters"].startswith("num_layers: [1, 2*], probe_weight_decay: [")
    mean = 100 * report["form"]["test_mean"]
    assert f"| random init | 68.14 | {mean:.2f} ± " in page


def test_link_property_with_and_without_validation_edges(ogb):
    status, report, _, err = ogb("ogbl-collab", "random-gnn", "--seeds", 1, "--draft")
    assert status == 0, err
    assert report["form"]["test_mean"] > 0.3
    assert report["metric"] == "hits@50"
    assert "decoder: [dot" in report["form"]["tuned_hyper_parameters"]
    status, more, _, err = ogb("ogbl-collab", "random-gnn", "--seeds", 1, "--draft", "--validation-edges")
    assert status == 0, err
    assert "validation edges as input at test time" in more["protocol"]
    assert more["form"]["validation_mean"] == report["form"]["validation_mean"]
    assert more["form"]["test_mean"] != report["form"]["test_mean"]


TINY_GIN = ("--set", "epochs=1", "--set", "channels=8", "--set", "num_layers=2")


@pytest.mark.parametrize(
    ("method", "options", "title"),
    [
        ("attr-masking", TINY_GIN, "frozen + linear probe"),
        ("attr-masking", (*TINY_GIN, "--fine-tune", "--epochs", 4), "fine-tuned"),
        ("from-scratch", (*TINY_GIN, "--epochs", 4), "fine-tuned"),
        ("morgan+random-forest", (), "fingerprints"),
    ],
)
def test_graph_property(ogb, monkeypatch, method, options, title):
    from ogb.graphproppred import Evaluator

    kept, official = [], evaluate.ogb_score
    monkeypatch.setattr(evaluate, "ogb_score", lambda *given: (kept.append(given), official(*given))[1])
    if method.startswith("morgan"):
        pytest.importorskip("rdkit")
    status, report, _, err = ogb("ogbg-molhiv", method, "--seeds", 1, "--draft", *options)
    assert status == 0, err
    assert report["form"]["method_name"] == f"{method} ({title})"
    assert report["metric"] == "rocauc"
    if not title.startswith("frozen"):
        known = [Evaluator(name).eval({"y_true": y, "y_pred": predicted})["rocauc"] for name, y, predicted in kept]
        assert known == [report["form"]["validation_mean"], report["form"]["test_mean"]]
    assert (report["form"]["parameters"] == 0) is method.startswith("morgan")
    if title == "fine-tuned":
        assert report["form"]["tuned_hyper_parameters"].startswith("epoch: 1 to 4, the one of the best")


def test_the_epoch_of_ogbg_molpcba_is_chosen_by_its_own_metric(ogb, monkeypatch):
    asked, finetune = [], evaluate.finetune
    monkeypatch.setattr(
        evaluate, "finetune", lambda *given, **settings: (asked.append(settings), finetune(*given, **settings))[1]
    )
    for name, metric in (("ogbg-molpcba", "ap"), ("ogbg-molhiv", "roc-auc")):
        status, report, _, err = ogb(name, "from-scratch", "--seeds", 1, "--draft", *TINY_GIN, "--epochs", 1)
        assert status == 0, err
        assert asked.pop()["metric"] == metric
        assert report["metric"] == metric.replace("-", "")


def test_a_model_from_a_file(ogb, tmp_path):
    import graphcl

    molecules = load_tiny("ogbg-molhiv")
    model = graphcl.AttrMasking(epochs=1, channels=8, num_layers=2).fit(molecules.graphs)
    model.save(tmp_path / "model.pt")
    options = ("ogbg-molhiv", tmp_path / "model.pt", "--seeds", 1, "--draft")
    assert "give --external-data" in ogb(*options)[3]
    status, report, _, err = ogb(*options, "--external-data", "chains")
    assert status == 0, err
    assert report["form"]["method_name"] == "attr-masking (frozen + linear probe), external data: chains"
    assert report["form"]["external_data"] == "chains"


def test_a_model_by_its_name_is_a_trained_one(ogb):
    options = ("ogbg-molhiv", "dsla-moses-50k", "--seeds", 1, "--draft")
    assert "dsla-moses-50k was trained before" in ogb(*options)[3]
    status, report, _, err = ogb(*options, "--external-data", "MOSES")
    assert status == 0, err
    assert report["form"]["method_name"] == "dsla (frozen + linear probe), external data: MOSES"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ogbn-arxiv", "grace", "--seeds", 3), "ogbn-arxiv takes at least 10 seeds; got 3; or take"),
        (("ogbn-arxiv", "grace", "--seeds", 10), "the data is not OGB's: train, val and test are 60"),
        (("ogbg-molhiv", "nosuch.pt"), "nosuch.pt: no such model; name a file that graphcl train wrote"),
        (("ogbn-mag", "grace"), "ogbn-mag is no dataset of OGB that is read here"),
        (("ogbn-arxiv", "infograph", "--draft"), "infograph does not take data as ogbn-arxiv; ch"),
        (("ogbg-molhiv", "grace", "--draft"), "grace does not take data as ogbg-molhiv; ch"),
        (("ogbn-arxiv", "grace", "--probe", "svm"), "--probe must be linear or mlp; got svm"),
        (("ogbn-arxiv", "grace", "--fine-tune"), "--fine-tune is for sets of graphs"),
        (("ogbn-arxiv", "grace", "--validation-edges"), "--validation-edges is for links"),
        (("ogbl-collab", "grace", "--probe", "mlp"), "--probe is for frozen rows with labels"),
        (("ogbl-collab", "grace", "--clusters"), "--clusters needs classes of nodes"),
        (("ogbn-arxiv", "morgan+random-forest"), "morgan+random-forest is a baseline of molecules"),
        (("ogbn-arxiv", "grace", "--draft", "--recipe", "cora"), "grace's settings for cora were tuned"),
        (("ogbn-arxiv", "grace", "--draft", "--tried", "lr=[1]"), "--tried lr must hold the value"),
        (("ogbn-arxiv", "grace", "--draft", "--tried", "momentum=[1]"), "--tried momentum: there is no such"),
        (("ogbn-arxiv", "grace", "--draft", "--set", "seed=1"), "the seed is no parameter here; use"),
        (("ogbg-molhiv", "morgan+random-forest", "--draft", "--set", "x=1"), "morgan+random-forest has no set"),
    ],
)  # fmt: skip
def test_refusals_are_one_line(ogb, monkeypatch, arguments, message):
    git_state_of(monkeypatch, CLEAN)
    status, _, _, err = ogb(*arguments)
    assert status == 2
    assert err.startswith(f"error: {message}")
    assert err.count("\n") == 1


def test_changes_in_the_checkout_and_mixed_runs_are_refused(ogb, monkeypatch):
    git_state_of(monkeypatch, CLEAN | {"dirty": True})
    assert "the checkout has changes that commit 0123456 does not" in ogb("ogbn-arxiv", "random-gnn")[3]
    assert ogb("ogbn-arxiv", "random-gnn", "--seeds", 1, "--draft")[0] == 0
    git_state_of(monkeypatch, CLEAN)
    official(monkeypatch, "ogbn-arxiv", (60, 24, 24))
    assert "some runs on file were made by a checkout with changes" in ogb("ogbn-arxiv", "random-gnn")[3]


def test_settings_that_were_tuned_with_labels_are_refused(ogb, monkeypatch):
    tables = reading.read_recipe_file("grace")
    tables["ogbn-arxiv"] |= {"lr": 0.01, "tuned_with_labels": True, "source": "somebody"}
    monkeypatch.setattr(reading, "_tables", lambda method: tables)
    status, _, _, err = ogb("ogbn-arxiv", "grace", "--draft")
    assert status == 2
    assert "tuned with labels, test labels perhaps among them (somebody), which OGB's rules exclude" in err
    assert ogb("ogbn-arxiv", "grace", "--draft", "--recipe", "default", "--seeds", 1, *SMALL)[0] == 0
