"""Options and arguments that several commands share, and the console they write to."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console


class TableFormat(StrEnum):
    """How a command prints its tables."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    CSV = "csv"
    LATEX = "latex"
    JSON = "json"


MethodName = Annotated[
    str, typer.Argument(help="A name that `graphcl methods` lists, or module:Class for your own.")
]
DatasetName = Annotated[
    str,
    typer.Argument(
        help="A name that `graphcl datasets` lists; or the path of a graph (edges in .csv, .tsv or .txt; "
        ".graphml, .gml, .mtx, .npz), of molecules (.csv, .smi), or of a folder in TU layout."
    ),
]
Recipe = Annotated[
    str | None,
    typer.Option(help="Take the settings published for this dataset; default: its own, or the general ones."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A setting of the method, as n_clusters=7; may be repeated."),
]
DataSettings = Annotated[
    list[str] | None,
    typer.Option(
        "--data", metavar="KEY=VALUE", help="A setting of the dataset, as features=x.csv; may be repeated."
    ),
]
Seeds = Annotated[int, typer.Option(min=1, max=1000, help="Number of runs, with random seeds 0, 1, ...")]
Results = Annotated[
    Path | None,
    typer.Option(help="Append the results to this file (.jsonl), and skip runs that it holds already."),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace files that exist already.")]
JsonLines = Annotated[bool, typer.Option("--json", help="Print one line of JSON per run instead of a table.")]
Format = Annotated[
    TableFormat, typer.Option("--format", help="For a terminal, for a paper, or for another program.")
]
ResultFiles = Annotated[
    list[Path] | None, typer.Argument(help="Files of results. Default: runs/*.jsonl.", metavar="FILES...")
]
Root = Annotated[
    Path | None,
    typer.Option(help="Folder with raw data files; only read. Default: the environment variable GRAPHCL_DATA."),
]


def files_on_record() -> list[Path]:
    """The files of results that commands read when none is named."""
    return sorted(Path("runs").glob("*.jsonl"))


def console(*, stderr: bool = False) -> "Console":
    """A console as wide as the terminal; lines for a file or a pipe are not wrapped."""
    from rich.console import Console

    plain = Console(stderr=stderr)
    return plain if plain.is_terminal else Console(stderr=stderr, width=1000)
