"""The command `graphcl`: list datasets and methods, cluster a graph, train a model, run a benchmark, show tables.

Commands import what they need when they run, so that `graphcl --help` imports no torch. Results go to stdout,
progress and errors to stderr.
"""

import sys
import warnings
from collections.abc import Sequence
from typing import Annotated

import typer

from graphcl.cli.commands import bench, catalogue, choose_k, cluster, embed, evaluate, train, tune
from graphcl.cli.ranks import check_command, hold_back

EPILOG = """Try: graphcl cluster smooth-k-means karate

Errors are one line and exit status 2; with GRAPHCL_DEBUG=1 in the environment they are tracebacks."""

app = typer.Typer(
    name="graphcl",
    help="Cluster the nodes of a graph, or whole graphs, without labels, and compare methods that do so.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(catalogue.datasets)
app.command()(catalogue.methods)
app.command()(cluster.cluster)
app.command("choose-k")(choose_k.choose_k_command)
app.command("train")(train.train_command)
app.command("embed")(embed.embed_command)
app.command("tune")(tune.tune_command)
app.command("run-one", hidden=True)(bench.run_one)
app.command("fork-runs", hidden=True)(bench.fork_runs)
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(bench.app, name="bench")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and turn expected errors into one line.

    Args:
        arguments: those after the program's name; None takes them from the process.

    Raises:
        SystemExit: always; its code is 0, 1 (some runs failed), 2 (bad input) or 130 (interrupted).
    """
    warnings.formatwarning = _format_warning
    try:
        status = app(arguments, prog_name="graphcl", standalone_mode=False)
    except typer.Abort:  # Ctrl-C, in some versions of typer
        status = 130
    except Exception as error:
        message = _explain(error)
        if message is None:
            raise
        if message and not hold_back(error):
            typer.echo(f"error: {message}", err=True)
        status = 2
    sys.exit(status or 0)


def _explain(error: Exception) -> str | None:
    """An expected error in one line, empty where the help is shown already; None for any other error."""
    if hasattr(error, "format_message"):  # an error of typer: the command line itself is wrong
        message: str = error.format_message().strip().removesuffix(".").replace(": Value error, ", ": ", 1)
        context = getattr(error, "ctx", None)
        help_at = context.command_path if context else "graphcl"
        see = " See" if message.endswith("?") else "; see"
        return message and f"{message[0].lower()}{message[1:]}{see} {help_at} --help"
    from graphcl.bench.processes.worker import debugging
    from graphcl.bench.runs.failure import is_expected, one_line

    return one_line(error) if is_expected(error) and not debugging() else None


def _show_version(wanted: bool) -> None:
    if wanted:
        from graphcl import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit."),
    ] = False,
) -> None:
    check_command(context.invoked_subcommand)


def _format_warning(message: Warning | str, *_: object, **__: object) -> str:
    return f"warning: {' '.join(str(message).split())}\n"
