"""The command `graphcl`: list what there is, cluster a graph, run a benchmark, show its table.

Commands import what they need when they run; results go to stdout, progress and errors to stderr.
"""

import json
import sys
import warnings
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from graphcl.bench import Record, Suite, Task

EPILOG = "Errors are one line and exit status 2; with GRAPHCL_DEBUG=1 in the environment they are tracebacks."

app = typer.Typer(
    name="graphcl",
    help="Group the nodes of a graph into clusters without labels, and compare methods that do so.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
bench = typer.Typer(
    help="Run many methods on many datasets, and show tables of the results.", no_args_is_help=True
)
app.add_typer(bench, name="bench")

Root = Annotated[
    Path | None,
    typer.Option(help="Folder with raw data files, which is only read. Default: the variable GRAPHCL_DATA."),
]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and turn expected errors into one line.

    Args:
        arguments: those after the program's name; None takes them from the process.

    Raises:
        SystemExit: always; its code is 0, 1 (some runs failed), 2 (bad input) or 130 (interrupted).
    """
    warnings.formatwarning = _format_warning
    try:
        app(arguments)
    except Exception as error:
        from graphcl.bench.failure import EXPECTED, debugging, one_line

        if debugging() or not isinstance(error, EXPECTED):
            raise
        typer.echo(f"error: {one_line(error)}", err=True)
        sys.exit(2)


def _show_version(wanted: bool) -> None:
    if wanted:
        from graphcl import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit."),
    ] = False,
) -> None:
    pass


@app.command()
def datasets(
    name: Annotated[
        str | None, typer.Argument(help="Describe this dataset, or .npz file, instead of listing all.")
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option("--data", metavar="KEY=VALUE", help="A setting of the dataset, as nodes=1000; repeatable."),
    ] = None,
    root: Root = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the datasets: size, licence, and whether their files are here; or describe one.

    A path to an .npz file of your own works wherever a name does.
    """
    from rich.table import Table
    from rich.text import Text

    from graphcl.bench.assignments import parse_assignments
    from graphcl.datasets import describe, listing
    from graphcl.datasets.description import rows

    if data and name is None:
        raise ValueError(f"--data {data[0]} needs a dataset: graphcl datasets NAME --data {data[0]}")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=name is None)
    found: object
    if name is not None:
        found = description = describe(name, root, **parse_assignments(data or []))
        for heading, text in rows(description):
            table.add_row(Text(heading), Text(text))
    else:
        listed = listing(root)
        found = [row._asdict() for row in listed]
        for heading in ("name", "nodes", "edges", "features", "classes", "licence", "origin", "here"):
            table.add_column(heading)
        for row in listed:
            cells = ["-" if value is None else str(value) for value in row[:-1]]
            table.add_row(*map(Text, (*cells, "yes" if row.present else "no")))
    if as_json:
        typer.echo(json.dumps(found))
    else:
        _console().print(table)


