"""`graphcl cluster`: one method on one dataset, a few seeds, a table."""

from graphcl.cli.auto import cluster_auto
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
from graphcl.cli.running import run_method, show


def cluster(
    method: MethodName,
    dataset: DatasetName,
    seeds: Seeds = 1,
    recipe: Recipe = None,
    settings: Settings = None,
    data: DataSettings = None,
    root: Root = None,
    out: Results = None,
    json_lines: JsonLines = False,
) -> None:
    """Cluster one dataset with one method, and print how good the clusters are.

    The nodes of a graph are clustered, or whole graphs, as in: graphcl cluster graph-cl imdb-binary. The method
    `auto` runs several and takes the one whose clusters agree best with features and edges.

    Scores against known classes (ACC, NMI, ARI, F1) are in percent, higher is better. Modularity (higher is
    better) and conductance (lower is better) need no classes; clusters of whole graphs do not have them, so a
    collection needs one class for each graph. Known classes are never used for training.
    """
    check_names(None if method == "auto" else method, dataset, root)
    if method == "auto":
        from graphcl.cli.assignments import parse_assignments

        if out:
            raise ValueError("--out keeps the runs of one method, and auto compares several; leave --out out")
        params, parameters = parse_assignments(settings or []), parse_assignments(data or [])
        cluster_auto(
            dataset, seeds=seeds, recipe=recipe, settings=params, data=parameters, root=root, as_json=json_lines
        )
        return
    records = run_method(
        method, dataset, seeds, recipe=recipe, settings=settings, data=data, root=root, out=out, echo=json_lines
    )
    if not json_lines:
        show(records)
