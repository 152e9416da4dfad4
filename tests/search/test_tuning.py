"""A search: repeatable, kept trial by trial, gone on with, and never taken for results of a benchmark."""

import json
import sys
from dataclasses import replace

import pytest
from sklearn.metrics import normalized_mutual_info_score

from graphcl import DGI
from graphcl.bench import load_records
from graphcl.datasets import load
from graphcl.search import Interval, Study, Trial, Tuning, read_trials, tune
from tests.bench.make_record import make_record, make_run

KARATE = load("karate").graph
SMALL = {"epochs": 1, "hidden_channels": 4}
RANGES = {"lr": Interval(1e-4, 1e-1, log=True), "out_channels": [4, 8, 512]}


def search(**options) -> Tuning:
    return tune("dgi", "karate", **{"trials": 3, "settings": SMALL, "ranges": RANGES, **options})


def drawn(found: Tuning) -> list:
    return [(trial.params, trial.value) for trial in found.trials]


@pytest.fixture(scope="module")
def whole() -> Tuning:
    return search(trials=4)


def test_the_first_trial_has_the_settings_of_the_recipe_and_the_best_is_best(whole):
    assert whole.trials[0].params == {"lr": 1e-3, "out_channels": 512}
    assert all(trial.params["out_channels"] in (4, 8, 512) for trial in whole.trials)
    assert all(1e-4 <= trial.params["lr"] <= 1e-1 for trial in whole.trials)
    assert whole.best.value == max(trial.value for trial in whole.trials)
    assert whole.best_params == whole.best.params
    elsewhere = search(trials=1, ranges={"lr": Interval(0.01, 0.1)})
    assert 0.01 <= elsewhere.trials[0].params["lr"] <= 0.1, "they lie outside, so the first is drawn"


def test_a_study_goes_on_as_if_it_had_never_been_interrupted(whole, tmp_path):
    path = tmp_path / "deep" / "trials.jsonl"
    seen = []

    def interrupt(trial):
        seen.append(trial.trial)
        if trial.trial == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search(trials=4, out=path, on_trial=interrupt)
    assert [trial.trial for trial in read_trials(path)] == seen == [0, 1]
    with path.open("ab") as file:
        file.write(b'{"trial": 2, "par')  # of a writer that was killed
    assert len(read_trials(path)) == 2
    with pytest.warns(UserWarning, match="cut off a last line that was broken"):
        resumed = search(trials=4, out=path, on_trial=lambda trial: seen.append(trial.trial))
    assert seen == [0, 1, 0, 1, 2, 3]
    assert drawn(resumed) == drawn(whole)
    assert [(trial.params, trial.value) for trial in read_trials(path)] == drawn(whole)
    assert drawn(search(trials=2, out=path)) == drawn(whole), "what is on file stays in the result"
    assert drawn(search(trials=3, seed=1)) != drawn(whole)[:3]


def test_a_record_says_what_it_is(whole):
    trial = json.loads(whole.trials[0].to_line())
    study = trial["study"]
    assert (study["criterion"], study["split"], trial["labels_read"]) == ("J", None, False)
    assert (study["method"], study["dataset"], study["seeds"], study["seed"]) == ("dgi", "karate", 1, 0)
    assert study["settings"]["epochs"] == 1
    assert study["ranges"] == {"lr": {"low": 1e-4, "high": 1e-1, "log": True}, "out_channels": [4, 8, 512]}
    assert {"graphcl", "torch"} <= set(trial["versions"])
    assert trial["seconds"] > 0
    assert Trial.from_line(whole.trials[0].to_line()) == whole.trials[0]
    labels = search(trials=1, criterion="validation-labels")
    assert (labels.study.criterion, labels.study.split, labels.trials[0].labels_read) == (
        "validation-labels",
        "random",
        True,
    )


def test_studies_are_told_apart_by_all_that_their_values_depend_on(whole):
    study = whole.study
    assert isinstance(study, Study)
    changes = [{"seed": 1}, {"seeds": 2}, {"split": "own"}, {"checksum": "0"}, {"ranges": {}}, {"revision": 99}]
    digests = {replace(study, **change).digest for change in changes}
    assert len(digests | {study.digest}) == len(changes) + 1
    draws = [study.generator_seed(number) for number in range(9)]
    assert len({*draws, replace(study, seed=1).generator_seed(0)}) == 10


def test_a_value_is_the_mean_over_seeds():
    [trial] = search(trials=1, seeds=2, criterion="loss", ranges={"lr": [1e-3, 1e-2]}).trials
    losses = [DGI.from_recipe("karate", **SMALL, seed=s).fit(KARATE).history_[-1]["loss"] for s in (0, 1)]
    assert trial.values == losses
    assert trial.value == pytest.approx(sum(losses) / 2)


