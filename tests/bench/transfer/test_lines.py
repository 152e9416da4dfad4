"""Results of fine-tuning on file: what is written comes back, the overview, the README's table, the report."""

import json

import pytest
import torch

from graphcl.bench.report import write_report
from graphcl.bench.tables.readme import with_current_tables
from graphcl.bench.transfer.lines import TransferSetting, read_transfer, row_name, transfer_lines
from graphcl.bench.transfer.overview import transfer_overview
from graphcl.evaluation import TransferRun, TransferScores
from tests.bench.make_record import make_record

BBBP, ESOL = TransferSetting("bbbp", "scaffold", 20), TransferSetting("esol", "scaffold", 20)


def scores(*tests, metric="roc-auc"):
    empty = torch.empty(0, 1)
    runs = [
        TransferRun(
            seed, 0.9, test, {"a": test, "b": float("nan")}, {"test": ("b",)}, {"epoch": 2}, 1.5, empty, 0.8, 0.6
        )
        for seed, test in enumerate(tests)
    ]
    return TransferScores(metric, tuple(runs))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "finetune.jsonl"
    lines = [
        *transfer_lines(BBBP, "dsla", "finetuned", scores(0.7, 0.8)),
        *transfer_lines(BBBP, "dsla", "finetuned", scores(0.75, 0.85), 0.1),
        *transfer_lines(BBBP, "any", "from-scratch", scores(0.6, 0.7)),
        *transfer_lines(ESOL, "any", "from-scratch", scores(1.5, metric="rmse")),
        *transfer_lines(ESOL, "dsla", "frozen", scores(1.25, metric="rmse")),
    ]
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_what_is_written_comes_back_by_table_and_row_from_scratch_first(file):
    found = read_transfer([file])
    assert list(found) == [BBBP, ESOL]
    assert list(found[BBBP]) == ["from-scratch", "dsla, finetuned", "dsla, finetuned, contrast 0.1"]
    assert list(found[ESOL]) == ["from-scratch", "dsla, frozen"]
    assert found[ESOL]["dsla, frozen"].metric == "rmse"
    [first, second] = found[BBBP]["dsla, finetuned"].runs
    assert (first.seed, first.test, second.test, first.last_test, first.chosen) == (0, 0.7, 0.8, 0.6, {"epoch": 2})
    assert first.test_tasks["a"] == 0.7
    assert first.test_tasks["b"] != first.test_tasks["b"]


def test_the_last_line_of_a_seed_counts_and_seeds_are_in_order(tmp_path):
    path = tmp_path / "finetune.jsonl"
    lines = [
        *transfer_lines(BBBP, "d", "frozen", scores(0.1, 0.2)),
        *transfer_lines(BBBP, "d", "frozen", scores(0.5)),
    ]
    path.write_text("\n".join(reversed(lines)) + "\n" + lines[2] + "\n")
    assert read_transfer([path])[BBBP]["d, frozen"].by_seed == {0: 0.5, 1: 0.2}


@pytest.mark.parametrize(
    "key", ["dataset", "split", "epochs", "model", "row", "metric", "seed", "test", "test_tasks"]
)
def test_a_line_that_is_none_is_named(file, key):
    first, *others = file.read_text().splitlines()
    broken = {name: value for name, value in json.loads(first).items() if name != key}
    file.write_text("\n".join([*others, json.dumps(broken)]))
    with pytest.raises(
        ValueError, match=rf"jsonl: line {len(others) + 1} is no result of fine-tuning; give files of"
    ):
        read_transfer([file])


@pytest.mark.parametrize("line", ["{", "[]", "1", '{"a": 1}', ""], ids=str)
def test_what_is_no_such_line(tmp_path, line):
    path = tmp_path / "x.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(ValueError, match=r"x\.jsonl: line 1 is no result of fine-tuning"):
        read_transfer([path])


def test_rows_without_a_model_stand_for_themselves():
    assert row_name("dsla", "morgan+linear") == "morgan+linear"
    assert row_name("dsla", "frozen") == "dsla, frozen"


def test_the_overview_has_the_best_of_each_column_in_bold(file):
    grid = transfer_overview(read_transfer([file]))
    assert grid.headings == ["", "bbbp, ROC-AUC % (20 epochs, 2 seeds)", "esol, RMSE (20 epochs, 1 seed)"]
    assert grid.rows == [
        ["from-scratch", "65.0 ± 7.1", "1.500"],
        ["dsla, finetuned", "75.0 ± 7.1", "-"],
        ["dsla, finetuned, contrast 0.1", "**80.0 ± 7.1**", "-"],
        ["dsla, frozen", "-", "**1.250**"],
    ]


def test_a_page_names_the_file_and_gets_the_table(file):
    page = file.parent / "README.md"
    page.write_text("# t\n<!-- fine-tuning: finetune.jsonl -->\nold\n<!-- end of fine-tuning -->\nend\n")
    text = with_current_tables(page)
    assert "old" not in text
    assert "| from-scratch | 65.0 ± 7.1 | 1.500 |" in text
    page.write_text(text)
    assert with_current_tables(page) == text


def test_the_report_shows_it_below_the_runs(file):
    out, records_file = file.parent / "report.html", file.parent / "runs.jsonl"
    records_file.write_text(make_record().to_line())
    write_report([records_file], out)
    assert "What pre-training bought" not in out.read_text()
    write_report([records_file], out, fine_tuning=[file])
    page = out.read_text()
    assert page.index("What pre-training bought") > page.index('id="d0"')
    for part in (
        "dsla, finetuned, contrast 0.1",
        "20 epochs of fine-tuning",
        "minus from-scratch",
        "left out of the test",
    ):
        assert part in page
