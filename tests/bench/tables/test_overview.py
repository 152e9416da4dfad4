"""The compact tables: every number is that of the full table, in the right row and column."""

from graphcl.bench.tables.overview import to_overview
from graphcl.bench.tables.table import COLUMNS, Row, Section

TITLES = [column.title for column in COLUMNS]


def row(label: str, nmi: str, acc: str, seconds: str, probe: str = "-", **more) -> Row:
    cells = ["0" if title in ("ARI %", "F1 %", "seconds", "memory MB") else "-" for title in TITLES]
    shown = {"NMI %": nmi, "ACC %": acc, "probe micro-F1 %": probe, "CPU s": seconds}
    for title, cell in shown.items():
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


def test_probes_have_a_table_where_there_are_any():
    rows = [row("a", "50.0", "60.0", "9.0", "81.0 ± 0.5"), row("b", "51.0", "59.0", "1.0")]
    titles = [block.split(" | ")[0] for block in to_overview([Section("cora", rows)]).split("\n\n")]
    assert titles == ["| NMI %", "| ACC %", "| probe micro-F1 %", "| CPU s"]
    assert "| a | **81.0 ± 0.5** |\n| b | - |" in to_overview([Section("cora", rows)])


def test_equal_means_are_equally_bold():
    table = to_overview([Section("cora", [row("a", "50.0 ± 1.0", "1", "1"), row("b", "50.0 ± 2.0", "2", "2")])])
    assert "| a | **50.0 ± 1.0** |" in table
    assert "| b | **50.0 ± 2.0** |" in table
