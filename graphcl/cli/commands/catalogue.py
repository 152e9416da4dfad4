"""`graphcl datasets` and `graphcl methods`: lists of both, and the details of one."""

import json
from pathlib import Path
from typing import Annotated

import typer

from graphcl.cli.names import check_names
from graphcl.cli.options import DataSettings, Root, console

TAKES = {"graph": "one graph", "multiplex": "one graph of several relations", "graphs": "many graphs"}
"""What a method is fitted on, in words."""


def datasets(
    name: Annotated[
        str | None, typer.Argument(help="Describe this dataset, or file, instead of listing all.")
    ] = None,
    data: DataSettings = None,
    root: Root = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    download: Annotated[
        bool, typer.Option("--download", help="Fetch NAME, a set of OGB, by OGB's own function; asks first.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --download: agree to size and licence.")] = False,
) -> None:
    """List the datasets: size, licence, and whether their files are here; or describe one.

    A path to a graph of your own works wherever a name does (edges in .csv, .tsv or .txt; .graphml, .gml, .mtx,
    .npz), and so does one to molecules in .csv or .smi, or to a folder of graphs in TU layout. Where a dataset
    holds many graphs, nodes and edges are means over them.
    """
    check_names(None, name, root)
    if download:
        fetch_ogb(name, root, agreed=yes)
        return
    from rich.table import Table
    from rich.text import Text

    from graphcl.cli.assignments import parse_assignments
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
        headings = ("name", "graphs", "nodes", "edges", "features", "classes", "tasks", "licence", "origin")
        for heading in (*headings, "here"):
            table.add_column(heading)
        for row in listed:
            cells = ["-" if getattr(row, heading) is None else str(getattr(row, heading)) for heading in headings]
            table.add_row(*map(Text, (*cells, "yes" if row.present else "no")))
    if as_json:
        typer.echo(json.dumps(found))
    else:
        console().print(table)


def fetch_ogb(name: str | None, root: Path | None, *, agreed: bool) -> None:
    """Fetch a set of OGB into the cache, after its size and licence were agreed to."""
    from graphcl.datasets.data_folders import canonical, find_data_folders
    from graphcl.datasets.ogb.download import download
    from graphcl.datasets.ogb.sets import SETS

    facts = SETS.get(canonical(name or ""))
    if facts is None:
        known = ", ".join(SETS)
        raise ValueError(f"--download takes one of {known}; got {name}; others are fetched when they are loaded")
    folders = find_data_folders(root)
    what = f"{facts.name}: {facts.download_gb:g} GB, licence {facts.licence}, into {folders.cache / 'ogb'}"
    if not agreed and not typer.confirm(f"{what}. Fetch it?"):
        return
    typer.echo(download(facts, folders))


def methods(
    name: Annotated[
        str | None, typer.Argument(help="Show the settings of this method instead of listing all.")
    ] = None,
    recipe: Annotated[str | None, typer.Option(help="Of NAME: the settings for this dataset.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the methods, with a line on what each does; or show the settings of one.

    A clusterer needs or finds the number of clusters. An embedder learns an embedding of the nodes, from which
    clusters are read if their number is given. Methods of the kind "graphs" learn from many graphs, and embed or
    cluster whole graphs. A setting is given by --set NAME=VALUE.

    Your own method is named as module:Class, and listed if its package has an entry point in graphcl.methods.
    """
    check_names(name)
    from rich.table import Table
    from rich.text import Text

    from graphcl.methods import METHODS, get
    from graphcl.methods.lookup.settings import settings_of

    if recipe is not None and name is None:
        raise ValueError(f"--recipe {recipe} needs a method: graphcl methods NAME --recipe {recipe}")
    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]
    if name is None:
        headings = ("name", "kind", "takes", "what it does")
        rows = [
            (key, METHODS.kind(key), TAKES[method.takes], _first_line(method)) for key, method in METHODS.items()
        ]
        found = [dict(zip(headings, row, strict=True)) for row in rows]
    else:
        headings = ("setting", "value", "what it does")
        settings = settings_of(get(name), recipe or "default")
        rows = [(row.name, "needed" if row.needed else str(row.value), row.meaning) for row in settings]
        found = [row._asdict() for row in settings]
    if as_json:
        typer.echo(json.dumps(found))
        return
    table = Table(*headings, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*map(Text, row))
    console().print(table)


def _first_line(method: type) -> str:
    return (method.__doc__ or "").partition("\n")[0]
