"""`graphcl bench`: run suites, show tables, write reports, keep pages current."""

from pathlib import Path
from typing import Annotated

import typer

from graphcl.bench.processes.workers import Workers
from graphcl.cli.commands.compare import bench_compare
from graphcl.cli.commands.ogb import bench_ogb
from graphcl.cli.options import Format, ResultFiles, Root, TableFormat, files_on_record
from graphcl.cli.output import check_page
from graphcl.cli.running import run_suite, show

app = typer.Typer(
    help="Run many methods on many datasets, and show the results in tables and a page.", no_args_is_help=True
)


app.command("compare")(bench_compare)
app.command("ogb")(bench_ogb)


@app.command("run")
def bench_run(
    suite: Annotated[Path, typer.Argument(help="A .toml file with the keys name, seeds, methods, datasets.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="File (.jsonl) or folder for the results. Default: runs/NAME.jsonl, NAME as in the suite."
        ),
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(
            min=1,
            help="Runs at a time. The threads are divided among them; the last bits of some results depend on the "
            "number of threads of a run.",
        ),
    ] = 1,
    root: Root = None,
) -> None:
    """Run every method of a suite on each of its datasets, and print the table.

    A method named alone has the settings of its recipe for each dataset, NAME@default the general ones. A suite
    may ask for both, and name methods of your own as module:Class. Collections of graphs are clustered by methods
    of the kind "graphs".

    Each result is written as soon as its run is over. After an interruption, run the same command again: runs on
    file are not repeated. Where a run fails or a dataset is missing, the others go on, and the exit status is 1.
    """
    suite.stat()  # fails before anything is imported
    with Workers() as workers:
        from graphcl.bench import read_suite

        plan = read_suite(suite)
        path = out or Path("runs")
        if path.suffix != ".jsonl":
            path /= f"{plan.name}.jsonl"
        records, failed = run_suite(plan, root, path, workers, keep_going=True, jobs=jobs)
    if records:
        show(records)
    if failed:
        raise typer.Exit(1)


@app.command("table")
def bench_table(
    files: ResultFiles = None,
    *,
    form: Format = TableFormat.TERMINAL,
    metric: Annotated[
        list[str] | None,
        typer.Option(help="Show this column alone, as nmi or probe/micro_f1; may be repeated. Default: all."),
    ] = None,
    caption: Annotated[str | None, typer.Option(help="With latex: the caption, in LaTeX.")] = None,
    label: Annotated[str | None, typer.Option(help="With latex: the label to refer to.")] = None,
) -> None:
    r"""Show results on file: mean ± standard deviation over the runs with different seeds.

    Fewer runs than the others behind a number are said in brackets after it; a dash is a score that is undefined,
    or that nobody computed. csv and json have one row for each dataset, method and score, in full precision: runs,
    n (those that have the score), mean, std, and what is published. latex needs the package booktabs.
    """
    from graphcl.bench import load_records

    if form is not TableFormat.LATEX and (caption, label) != (None, None):
        raise ValueError(f"--caption and --label go with --format latex; got --format {form}")
    records = load_records(*(files or files_on_record()))
    show(records, form, metric or [], caption=caption, label=label)


@app.command("report")
def bench_report(
    files: ResultFiles = None,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("runs/report.html"),
    fine_tuning: Annotated[
        list[Path] | None,
        typer.Option(help="A file of graphcl evaluate finetune --json, to be shown too; may be repeated."),
    ] = None,
) -> None:
    """Write a page on results on file: tables, costs, loss curves, pictures of embeddings and clusters.

    The page is one HTML file that needs no network: open it in a browser, on a phone, or print it. What it shows
    of single runs lies in the folder beside the results, runs/NAME/ for runs/NAME.jsonl; without it the tables
    remain.
    """
    from graphcl.bench.report import write_report

    results, tuned = files or files_on_record(), fine_tuning or []
    check_page(out, *results, *tuned)
    write_report(results, out, fine_tuning=tuned)
    typer.echo(out)


@app.command("histories")
def bench_histories(
    files: Annotated[list[Path], typer.Argument(help="Histories, as graphcl train --history writes them.")],
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("runs/histories.html"),
) -> None:
    """Write a page on trainings: a chart for every loss and figure in their histories, a line for each training.

    Of D-SLA it shows whether discrepancy is learned, and whether embeddings collapse. The page is one HTML file
    that needs no network.
    """
    from graphcl.bench.report import write_histories

    check_page(out, *files)
    write_histories(files, out)
    typer.echo(out)


@app.command("readme")
def bench_readme(
    page: Annotated[Path, typer.Argument(help="A Markdown file with marks for tables.")] = Path("README.md"),
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail if a table is out of date.")
    ] = False,
) -> None:
    """Update the tables in a Markdown page from the records that it names."""
    from graphcl.bench.runs.text import read_text
    from graphcl.bench.tables.readme import with_current_tables
    from graphcl.ops.files.tensor_files import whole_file

    text = with_current_tables(page)
    if text == read_text(page):
        return
    if check:
        raise ValueError(f"a table in {page} is out of date; run graphcl bench readme {page}")
    with whole_file(page) as file:
        file.write(text.encode())


def run_one() -> None:
    """Execute the run that is ordered on stdin, for another graphcl process."""
    from graphcl.bench.processes.child import serve

    raise typer.Exit(serve())


def fork_runs() -> None:
    """Fork a process for each run that is asked for on stdin, a socket, for another graphcl process."""
    from graphcl.bench.processes.fork_server import serve_forks

    raise typer.Exit(serve_forks())
