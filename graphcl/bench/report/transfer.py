"""The section on fine-tuning: what pre-training bought, beside baselines without it."""

from collections.abc import Mapping

from graphcl.bench.report.markup import Markup, element, spaced
from graphcl.bench.tables.grid import Grid
from graphcl.bench.transfer.lines import Table, TransferSetting
from graphcl.bench.transfer.table import transfer_grid, transfer_notes

READING = """
Encoders fine-tuned on labelled graphs, or frozen under a linear model, beside the same encoder from scratch and
baselines without a network. Where a row does not beat from-scratch and fingerprints, its pre-training bought
nothing here.
"""


def transfer_section(tables: Mapping[TransferSetting, Table]) -> Markup:
    """A table for each dataset and schedule, with the anchor `transfer`.

    Args:
        tables: as `read_transfer` gives them.
    """
    return element(
        "section",
        element("h2", "What pre-training bought"),
        element("p", READING, class_="facts"),
        [_part(setting, rows) for setting, rows in tables.items()],
        id="transfer",
    )


def _part(setting: TransferSetting, rows: Table) -> list[Markup]:
    grid = transfer_grid(setting.dataset, rows)
    details = f" ({setting.split} split, {setting.epochs} epochs of fine-tuning)"
    notes = [element("p", note, class_="facts") for note in transfer_notes(rows)]
    return [element("h3", setting.dataset, element("small", details)), _table(grid), *notes]


def _table(grid: Grid) -> Markup:
    heads = [element("th", heading, scope="col") for heading in ("row", *grid.headings[1:])]
    rows = [
        element(
            "tr",
            element("th", name, scope="row"),
            [
                element("td", spaced(cell), data_label=heading)
                for heading, cell in zip(grid.headings[1:], cells, strict=True)
            ],
        )
        for name, *cells in grid.rows
    ]
    table = element("table", element("thead", element("tr", heads)), element("tbody", rows), class_="numbers")
    return element("div", table, class_="scroll")
