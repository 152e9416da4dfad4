"""Run a suite under a progress bar, and show what came of it."""

import json
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from graphcl.cli.options import console

if TYPE_CHECKING:
    from graphcl.bench import Record, Suite, Task


def run_suite(
    suite: "Suite", root: Path | None, out: Path | None, *, keep_going: bool, echo: bool = False
) -> tuple[list["Record"], int]:
    """The records of a suite, and how many of its runs failed."""
    from graphcl.bench import Journal, expand, run_tasks
    from graphcl.bench.progress import choose_progress

    records: list[Record] = []
    tasks: list[Task] = []
    with nullcontext() if out is None else Journal(out) as journal:  # first: to fail before anything has run
        cache = None if out is None else out.parent / "cache"
        try:
            tasks = expand(suite, root)
            with choose_progress(console(stderr=True)) as progress:
                for record in run_tasks(tasks, progress, journal=journal, cache=cache, keep_going=keep_going):
                    records.append(record)
                    if echo:
                        typer.echo(json.dumps(asdict(record)))
        except KeyboardInterrupt:
            kept = f"what is done is in {out}; run the same command to go on" if out else "nothing was kept"
            typer.echo(f"interrupted; {kept}", err=True)
            raise typer.Exit(130) from None
    return records, len(tasks) - len(records)


def show(records: list["Record"], *, markdown: bool = False) -> None:
    """Print the table of some records, for the terminal or as Markdown."""
    from rich.text import Text

    from graphcl.bench import build_table
    from graphcl.bench.footnotes import Footnotes
    from graphcl.bench.render import to_markdown, to_rich

    sections = build_table(records)
    if markdown:
        typer.echo(to_markdown(sections), nl=False)
        return
    screen, notes = console(), Footnotes(sections)
    for section in sections:
        screen.print(to_rich(section, screen.width, notes))
    for line in notes.lines():
        screen.print(Text(line, "dim"))
