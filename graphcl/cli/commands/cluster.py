"""`graphcl cluster`: one method on one dataset, a few seeds, a table."""

from pathlib import Path
from typing import Annotated

import typer

from graphcl.cli.commands.auto import cluster_auto
from graphcl.cli.names import check_names
from graphcl.cli.options import (
    DatasetName,
    DataSettings,
    JsonLines,
    MethodName,
    Recipe,
    Results,
    Root,
    Seeds,
    Settings,
)
from graphcl.cli.output import check_output, files_in
from graphcl.cli.ranks import in_group
from graphcl.cli.running import run_method, show


@in_group
def cluster(
    method: MethodName,
    dataset: DatasetName,
    seeds: Seeds = 1,
    recipe: Recipe = None,
    settings: Settings = None,
    data: DataSettings = None,
    root: Root = None,
    clusters: Annotated[
        int | None, typer.Option(min=1, help="Number of clusters, short for --set n_clusters=K.")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(help="Write the cluster of each node, or graph, here: labels.csv with ids, or labels.npy."),
    ] = None,
    out: Results = None,
    json_lines: JsonLines = False,
) -> None:
    """Cluster one dataset with one method, and print how good the clusters are.

    The nodes of a graph are clustered, or whole graphs, as in: graphcl cluster graph-cl imdb-binary. The method
    `auto` runs several and takes the one whose clusters agree best with features and edges.

    Scores against known classes (ACC, NMI, ARI, F1) are in percent, higher is better. Modularity (higher is
    better) and conductance (lower is better) need no classes; clusters of whole graphs do not have them, so a
    collection needs one class for each graph. Known classes are never used for training.

    A graph of your own: graphcl cluster leiden edges.tsv --labels labels.csv. Methods that read features take them
    from a table, --data features=x.csv, or make some, --data features=spectral.
    """
    check_names(None if method == "auto" else method, dataset, root)
    settings = [*(settings or []), *([] if clusters is None else [f"n_clusters={clusters}"])]
    _check_places([dataset, *files_in(data)], seeds, labels, out)
    if method == "auto":
        from graphcl.cli.assignments import parse_assignments

        if out:
            raise ValueError("--out keeps the runs of one method, and auto compares several; leave --out out")
        params, parameters = parse_assignments(settings), parse_assignments(data or [])
        cluster_auto(
            dataset,
            seeds=seeds,
            recipe=recipe,
            settings=params,
            data=parameters,
            root=root,
            as_json=json_lines,
            labels=labels,
        )
        return
    records = run_method(
        method,
        dataset,
        seeds,
        recipe=recipe,
        settings=settings,
        data=data,
        root=root,
        out=out,
        labels=labels,
        echo=json_lines,
    )
    if not json_lines:
        show(records)


def _check_places(inputs: list[str], seeds: int, labels: Path | None, out: Path | None) -> None:
    """Refuse, before anything has run, files that are not what they are named for."""
    from graphcl.bench.runs.label_files import SUFFIXES, check_label_file

    if out and out.suffix.lower() in SUFFIXES:
        raise ValueError(f"--out takes the records of runs, a .jsonl file; the clusters go to --labels {out}")
    if labels is None:
        return
    check_label_file(labels)
    check_output(labels, *inputs)
    if out:
        raise ValueError("--labels writes the clusters of a run, and --out skips runs on record; give one of them")
    if seeds > 1:
        raise ValueError(f"--labels writes the clusters of one run; got --seeds {seeds}; leave it out")
