"""`graphcl bench compare`: which differences between methods are significant."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphcl.cli.options import Format, ResultFiles, TableFormat, console, files_on_record
from graphcl.cli.output import check_output

if TYPE_CHECKING:
    from graphcl.bench.comparison.comparison import Comparison


def bench_compare(
    files: ResultFiles = None,
    *,
    metric: Annotated[str, typer.Option(help="A score or a cost, as nmi, probe/micro_f1 or seconds/cpu.")] = "nmi",
    baseline: Annotated[
        str | None,
        typer.Option(help="The method that others are compared with over seeds. Default: the first in the files."),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(help="Compare this method and the others named; may be repeated. Default: all."),
    ] = None,
    form: Format = TableFormat.TERMINAL,
    diagram: Annotated[
        Path | None, typer.Option(help="Write the critical-difference diagram to this file (.svg).")
    ] = None,
) -> None:
    """Say which differences between methods are significant, over seeds and over datasets.

    On each dataset, over the seeds that a method and the baseline share: the mean difference, its standard error,
    and p of a sign-flip test. Over the datasets that all methods have: average ranks, Friedman's test, and every
    two methods by Wilcoxon's signed-rank test with Holm's correction. Where seeds or datasets are too few for any
    difference to be significant, that is said.
    """
    from graphcl.bench import load_records
    from graphcl.bench.comparison.comparison import compare_records
    from graphcl.bench.comparison.diagram import rank_diagram
    from graphcl.ops.files.tensor_files import whole_file

    paths = files or files_on_record()
    if diagram is not None:
        if diagram.suffix != ".svg":
            raise ValueError(f"a diagram must end in .svg; got {diagram}")
        check_output(diagram, *paths)
    found = compare_records(load_records(*paths), metric, baseline, method or [])
    if diagram is not None:
        if not found.ranking or len(found.ranking.methods) < 3:
            reason = "a diagram needs 3 methods on 2 datasets that all of them have"
            raise ValueError(f"{reason}; name methods with --method, or more files")
        with whole_file(diagram) as file:
            file.write(rank_diagram(found.ranking, found.column.title).encode())
        typer.echo(diagram, err=True)
    _print(found, form)


def _print(found: "Comparison", form: TableFormat) -> None:
    from graphcl.bench.comparison.text import comparison_grids, comparison_notes, comparison_rows
    from graphcl.bench.tables.flat import to_csv
    from graphcl.bench.tables.grid import markdown, rich_table
    from graphcl.bench.tables.latex import latex

    grids, notes = comparison_grids(found), comparison_notes(found)
    match form:
        case TableFormat.TERMINAL:
            screen = console()
            for grid in grids:
                screen.print(rich_table(grid))
            for note in notes:
                screen.print(note, style="dim", markup=False, highlight=False)
        case TableFormat.MARKDOWN:
            typer.echo("\n\n".join([*map(markdown, grids), "  \n".join(notes)]))
        case TableFormat.LATEX:
            texts = [latex([grid]) for grid in grids]
            typer.echo("\n\n".join([*texts, "\n".join(f"% {note}" for note in notes)]))
        case TableFormat.CSV:
            typer.echo(to_csv(comparison_rows(found)), nl=False)
        case TableFormat.JSON:
            typer.echo(json.dumps(found.to_dict() | {"said": notes}, allow_nan=False, indent=1))
