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
