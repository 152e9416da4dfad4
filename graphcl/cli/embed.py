"""`graphcl embed`: the rows of nodes or graphs by a trained model."""

from pathlib import Path
from typing import Annotated

import typer

from graphcl.cli.names import check_names
from graphcl.cli.options import DatasetName, DataSettings, Overwrite, Root
from graphcl.cli.output import check_output, files_in, write_array


def embed_command(
    model: Annotated[Path, typer.Argument(help="A file that `graphcl train` wrote.")],
    dataset: DatasetName,
    out: Annotated[Path, typer.Option(help="NumPy file to write, one row per node or graph, as z.npy.")],
    method: Annotated[
        str | None,
        typer.Option(metavar="MODULE:CLASS", help="The model's class, if it is of a method of your own."),
    ] = None,
    keep_rows: Annotated[
        bool,
        typer.Option("--keep-rows", help="Of molecules: a row for each row of the file, NaN without a graph."),
    ] = False,
    data: DataSettings = None,
    root: Root = None,
    *,
    overwrite: Overwrite = False,
) -> None:
    """Embed the nodes of a graph, or the graphs of a dataset of many, with a trained model.

    The dataset may be another than the one trained on, if it has the same features. Rows are written block by
    block: of a model that was trained on samples (batch_size) the embedding of all nodes is never in memory.

    Where rows are not simply those of your file, z.index.csv beside z.npy says what each is: of molecules, some of
    which have no graph, the row of the file (from 0, without the header) and the SMILES; of a graph whose nodes
    have ids of their own, the ids.
    """
    check_names(None, dataset, root)
    from graphcl.bench import load_for
    from graphcl.bench.runs.estimators import data_of
    from graphcl.bench.runs.label_files import in_rows_of_file, rows_of_file, write_index
    from graphcl.cli.assignments import parse_assignments
    from graphcl.methods import load as load_model

    check_output(out, model, dataset, *files_in(data), keep=not overwrite)
    estimator = load_model(model, method=method)
    given = load_for(estimator, dataset, root, parse_assignments(data or []))
    places = rows_of_file(given) if keep_rows else None
    if places is None:
        estimator.transform(data_of(given), out=out)
        write_index(out, given)
    else:
        write_array(in_rows_of_file(estimator.transform(data_of(given)), *places), out)
