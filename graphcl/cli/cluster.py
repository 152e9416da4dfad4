"""`graphcl cluster`: one method on one dataset, a few seeds, a table."""

from pathlib import Path
from typing import Annotated

import typer

from graphcl.cli.auto import cluster_auto
from graphcl.cli.options import DatasetName, DataSettings, MethodName, Recipe, Root, Settings
from graphcl.cli.running import run_suite, show


def cluster(
    method: MethodName,
    dataset: DatasetName,
    seeds: Annotated[int, typer.Option(min=1, max=1000, help="Number of runs, with random seeds 0, 1, ...")] = 1,
    recipe: Recipe = None,
    settings: Settings = None,
    data: DataSettings = None,
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

    The method `auto` runs several and takes the one whose clusters agree best with features and edges.

    Scores against known classes (ACC, NMI, ARI, F1) are in percent, higher is better. Modularity (higher is
    better) and conductance (lower is better) need no classes. Known classes are never used for training.
    """
    from graphcl.bench import Suite
    from graphcl.bench.assignments import parse_assignments

    if method == "auto":
        if out:
            raise ValueError("--out keeps the runs of one method, and auto compares several; leave --out out")
        params, parameters = parse_assignments(settings or []), parse_assignments(data or [])
        cluster_auto(
            dataset, seeds=seeds, recipe=recipe, settings=params, data=parameters, root=root, as_json=json_lines
        )
        return
    suite = Suite(
        name="cluster",
        seeds=list(range(seeds)),
        methods=[method],
        datasets=[dataset],
        recipe=recipe,
        params={method: parse_assignments(settings or [])},
        data={dataset: parse_assignments(data or [])},
    )
    records, _ = run_suite(suite, root, out, keep_going=False, echo=json_lines)
    if not json_lines:
        show(records)
