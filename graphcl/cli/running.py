"""Run a suite with a progress bar, and show its table."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from graphcl.bench.processes.workers import Workers
from graphcl.cli.options import TableFormat, console
from graphcl.cli.ranks import is_first, launched
from graphcl.cli.signals import end_interrupted, on_stop

if TYPE_CHECKING:
    from graphcl.bench import Journal, Record, Suite, Task
    from graphcl.bench.tables.table import Section


def run_method(
    method: str,
    dataset: str,
    seeds: int,
    *,
    recipe: str | None,
    settings: list[str] | None,
    data: list[str] | None,
    root: Path | None,
    out: Path | None,
    echo: bool,
    labels: Path | None = None,
    probes: Sequence[str] = (),
    split: str = "auto",
) -> list["Record"]:
    """The records of one method on one dataset; processes for its runs are prepared while this one imports."""
    with nullcontext() if launched() else Workers() as workers:
        from graphcl.bench import Suite
        from graphcl.cli.assignments import parse_assignments

        suite = Suite(
            name="one",
            seeds=list(range(seeds)),
            methods=[method],
            datasets=[dataset],
            recipe=recipe,
            params={method: parse_assignments(settings or [])},
            data={dataset: parse_assignments(data or [])},
            probes=list(probes),
            split=split,
        )
        return run_suite(suite, root, out, workers, keep_going=False, echo=echo, labels=labels)[0]


def run_suite(
    suite: "Suite",
    root: Path | None,
    out: Path | None,
    workers: Workers | None,
    *,
    keep_going: bool,
    echo: bool = False,
    jobs: int = 1,
    labels: Path | None = None,
) -> tuple[list["Record"], int]:
    """The records of a suite, and how many of its runs failed or need a dataset that is not here."""
    from graphcl.bench import expand, run_tasks
    from graphcl.bench.runs.failure import one_line
    from graphcl.bench.runs.progress import choose_progress
    from graphcl.ops.machine.rank_zero import first_of_machine

    records: list[Record] = []
    tasks: list[Task] = []
    absent: list[FileNotFoundError] = []

    def leave_out(error: FileNotFoundError) -> None:
        absent.append(error)
        typer.echo(f"error: {one_line(error)}; the other datasets go on", err=True)

    # The journal first: to fail before anything has run.
    with on_stop() as received, _journal(out) as journal:
        cache = None if out is None else out.parent / "cache"
        try:
            tasks = first_of_machine(lambda: expand(suite, root, on_absent=leave_out if keep_going else None))
            if labels is not None:
                tasks = [replace(task, labels=str(labels)) for task in tasks]
            with choose_progress(console(stderr=True)) as progress:
                for record in run_tasks(
                    tasks,
                    progress,
                    journal=journal,
                    cache=cache,
                    keep_going=keep_going,
                    jobs=jobs,
                    workers=workers,
                ):
                    records.append(record)
                    if echo:
                        typer.echo(record.to_line(), nl=False)
        except KeyboardInterrupt:
            end_interrupted(received, out)
    return records, len(tasks) - len(records) + len(absent)


def _journal(out: Path | None) -> "AbstractContextManager[Journal | None]":
    """The file of records, if one is named; of several processes the first writes to it."""
    from graphcl.bench import Journal

    return Journal(out) if out and is_first() else nullcontext()


def show(
    records: list["Record"],
    form: TableFormat = TableFormat.TERMINAL,
    metrics: Sequence[str] = (),
    *,
    caption: str | None = None,
    label: str | None = None,
) -> None:
    """Print the table of some records.

    Args:
        records: of runs.
        form: in which to print it.
        metrics: names of the columns to show; by default all that have numbers.
        caption: of a table in LaTeX.
        label: of a table in LaTeX.

    Raises:
        ValueError: no records, records of different revisions of one method, or a column that is not there.
    """
    from graphcl.bench import build_table
    from graphcl.bench.tables.flat import flat_rows, to_csv, to_json
    from graphcl.bench.tables.latex import latex
    from graphcl.bench.tables.render import to_grids, to_markdown

    sections = build_table(records)
    match form:
        case TableFormat.TERMINAL:
            _print_tables(sections, metrics)
        case TableFormat.MARKDOWN:
            typer.echo(to_markdown(sections, metrics), nl=False)
        case TableFormat.LATEX:
            typer.echo(latex(*to_grids(sections, metrics), caption=caption, label=label))
        case TableFormat.CSV:
            typer.echo(to_csv(flat_rows(sections, metrics)), nl=False)
        case TableFormat.JSON:
            typer.echo(to_json(flat_rows(sections, metrics)), nl=False)


def _print_tables(sections: Sequence["Section"], metrics: Sequence[str]) -> None:
    from rich.text import Text

    from graphcl.bench.tables.footnotes import Footnotes
    from graphcl.bench.tables.render import to_rich
    from graphcl.bench.tables.table import columns_of

    places = columns_of(sections, metrics) if metrics else None
    screen, notes = console(), Footnotes(sections)
    for section in sections:
        screen.print(to_rich(section, screen.width, notes, places))
    for line in notes.lines():
        screen.print(Text(line, "dim"))
