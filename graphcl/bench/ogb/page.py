"""The report on an OGB entry in Markdown: the form, scores by seed, known rows of the board, published probes."""

from collections.abc import Iterable, Sequence

from graphcl.bench.ogb.boards import board_of, frozen_rows
from graphcl.bench.ogb.entry import OURS, OgbEntry
from graphcl.bench.ogb.hyper_parameters import fixed_text

FIELDS = {
    "ogb_version": "OGB version",
    "method_name": "Method name",
    "dataset": "Dataset",
    "external_data": "External data",
    "parameters": "Parameters, all stages and the probe",
    "tuned_hyper_parameters": "Tuned hyper-parameters (* chosen)",
    "hardware": "Hardware",
    "code": "Code",
    "command": "Command",
    "contact_name": "Contact name",
    "contact_email": "Contact e-mail",
    "code_link": "Public code with README",
    "paper_link": "Paper or technical report",
    "official_implementation": "Official or unofficial",
}


def markdown_page(entry: OgbEntry) -> str:
    """The report in Markdown.

    Args:
        entry: with at least one record.
    """
    parts = [
        f"# {entry.facts.name}: {entry.name}",
        _draft(entry),
        "## The submission form\n\n" + _form(entry),
        "## Scores by seed\n\n" + _seeds(entry),
        "## Hyper-parameters\n\n" + _settings(entry),
        _clusters(entry),
        "## Beside the official board\n\n" + _board(entry),
        _frozen(entry),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""A table in Markdown; bars in cells are escaped.

    Example:
        >>> print(markdown_table(["a", "b"], [["1", "x|y"]]))
        | a | b |
        |:--|:--|
        | 1 | x\|y |
    """
    lines = ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in (heads, *rows)]
    return "\n".join([lines[0], "|" + ":--|" * len(heads), *lines[1:]])


def _draft(entry: OgbEntry) -> str:
    if entry.official:
        return ""
    return f"> **DRAFT, not to be submitted**: {'; '.join(entry.draft)}."


def _form(entry: OgbEntry) -> str:
    form = entry.form()
    cells = {name: OURS if form[name] is None else str(form[name]) for name in FIELDS}
    cells |= {"parameters": f"{entry.parameters:,}", "command": f"`{entry.command}`"}
    rows = [[FIELDS[name], cell] for name, cell in cells.items()]
    count = len(entry.records)
    seeds = f"{count} seed{'s' if count > 1 else ''}, {_seed_numbers(entry)}"
    metric = entry.facts.metric
    scores = [
        [f"Test {metric}, mean ± unbiased std", f"{_spread(entry.spread('test'))} ({seeds})"],
        [f"Validation {metric}, mean ± unbiased std", f"{_spread(entry.spread('val'))} (the same models)"],
    ]
    return markdown_table(["field", "value"], [*rows[:4], *scores, *rows[4:]])


def _seed_numbers(entry: OgbEntry) -> str:
    numbers = [record.seed for record in entry.records]
    return f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else str(numbers[0])


def _seeds(entry: OgbEntry) -> str:
    heads = ["seed", f"test {entry.facts.metric}", f"validation {entry.facts.metric}", "wall seconds"]
    rows = zip(entry.records, entry.scores("test"), entry.scores("val"), strict=True)
    cells = ([str(r.seed), f"{test:.4f}", f"{val:.4f}", f"{r.seconds['wall']:.1f}"] for r, test, val in rows)
    return markdown_table(heads, cells) + f"\n\nProtocol: {entry.records[0].protocol}."


def _settings(entry: OgbEntry) -> str:
    fixed = fixed_text(entry.records, entry.tried)
    return f"Not tuned here: {fixed}.\n\n{entry.chosen_how}"


def _clusters(entry: OgbEntry) -> str:
    if not entry.clusters:
        return ""
    rows = [
        [name, ", ".join(f"{value:.4f}" for value in values), f"{sum(values) / len(values):.4f}"]
        for name, values in entry.clusters.items()
    ]
    table = markdown_table(["score", "by seed", "mean"], rows)
    return (
        "## Clusters against the classes\n\nk-means on all labelled nodes; no label in it but the number.\n\n"
        + table
    )


def _board(entry: OgbEntry) -> str:
    board = board_of(entry.facts.name)
    name = "**this draft**" if entry.draft else "**this entry**"
    external = "Yes" if entry.external else "No"
    spreads = (_spread(entry.spread(part)) for part in ("test", "val"))
    ours = ["", f"{name}: {entry.name}", external, *spreads, f"{entry.parameters:,}", entry.hardware, ""]
    rows = [
        [
            *(str(row.rank), row.method, "Yes" if row.external else "No", _spread(row.test), _spread(row.val)),
            *(f"{row.parameters:,}", row.hardware, row.date),
        ]
        for row in board.rows
    ]
    heads = ["rank then", "method", "external data", "test", "validation", "parameters", "hardware", "date"]
    said = (
        f"Rows of {board.source}, {board.date}: of {board.entries} rows the first six, and the first four without "
        "external data. They are of that day, and no rank is claimed."
    )
    return f"{said}\n\n{markdown_table(heads, [ours, *rows])}"


def _frozen(entry: OgbEntry) -> str:
    known = frozen_rows(entry.facts.name)
    if not known.rows:
        return ""
    rows = []
    for row in known.rows:
        same = entry.official and entry.protocol.kind == "linear" and entry.records[0].method == row.name
        mean, std = entry.spread("test")
        here = _spread((100 * mean, None if std is None else 100 * std), 2) if same else "not run"
        rows.append([row.method, _spread(row.test, 2), here])
    said = f"Published by {known.source}: {known.protocol}. Per cent; drafts are not entered."
    table = markdown_table(["method", "published", "here"], rows)
    return f"## Frozen embeddings elsewhere\n\n{said}\n\n{table}"


def _spread(values: tuple[float, float | None], decimals: int = 4) -> str:
    mean, std = values
    return f"{mean:.{decimals}f}" + ("" if std is None else f" ± {std:.{decimals}f}")
