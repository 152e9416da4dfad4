"""The compact tables: every number is that of the full table, in the right row and column."""

from graphcl.bench.overview import SHOWN, to_overview
from graphcl.bench.table import COLUMNS, Row, Section

TITLES = [column.title for column in COLUMNS]


def row(label: str, nmi: str, acc: str, seconds: str, **more) -> Row:
    cells = ["0"] * len(COLUMNS)
    for title, cell in zip(SHOWN, (nmi, acc, seconds), strict=True):
        cells[TITLES.index(title)] = cell
    return Row(label, 5, cells, **more)


def test_rows_are_methods_and_columns_datasets():
    sections = [
        Section(
            "cora", [row("a", "50.0 ± 1.0", "60.0 ± 1.0", "9.0"), row("b", "51.0 ± 9.0", "59.0 ± 1.0", "1.0")]
        ),
        Section("digits (k=3)", [row("b", "-", "70.0", "2.0", tuned="somebody")]),
    ]
    nmi, acc, seconds, note = to_overview(sections).strip().split("\n\n")
    assert nmi.splitlines() == [
        "| NMI % | cora | digits |",
        "|:---|---:|---:|",
        "| a | 50.0 ± 1.0 | - |",
        "| b | **51.0 ± 9.0** | - |",
    ]
    assert acc.splitlines()[2:] == [
        "| a | **60.0 ± 1.0** | - |",
        "| b | 59.0 ± 1.0 | **70.0 †** |",
    ]
    assert "**" not in seconds
    assert note.startswith("† settings that were tuned with the labels")


def test_equal_means_are_equally_bold():
    table = to_overview([Section("cora", [row("a", "50.0 ± 1.0", "1", "1"), row("b", "50.0 ± 2.0", "2", "2")])])
    assert "| a | **50.0 ± 1.0** |" in table
    assert "| b | **50.0 ± 2.0** |" in table
