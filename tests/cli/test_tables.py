"""Tables of results on file, from the shell."""

import json

import pytest

from tests.bench.make_record import make_record, make_run


@pytest.fixture
def results(tmp_path):
    path = tmp_path / "runs.jsonl"
    path.write_text("".join(make_record(make_run(seed=seed)).to_line() for seed in range(2)))
    return path


def test_every_format_prints_the_table(call, results):
    starts = {
        "terminal": "karate",
        "markdown": "### karate",
        "csv": "dataset,data,method,row,metric,runs,n,mean,std,published_mean",
        "latex": "% needs",
        "json": "[\n{",
    }
    for form, start in starts.items():
        status, out, err = call("bench", "table", results, "--format", form)
        assert (status, err) == (0, "")
        assert out.startswith(start)
    rows = json.loads(call("bench", "table", results, "--format", "json", "--metric", "acc")[1])
    assert [(row["metric"], row["mean"], row["n"]) for row in rows] == [("acc", 0.5, 2)]


def test_the_caption_goes_into_latex_alone(call, results):
    out = call("bench", "table", results, "--format", "latex", "--caption", "All of it", "--label", "t")[1]
    assert "\\caption{All of it}\n\\label{t}" in out
    status, _, err = call("bench", "table", results, "--caption", "All of it")
    assert (status, err) == (2, "error: --caption and --label go with --format latex; got --format terminal\n")


def test_an_unknown_format_is_one_line_with_the_choices(call, results):
    status, out, err = call("bench", "table", results, "--format", "xml")
    assert (status, out) == (2, "")
    assert err == (
        "error: invalid value for '--format': 'xml' is not one of 'terminal', 'markdown', 'csv', 'latex', 'json'; "
        "see graphcl bench table --help\n"
    )


def test_a_record_that_cannot_be_right_is_one_line(call, results):
    broken = json.loads(make_record(make_run(seed=2)).to_line())
    results.write_text(results.read_text() + json.dumps({**broken, "metrics": {"acc": -7}}) + "\n")
    for command in ("table", "report"):
        status, out, err = call("bench", command, results)
        assert (status, out) == (2, "")
        assert err == (
            f"error: {results}, line 3: metrics/acc must be null or a number in [0, 1]; got -7; "
            "remove the line or use another file\n"
        )


@pytest.fixture
def rivals(tmp_path):
    path = tmp_path / "rivals.jsonl"
    runs = [make_run(method=m, dataset=d, seed=s) for m in ("a", "b", "c") for d in ("x", "y") for s in range(3)]
    levels = {"a": 0.2, "b": 0.4, "c": 0.6}
    path.write_text(
        "".join(make_record(r, metrics={"nmi": levels[r.method] + r.seed / 50}).to_line() for r in runs)
    )
    return path


def test_compare_says_what_differs_and_what_cannot(call, rivals, tmp_path):
    status, out, err = call("bench", "compare", rivals, "--baseline", "b", "--diagram", tmp_path / "cd.svg")
    assert (status, err) == (0, f"{tmp_path / 'cd.svg'}\n")
    assert "x: NMI %, difference to b" in out
    assert "-20.00" in out
    assert "average ranks over 2 datasets: NMI %" in out
    assert "with 3 shared seeds p is at least 0.25: none can be significant at 0.05" in out
    assert (tmp_path / "cd.svg").read_text().startswith("<svg")


def test_compare_in_other_formats(call, rivals):
    found = json.loads(call("bench", "compare", rivals, "--format", "json")[1])
    assert (found["metric"], found["baseline"], found["over_datasets"]["methods"]) == ("nmi", "a", ["c", "b", "a"])
    header, first, *_ = call("bench", "compare", rivals, "--format", "csv")[1].splitlines()
    assert header == "over,dataset,metric,method,baseline,n,difference,standard_error,p,holm_p"
    assert first.startswith("seeds,x,nmi,b,a,3,")
    assert "\\begin{tabular}" in call("bench", "compare", rivals, "--format", "latex")[1]
    assert "| c / a | +40.00 |" in call("bench", "compare", rivals, "--format", "markdown")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--metric", "acc"], "no run has the score 'acc'; choose among nmi, seconds/cpu"),
        (["--baseline", "d"], "no method is named 'd' here; choose among a, b, c"),
        (["--diagram", "cd.png"], "a diagram must end in .svg; got cd.png"),
        (["--method", "a", "--method", "b", "--diagram", "cd.svg"], "a diagram needs 3 methods on 2 datasets"),
    ],
)
def test_compare_refuses_in_one_line(call, rivals, arguments, message):
    status, out, err = call("bench", "compare", rivals, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {message}")
    assert err.count("\n") == 1
