"""`graphcl embed`: the rows of nodes or graphs by a trained model."""

import warnings
from pathlib import Path
from typing import Annotated

import typer

from graphcl.cli.names import check_names
from graphcl.cli.options import DatasetName, DataSettings, Overwrite, Root
from graphcl.cli.output import check_output, files_in, write_array


def embed_command(
    model: Annotated[
        Path,
        typer.Argument(
            metavar="MODEL|NAME",
            help="A file that `graphcl train` wrote, or weights that come with graphcl, as dsla-moses-50k.",
        ),
    ],
    dataset: DatasetName,
    out: Annotated[Path, typer.Option(help="NumPy file to write, one row per node or graph, as z.npy.")],
    method: Annotated[
        str | None,
        typer.Option(metavar="MODULE:CLASS", help="The model's class, if it is of a method of your own."),
    ] = None,
    keep_rows: Annotated[
        bool,
        typer.Option(
            "--keep-rows", help="Of molecules: a row for each one of the file, NaN where it has no graph."
        ),
    ] = False,
    data: DataSettings = None,
    root: Root = None,
    *,
    overwrite: Overwrite = False,
) -> None:
    """Embed the nodes of a graph, or the graphs of a dataset of many, with a trained model.

    The dataset may be another than the one trained on, if it has the same features. Rows are written block by
    block: of a model that was trained on samples (batch_size) the embedding of all nodes is never in memory.

    The rows of z.npy are those of your file of molecules: one that has no graph, because RDKit cannot parse it, is
    an error that names its row, and with --keep-rows a row of NaN. z.index.csv beside z.npy says what each row is:
    of molecules the row of the file (from 0, without the header) and the SMILES, since a dataset by name may leave
    some out; of a graph whose nodes have ids of their own, the ids.
    """
    check_names(None, dataset, root)
    from graphcl.bench import load_for
    from graphcl.bench.runs.estimators import data_of
    from graphcl.bench.runs.label_files import write_index
    from graphcl.bench.runs.rows_of_files import check_every_row, in_rows_of_file, rows_of_file, without_graph
    from graphcl.cli.assignments import parse_assignments
    from graphcl.datasets.loading import entry_of
    from graphcl.methods import load as load_model

    check_output(out, model, dataset, *files_in(data), keep=not overwrite)
    estimator = load_model(model, method=method)
    entry = entry_of(dataset, root)
    own = entry is None or entry.name == "molecules"
    with warnings.catch_warnings():
        if own:  # said below
            warnings.filterwarnings("ignore", ".* have no graph and are left out", UserWarning)
        given = load_for(estimator, dataset, root, parse_assignments(data or []))
    if not keep_rows:
        if own:
            check_every_row(given)
        estimator.transform(data_of(given), out=out)
        write_index(out, given)
        return
    places = rows_of_file(given)
    write_array(in_rows_of_file(estimator.transform(data_of(given)), *places), out)
    if missing := without_graph(given):
        typer.echo(f"warning: {missing}: NaN in {out}", err=True)
