"""Tables in a page follow their records, and nothing else in it changes."""

import pytest

from graphcl.bench.tables import readme
from graphcl.bench.tables.readme import with_current_tables
from graphcl.cli import main
from tests.bench.make_record import make_record, make_run

PAGE = "# Title\n\n<!-- results: runs/one.jsonl -->\nold\n<!-- end of results -->\n\nThe end.\n"


@pytest.fixture
def page(tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "one.jsonl").write_text(make_record().to_line())
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    return path


def test_the_table_is_made_anew_and_the_rest_stays(page):
    text = with_current_tables(page)
    assert text.startswith("# Title\n\n<!-- results: runs/one.jsonl -->\n\n")
    assert text.endswith("\n<!-- end of results -->\n\nThe end.\n")
    assert "| ACC % |" in text
    assert "old" not in text
    page.write_text(text)
    assert with_current_tables(page) == text


def test_the_command_checks_and_renews(page, capsys):
    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["bench", "readme", str(page), *arguments])
        return ended.value.code, capsys.readouterr().err

    status, err = call("--check")
    assert status == 2
    assert "is out of date; run graphcl bench readme" in err
    assert page.read_text() == PAGE
    assert call() == (0, "")
    assert call("--check") == (0, "")


def test_a_page_without_marks_or_records(page):
    page.write_text("nothing here")
    with pytest.raises(ValueError, match="has no place for a table"):
        with_current_tables(page)
    page.write_text(PAGE.replace("one", "two"))
    with pytest.raises(FileNotFoundError, match=r"two\.jsonl"):
        with_current_tables(page)


def test_each_kind_of_table_has_its_mark(page, monkeypatch):
    """The same records in the forms of the standings; the short one says how many lines it leaves out."""
    runs = [
        make_record(make_run(method=method, dataset=dataset, params={"lr": lr}))
        for method in ("k-means", "two-view")
        for dataset in ("cora", "acm")
        for lr in (1, 2)
    ]
    (page.parent / "runs" / "one.jsonl").write_text("".join(record.to_line() for record in runs))
    monkeypatch.setattr(readme, "LEADERS", 1)
    tables = {}
    for kind in ("standings", "leaders", "by-dataset", "gaps", "variants"):
        page.write_text(PAGE.replace("results:", f"{kind}:").replace("of results", f"of {kind}"))
        tables[kind] = with_current_tables(page)
    assert tables["standings"].count("\n| ") == 3  # headings and two methods
    assert tables["leaders"].count("\n| ") == 2
    assert "\n\nand 1 more.\n" in tables["leaders"]
    assert tables["by-dataset"].count("| cora | acm |") > 1
    assert tables["gaps"].count("\n| ") == 2  # headings and the second method
    assert tables["variants"].count("| lr=2 |") == 4