def test_trials_and_results_of_benchmarks_are_never_taken_for_one_another(whole, tmp_path):
    trials, records = tmp_path / "trials.jsonl", tmp_path / "records.jsonl"
    line, record = whole.trials[0].to_line(), make_record(make_run()).to_line()
    trials.write_text(line)
    with pytest.raises(ValueError, match=r"trials\.jsonl"):
        load_records(trials)
    records.write_text(record + line + record)
    with pytest.raises(ValueError, match="line 2"):
        load_records(records)
    records.write_text(record)
    before = records.read_bytes()
    with pytest.raises(
        ValueError, match=r"records.jsonl, line 1: not a trial of graphcl tune: other fields; name an"
    ):
        search(out=records)
    assert records.read_bytes() == before


def test_a_file_of_another_study_is_refused(whole, tmp_path):
    path = tmp_path / "trials.jsonl"
    path.write_text(whole.trials[0].to_line())
    with pytest.raises(ValueError, match="trials of another study: it was made with epochs=1, got epochs=2; name"):
        search(out=path, settings={**SMALL, "epochs": 2})
    with pytest.raises(ValueError, match=r"criterion='J', got .*criterion='loss'; name another file"):
        search(out=path, criterion="loss", ranges={"lr": [1e-3, 1e-2]})
    path.write_text(replace(whole.trials[0], trial=3).to_line())
    with pytest.raises(ValueError, match="line 1: trial 3 in place of 0"):
        search(out=path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": "high"}, "trial, value or params of another type"),
        ({"value": float("inf")}, "trial, value or params of another type"),
        ({"format": 9}, "a trial of format 9; this graphcl reads 1"),
        ({"study": {}}, "study has other fields"),
        ({"key": "1"}, "other fields"),
    ],
)
def test_lines_that_are_no_trials(whole, change, message):
    line = json.dumps({**json.loads(whole.trials[0].to_line()), **change})
    with pytest.raises(ValueError, match=message):
        Trial.from_line(line)


def test_a_trial_that_fails_ends_nothing(monkeypatch):
    fit, calls = DGI.fit, []

    def fit_or_fail(self, *args, **options):
        calls.append(self.lr)
        if len(calls) == 2:
            raise RuntimeError("something\nbroke")
        return fit(self, *args, **options)

    monkeypatch.setattr(DGI, "fit", fit_or_fail)
    found = search()
    assert [trial.error for trial in found.trials] == [None, "RuntimeError: something broke", None]
    assert found.trials[1].value is None
    assert found.best.trial != 1
    monkeypatch.setattr(DGI, "fit", lambda *_, **__: 1 / 0)
    with pytest.raises(
        ValueError, match="no trial of dgi on karate came to an end: ZeroDivisionError: division by"
    ):
        _ = search().best


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"trials": 0}, "trials and seeds must be at least 1; got 0 and 1"),
        ({"ranges": {"lr": [1e-3, 1e-2]}, "settings": {"lr": 1e-3}}, "lr has a range and a fixed value"),
        ({"settings": {"seed": 1}}, "the seed is no parameter here"),
        ({"ranges": None, "settings": {"lr": 1e-3, "out_channels": 4}}, "there is nothing to search"),
    ],
)
def test_wrong_input_is_refused_before_anything_is_trained(options, message, monkeypatch):
    monkeypatch.setattr(DGI, "fit", lambda *_, **__: pytest.fail("it was trained"))
    with pytest.raises(ValueError, match=message):
        search(**options)


def test_without_optuna_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ImportError, match=r"graphcl tune needs Optuna; pip install 'graphcl\[tune\]'"):
        search()


def test_consensus_among_the_seeds_of_a_trial_joins_j():
    options = {"seeds": 3, "trials": 2, "settings": {**SMALL, "epochs": 3}}
    plain, both = search(criterion="J", **options), search(criterion="J+consensus", **options)
    assert both.trials[0].study.criterion == "J+consensus"
    fitted = [DGI(n_clusters=2, seed=seed, **options["settings"]).fit(KARATE) for seed in range(3)]
    shared = [model.labels_ for model in fitted]
    expected = [a + 0.25 * b for a, b in zip(plain.trials[0].values, mean_nmi_with_others(shared), strict=True)]
    assert both.trials[0].values == pytest.approx(expected, abs=1e-12)
    assert both.trials[0].values != plain.trials[0].values


def mean_nmi_with_others(labelings) -> list[float]:
    pairs = [[normalized_mutual_info_score(a, b) for b in labelings] for a in labelings]
    return [(sum(row) - 1) / (len(row) - 1) for row in pairs]


def test_consensus_needs_two_seeds():
    with pytest.raises(
        ValueError, match=r"J\+consensus compares the seeds of a trial, at least 2; got 1; raise seeds"
    ):
        search(criterion="J+consensus")
