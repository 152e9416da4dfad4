"""Fine-tuning at a glance: a row for each model or baseline, a column for each dataset."""

from collections.abc import Mapping

from graphcl.bench.tables.grid import Grid
from graphcl.bench.transfer.lines import Table, TransferSetting
from graphcl.bench.transfer.table import score_cell, score_title


def transfer_overview(tables: Mapping[TransferSetting, Table]) -> Grid:
    """Mean ± standard deviation over seeds of the test scores; the best of a column in bold.

    Args:
        tables: as `read_transfer` gives them.
    """
    names = list(dict.fromkeys(name for rows in tables.values() for name in rows))
    best = {setting: _best(rows) for setting, rows in tables.items()}
    return Grid(
        "",
        ["", *(_heading(setting, rows) for setting, rows in tables.items())],
        [
            [name, *(_cell(rows, name, bold=name == best[setting]) for setting, rows in tables.items())]
            for name in names
        ],
    )


def _heading(setting: TransferSetting, rows: Table) -> str:
    scores = next(iter(rows.values()))
    seeds = max(len(one.runs) for one in rows.values())
    runs = f"{seeds} seed{'s' if seeds > 1 else ''}"
    return f"{setting.dataset}, {score_title(scores.metric)} ({setting.epochs} epochs, {runs})"


def _best(rows: Table) -> str:
    higher = next(iter(rows.values())).metric != "rmse"
    return max(rows, key=lambda name: rows[name].mean if higher else -rows[name].mean)


def _cell(rows: Table, name: str, *, bold: bool) -> str:
    if name not in rows:
        return "-"
    cell = score_cell(rows[name])
    return f"**{cell}**" if bold else cell