@app.command()
def methods() -> None:
    """List the methods."""
    from rich.table import Table

    from graphcl.methods import METHODS

    table = Table("name", "what it does", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name, method in METHODS.items():
        table.add_row(name, (method.__doc__ or "").partition("\n")[0])
    _console().print(table)


@app.command()
def cluster(
    method: Annotated[str, typer.Argument(help="How to cluster; `graphcl methods` lists the names.")],
    dataset: Annotated[
        str, typer.Argument(help="A name that `graphcl datasets` lists, or the path of an .npz file.")
    ],
    seeds: Annotated[int, typer.Option(min=1, help="Number of runs, with random seeds 0, 1, ...")] = 1,
    recipe: Annotated[
        str | None,
        typer.Option(help="Take the settings made for this dataset; `default` for the general ones."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A setting of the method, as n_clusters=7; repeatable."),
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option("--data", metavar="KEY=VALUE", help="A setting of the dataset, as nodes=1000; repeatable."),
    ] = None,
    root: Root = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Append the results to this file (.jsonl), and skip runs that it holds already."),
    ] = None,
    json_lines: Annotated[
        bool,
        typer.Option("--json", help="Print one line of JSON per run instead of a table."),
    ] = False,
) -> None:
    """Cluster the nodes of one dataset with one method, and print how good the clusters are.

    Scores against known classes (ACC, NMI, ARI, F1) are in percent, higher is better. Modularity (higher is
    better) and conductance (lower is better) need no classes. Known classes are never used for training.
    """
    from graphcl.bench import Suite
    from graphcl.bench.assignments import parse_assignments

    suite = Suite(
        name="cluster",
        seeds=list(range(seeds)),
        methods=[method],
        datasets=[dataset],
        recipe=recipe,
        params={method: parse_assignments(settings or [])},
        data={dataset: parse_assignments(data or [])},
    )
    records, _ = _run(suite, root, out, keep_going=False, echo=json_lines)
    if not json_lines:
        _show(records)


@bench.command("run")
def bench_run(
    suite: Annotated[Path, typer.Argument(help="A .toml file: name, seeds, methods, datasets.")],
    out: Annotated[
        Path | None,
        typer.Option(help="File (.jsonl) or folder for the results. Default: runs/NAME.jsonl."),
    ] = None,
    root: Root = None,
) -> None:
    """Run every method of a suite on each of its datasets, and print the table.

    Each result is kept as soon as it is there. Run the same command again after an interruption: what is on file
    is not run again.
    """
    from graphcl.bench import read_suite

    plan = read_suite(suite)
    path = out or Path("runs")
    if path.suffix != ".jsonl":
        path /= f"{plan.name}.jsonl"
    records, failed = _run(plan, root, path, keep_going=True)
    if records:
        _show(records)
    if failed:
        raise typer.Exit(1)


@bench.command("table")
def bench_table(
    files: Annotated[list[Path] | None, typer.Argument(help="Files of results. Default: runs/*.jsonl.")] = None,
    *,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
) -> None:
    """Show results on file: mean ± standard deviation over the runs with different seeds."""
    from graphcl.bench import read_records

    paths = files or sorted(Path("runs").glob("*.jsonl"))
    _show([record for path in paths for record in read_records(path)], markdown=markdown)


@bench.command("readme")
def bench_readme(
    page: Annotated[Path, typer.Argument(help="A Markdown file with marks for tables.")] = Path("README.md"),
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail if a table is out of date.")
    ] = False,
) -> None:
    """Renew the tables in a Markdown page from the records that it names."""
    from graphcl.bench.readme import with_current_tables

    text = with_current_tables(page)
    if text == page.read_text(encoding="utf-8"):
        return
    if check:
        raise ValueError(f"a table in {page} is out of date; run graphcl bench readme {page}")
    page.write_text(text, encoding="utf-8")


@app.command("run-one", hidden=True)
def run_one() -> None:
    """Do the run that stdin asks for, on behalf of another graphcl."""
    from graphcl.bench.child import serve

    raise typer.Exit(serve())


def _run(
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
            with choose_progress(_console(stderr=True)) as progress:
                for record in run_tasks(tasks, progress, journal=journal, cache=cache, keep_going=keep_going):
                    records.append(record)
                    if echo:
                        typer.echo(json.dumps(asdict(record)))
        except KeyboardInterrupt:
            kept = f"what is done is in {out}; run the same command to go on" if out else "nothing was kept"
            typer.echo(f"interrupted; {kept}", err=True)
            raise typer.Exit(130) from None
    return records, len(tasks) - len(records)


def _show(records: list["Record"], *, markdown: bool = False) -> None:
    from graphcl.bench import build_table
    from graphcl.bench.render import to_markdown, to_rich

    sections = build_table(records)
    if markdown:
        typer.echo(to_markdown(sections), nl=False)
        return
    console = _console()
    for section in sections:
        console.print(to_rich(section, console.width))


def _console(*, stderr: bool = False) -> "Console":
    """A console as wide as the terminal; in a file or a pipe, lines are as long as they need to be."""
    from rich.console import Console

    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=1000)


def _format_warning(message: Warning | str, *_: object, **__: object) -> str:
    return f"warning: {' '.join(str(message).split())}\n"
