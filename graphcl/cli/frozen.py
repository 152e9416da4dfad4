"""What the commands that evaluate frozen embeddings share: one record per seed, and a table of their scores."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from graphcl.cli.options import console
from graphcl.cli.ranks import launched
from graphcl.cli.signals import end_interrupted, on_stop

if TYPE_CHECKING:
    from graphcl.bench import Record


def frozen_records(
    evaluate: Callable[[int, Mapping[str, "Record"]], "Record"], seeds: int, out: Path | None, *, echo: bool
) -> list["Record"]:
    """One record for each seed; those that are on file are not computed again.

    Args:
        evaluate: computes the record of a seed, given the records on file by key.
        seeds: how many.
        out: file of records, or None.
        echo: print each record as a line of JSON.

    Raises:
        ValueError: under torchrun: these evaluations run in one process.
    """
    from graphcl.bench import Journal

    if launched():
        raise ValueError("this evaluation is run by one process; start it without torchrun")
    records = []
    with on_stop() as received, Journal(out) if out else nullcontext() as journal:
        done = {record.key: record for record in journal.records} if journal else {}
        try:
            for seed in range(seeds):
                record = evaluate(seed, done)
                if journal and record.key not in done:
                    journal.append(record)
                records.append(record)
                if echo:
                    typer.echo(record.to_line(), nl=False)
        except KeyboardInterrupt:
            end_interrupted(received, out)
    return records


def show_scores(records: Sequence["Record"], rows: Mapping[str, str], headings: Mapping[str, str]) -> None:
    """Print one table: a row for each kind of scores, a column for each score, in percent.

    Args:
        records: of one method on one dataset.
        rows: by prefix of the scores, what the row is called.
        headings: by score, the heading of its column.
    """
    from rich.table import Table

    from graphcl.bench.tables.columns import summarise

    first = records[0]
    runs = f"{len(records)} run{'s' if len(records) > 1 else ''}"
    typer.echo(f"{first.method} on {first.dataset}, {runs}; {first.protocol}")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("", *headings.values()):
        table.add_column(heading, justify="right" if heading else "left")
    for prefix, name in rows.items():
        values = [[r.metrics[f"{prefix}/{s}"] for r in records if f"{prefix}/{s}" in r.metrics] for s in headings]
        if any(values):
            table.add_row(name, *(summarise([100 * v for v in each], 1) if each else "" for each in values))
    console().print(table)
